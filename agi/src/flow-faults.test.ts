import { setTimeout as pause } from 'node:timers/promises'
import { HelpdeskError } from '@ura/core/errors'
import type { TicketApi } from '@ura/core/ticket-api/ticket-api'
import { describe, expect, it } from 'vitest'
import { FakeTicketApi } from './testing/fake-ticket-api.ts'
import { callOnce, openLine } from './testing/test-call.ts'

const unavailable = (): Promise<never> => Promise.reject(new HelpdeskError('SERVICO_INDISPONIVEL'))

describe('when something breaks', () => {
  it.each(['verifyUser', 'requestAccessCode', 'verifyAccessCode', 'catalogue'] as const)(
    'apologises and passes the caller on when %s has no answer',
    async (method) => {
      const fake = new FakeTicketApi({ overrides: { [method]: unavailable } })
      const { heard, variables } = await callOnce(fake, '1 1001# 4821 1 2 1')
      expect(heard.slice(-2)).toEqual(['system-unavailable', 'transferring'])
      expect(variables['URA_NEXT']).toBe('queue')
    },
  )

  it('says goodbye when not even the office hours are known', async () => {
    const fake = new FakeTicketApi({ overrides: { verifyUser: unavailable, officeHours: unavailable } })
    const { heard, variables } = await callOnce(fake, '1 1001#')
    expect(heard.slice(-2)).toEqual(['system-unavailable', 'goodbye'])
    expect(variables).toMatchObject({ URA_NEXT: 'hangup', URA_RESULT: 'failed' })
  })

  it('speaks from the pack when there is no speech: digits, status, a neutral question', async () => {
    const fake = new FakeTicketApi({ speech: false, open: false })
    const { heard } = await callOnce(fake, '1 1001# 4821 1 2 1')
    const digits = ['digit-1', 'digit-0', 'digit-0', 'digit-1', 'digit-7']
    expect(heard).toEqual([
      'main-menu',
      'ask-registration',
      'access-code-sent',
      'ask-access-code',
      'confirm-name-after',
      'category-menu',
      'service-menu',
      'ticket-opened',
      ...digits,
      ...digits,
      'after-ticket',
    ])
    const query = await callOnce(new FakeTicketApi({ speech: false }), '2 1001# 10017#')
    expect(query.heard.slice(-2)).toEqual(['status-in-progress', 'after-status'])
  })

  it('speaks from the pack as well when Asterisk can not fetch what was synthesized', async () => {
    const { heard, unusedKeys } = await callOnce(new FakeTicketApi(), '1 1001# 4821 1 2 1', {
      missingFiles: (file) => file.startsWith('http'),
    })
    expect(unusedKeys).toEqual([])
    const story = heard.filter((name) => !name.endsWith('.wav')).join(' ')
    expect(story).toContain('confirm-name-before digit-1 digit-0 digit-0 digit-1 confirm-name-after')
    expect(story).toContain(
      'category-menu service-menu ticket-opened digit-1 digit-0 digit-0 digit-1 digit-7',
    )
  })

  it.each([
    ['the API has no speech', { speech: false }, () => false],
    ['Asterisk can not fetch it', {}, (file: string) => file.startsWith('http')],
  ])(
    'tells at the end of the call what recordings stood in for when %s',
    async (_what, fake, missingFiles) => {
      const logged: string[] = []
      const line = await openLine(new FakeTicketApi(fake), logged)
      await line.telephone.call('1 1001# 4821 1 2 1', { missingFiles })
      await line.close()
      const ended = logged.map((text) => JSON.parse(text) as Record<string, unknown>)
      expect(ended.find(({ msg }) => msg === 'call ended')).toMatchObject({
        withoutSpeech: ['name', 'category-menu-v1', 'service-menu-v1-2', 'protocol'],
      })
    },
  )

  it('has nothing of that to tell when all was spoken', async () => {
    const logged: string[] = []
    const line = await openLine(new FakeTicketApi(), logged)
    await line.telephone.call('1 1001# 4821 1 2 1')
    await line.close()
    expect(logged.join()).toContain('call ended')
    expect(logged.join()).not.toContain('withoutSpeech')
  })

  it('waits no second time for an API that is away before passing the caller on', async () => {
    const officeHours: TicketApi['officeHours'] = (signal) =>
      new Promise((_resolve, reject) =>
        signal?.addEventListener('abort', () => reject(new Error('too late'))),
      )
    const fake = new FakeTicketApi({ overrides: { verifyUser: unavailable, officeHours } })
    const { heard } = await callOnce(fake, '1 1001#')
    expect(heard).toEqual(['main-menu', 'ask-registration', 'system-unavailable', 'one-moment', 'goodbye'])
  })

  it('goes on when a sound file is missing, and still takes the key', async () => {
    const missing = new Set(['ura/access-code-sent', 'ura/confirm-name-after'])
    const fake = new FakeTicketApi()
    const { unusedKeys } = await callOnce(fake, '1 1001# 4821 1 2 1', {
      missingFiles: (file) => missing.has(file),
    })
    expect(unusedKeys).toEqual([])
    expect(fake.records[0]?.resultado).toBe('ticket_opened')
  })

  it('loses no key of a wait, however short, though Asterisk drops what no command reads', async () => {
    const verifyUser = async (): Promise<boolean> => {
      await pause(60)
      caller.press('4')
      await pause(60)
      return true
    }
    const fake = new FakeTicketApi({ overrides: { verifyUser } })
    const line = await openLine(fake)
    const keys = Array.from('11001#821')
    const caller = line.telephone.dial(
      { asked: ({ timeoutMs }) => (timeoutMs < 1_000 ? null : (keys.shift() ?? 'hangup')) },
      { quirks: { dropKeysBetweenCommands: true }, speed: 1 },
    )
    await caller.ended
    await line.close()
    expect(caller.played).toContain('ura/confirm-name-before')
    expect(caller.played).not.toContain('ura/wrong-access-code')
  })

  it('counts waits in a row as one silence', async () => {
    const slowly = async <T>(answer: T): Promise<T> => {
      await pause(750)
      return answer
    }
    const api = new FakeTicketApi().api
    const fake = new FakeTicketApi({
      overrides: {
        verifyUser: () => slowly(true),
        requestAccessCode: async (request) => slowly(await api.requestAccessCode(request)),
      },
    })
    const { heard } = await callOnce(fake, '1 1001#')
    expect(heard.slice(1)).toEqual(['ask-registration', 'one-moment', 'access-code-sent', 'ask-access-code'])
  })

  it('does not count the time that the caller takes to key a number', async () => {
    const verifyUser = async (): Promise<boolean> => {
      await pause(80)
      return true
    }
    const line = await openLine(new FakeTicketApi({ overrides: { verifyUser } }))
    const keys = Array.from('11001#')
    const caller = line.telephone.dial(
      {
        asked: async ({ timeoutMs, lastFiles }) => {
          if (timeoutMs < 1_000) {
            return null
          }
          await pause(lastFiles.length === 0 ? 350 : 0)
          return keys.shift() ?? 'hangup'
        },
      },
      { speed: 1 },
    )
    await caller.ended
    expect(caller.played).toEqual([
      'ura/main-menu',
      'ura/ask-registration',
      'ura/access-code-sent',
      'ura/ask-access-code',
    ])
  })

  it('tells a waiting caller so although a key is ahead', async () => {
    const verifyUser = async (): Promise<boolean> => {
      await pause(1_500)
      return true
    }
    const { heard } = await callOnce(new FakeTicketApi({ overrides: { verifyUser } }), '1 1001#4')
    expect(heard).toContain('one-moment')
  })

  it('tells a waiting caller so and keeps the keys of the wait', async () => {
    let answer = (_known: boolean): void => {}
    const verifyUser = (): Promise<boolean> => new Promise((resolve) => (answer = resolve))
    const fake = new FakeTicketApi({ overrides: { verifyUser } })
    const line = await openLine(fake)
    const heard: string[] = []
    const caller = line.telephone.dial({
      hears: (file) => {
        heard.push(file)
        if (file === 'ura/one-moment') {
          caller.press('4821')
          answer(true)
        }
      },
      asked: ({ lastFiles }) =>
        lastFiles.at(-1) === 'ura/main-menu'
          ? '1'
          : lastFiles.at(-1) === 'ura/ask-registration'
            ? '1001#'
            : null,
    })
    while (!heard.includes('ura/confirm-name-after')) {
      await pause(5)
    }
    caller.hangup()
    await caller.ended
    expect(heard).toContain('ura/one-moment')
    expect(caller.commands.filter((command) => command.startsWith('SET MUSIC'))).toEqual([
      'SET MUSIC "on"',
      'SET MUSIC "off"',
    ])
    expect(fake.asked.map(([method]) => method)).toContain('verifyAccessCode')
  })
})
