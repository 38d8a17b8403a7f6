import { HelpdeskError } from '@ura/core/errors'
import { describe, expect, it } from 'vitest'
import { FakeTicketApi } from './testing/fake-ticket-api.ts'
import { callOnce } from './testing/test-call.ts'

const announcements = [
  { id: 7, tecla: '1', titulo: 'Horário de atendimento' },
  { id: 3, tecla: '2', titulo: 'Como trocar a senha' },
]
const menus = ['main-menu-with-information', 'announcements.wav']

describe('announcements', () => {
  it('are heard by key, without saying who calls', async () => {
    const fake = new FakeTicketApi({ announcements })
    const { heard } = await callOnce(fake, '4 2')
    expect(heard).toEqual([...menus, 'announcement-3.wav', 'after-information'])
    expect(fake.asked).toEqual([])
  })

  it('are heard again on 9, others on *, the main menu on 0; 9 hears their menu again', async () => {
    const { heard } = await callOnce(new FakeTicketApi({ announcements }), '4 9 1 9 * 2 0 1')
    expect(heard).toEqual([
      ...menus,
      'announcements.wav',
      'announcement-7.wav',
      'after-information',
      'announcement-7.wav',
      'after-information',
      'announcements.wav',
      'announcement-3.wav',
      'after-information',
      'main-menu-with-information',
      'ask-registration',
    ])
  })

  it('lead back to the main menu on *', async () => {
    const { heard } = await callOnce(new FakeTicketApi({ announcements }), '4 *')
    expect(heard).toEqual([...menus, 'main-menu-with-information'])
  })

  it('end in goodbye when nothing is keyed after one', async () => {
    const { heard, variables } = await callOnce(new FakeTicketApi({ announcements }), '4 1 - - -')
    expect(heard.at(-1)).toBe('goodbye')
    expect(variables['URA_NEXT']).toBe('hangup')
    expect(heard.filter((name) => name === 'announcement-7.wav')).toHaveLength(1)
  })

  it('are listed by a recording without speech, and what can not be spoken is said to be so', async () => {
    const { heard } = await callOnce(new FakeTicketApi({ announcements, speech: false }), '4 1 0')
    expect(heard).toEqual([
      'main-menu-with-information',
      'information-menu',
      'information-unavailable',
      'after-information',
      'main-menu-with-information',
    ])
  })

  it('that were taken away meanwhile are not available', async () => {
    const fixed = new FakeTicketApi({ announcements }).api
    const fake = new FakeTicketApi({
      announcements,
      overrides: {
        announcementSpeech: (id, signal) =>
          id === null
            ? fixed.announcementSpeech(id, signal)
            : Promise.reject(new HelpdeskError('INFORMACAO_NAO_ENCONTRADA')),
      },
    })
    const { heard } = await callOnce(fake, '4 1')
    expect(heard).toEqual([...menus, 'information-unavailable', 'after-information'])
  })
})

describe('the main menu speaks of no announcements', () => {
  const plain = ['main-menu', 'invalid-option', 'main-menu']

  it('when there are none', async () => {
    expect((await callOnce(new FakeTicketApi(), '4')).heard).toEqual(plain)
  })

  it('when they are switched off for this service, and asks the API for none', async () => {
    const announced = (): Promise<never> => Promise.reject(new Error('asked all the same'))
    const fake = new FakeTicketApi({ overrides: { announcements: announced } })
    const { heard } = await callOnce(fake, '4', { environment: { INFORMATION_MENU: 'off' } })
    expect(heard).toEqual(plain)
  })

  it('when the API does not say so in time', async () => {
    const fake = new FakeTicketApi({
      overrides: {
        announcements: (signal) =>
          new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(signal.reason))),
      },
    })
    expect((await callOnce(fake, '4')).heard).toEqual(plain)
  })
})
