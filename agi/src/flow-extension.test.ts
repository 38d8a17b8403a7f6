import { HelpdeskError } from '@ura/core/errors'
import type { TicketApi } from '@ura/core/ticket-api/ticket-api'
import { describe, expect, it } from 'vitest'
import { FakeTicketApi } from './testing/fake-ticket-api.ts'
import type { FinishedCall, TelephoneOptions } from './testing/telephone.ts'
import { callOnce } from './testing/test-call.ts'

const environment = { EXTENSION_IDENTIFICATION: 'on', TRUSTED_EXTENSIONS: '2XXX' }
const desk = 'PJSIP/2001-0000001a'
const named = ['extension-name-before', 'name.wav', 'extension-name-after']
const opened = ['ticket-opened', 'protocol.wav', 'protocol.wav', 'after-ticket']

function callFromDesk(fake: FakeTicketApi, keys: string, options?: TelephoneOptions): Promise<FinishedCall> {
  return callOnce(fake, keys, { channel: desk, environment, ...options })
}

function methodsOf(fake: FakeTicketApi): string[] {
  return fake.asked.map(([method]) => method)
}

describe('a call from a trusted desk extension', () => {
  it('opens a ticket once the name is confirmed, without a code of any kind', async () => {
    const fake = new FakeTicketApi()
    const { heard, variables } = await callFromDesk(fake, '1 1 2 1')
    expect(heard).toEqual(['main-menu', ...named, 'categories.wav', 'services-2.wav', ...opened])
    expect(fake.asked).toEqual([
      ['identifyExtension', '2001'],
      ['confirmExtension', '2001 1001'],
      ['openTicket', expect.stringMatching(/^computador-nao-liga /)],
    ])
    expect(variables).not.toHaveProperty('URA_NEXT')
    expect(fake.records).toMatchObject([{ resultado: 'ticket_opened', usuario: '1001' }])
  })

  it('tells the status of tickets, again and again, without asking who is calling', async () => {
    const fake = new FakeTicketApi()
    const { heard } = await callFromDesk(fake, '2 1 10017# 0 2 10017# 0 1')
    const told = ['ask-ticket', 'status.wav', 'after-status', 'main-menu']
    expect(heard).toEqual(['main-menu', ...named, ...told, ...told, 'categories.wav'])
  })

  it('takes the ordinary way for a colleague, and asks about the extension once a call', async () => {
    const fake = new FakeTicketApi()
    const { heard } = await callFromDesk(fake, '1 2 1001# 4821 1 2 1')
    const ordinary = ['ask-registration', 'access-code-sent', 'ask-access-code', 'confirm-name-before']
    expect(heard).toEqual(expect.arrayContaining([...named, ...ordinary, ...opened]))
    expect(methodsOf(fake)).not.toContain('confirmExtension')
    expect(heard.filter((name) => name === 'extension-name-before')).toHaveLength(1)
  })

  it('takes a registration code that is keyed over the name for what it is', async () => {
    const fake = new FakeTicketApi()
    const { heard, unusedKeys } = await callFromDesk(fake, '11001#4821121')
    expect(methodsOf(fake)).toEqual(
      expect.arrayContaining(['identifyExtension', 'verifyUser', 'verifyAccessCode', 'openTicket']),
    )
    expect(methodsOf(fake)).not.toContain('confirmExtension')
    expect(unusedKeys).toEqual([])
    expect(heard.slice(-4)).toEqual(opened)
  })

  it('takes one key over the name for the answer', async () => {
    const fake = new FakeTicketApi()
    await callFromDesk(fake, '11 2 1')
    expect(methodsOf(fake)).toEqual(['identifyExtension', 'confirmExtension', 'openTicket'])
  })

  it('goes on to a technician when nobody confirms', async () => {
    const fake = new FakeTicketApi({ open: true })
    const { heard, variables } = await callFromDesk(fake, '1 - 5 -')
    expect(heard.slice(-2)).toEqual(['too-many-tries', 'transferring'])
    expect(variables).toMatchObject({ URA_NEXT: 'queue', URA_USER: '' })
  })

  it('is asked about as well when the queue sends the call back', async () => {
    const fake = new FakeTicketApi()
    const options = { entry: 'open-ticket', round: '2' }
    expect((await callFromDesk(fake, '1 2 1', options)).heard.slice(0, 3)).toEqual(named)
  })
})

describe('an extension identifies nobody', () => {
  const ordinary = ['main-menu', 'ask-registration']

  it.each([
    [
      'of a trunk, whatever number the caller shows',
      { channel: 'PJSIP/operadora-0000001a', callerId: '2001' },
    ],
    ['that is not trusted', { channel: 'PJSIP/3001-0000001a' }],
    ['behind a Local channel', { channel: 'Local/2001@from-internal-0000001a;2', callerId: '2001' }],
  ])('%s', async (_what, options) => {
    const fake = new FakeTicketApi()
    expect((await callFromDesk(fake, '1', options)).heard).toEqual(ordinary)
    expect(fake.asked).toEqual([])
  })

  it('as long as the policy is off, as it is by default', async () => {
    const fake = new FakeTicketApi()
    expect((await callOnce(fake, '1', { channel: desk })).heard).toEqual(ordinary)
    expect(fake.asked).toEqual([])
  })

  it('when it is that of nobody or of several', async () => {
    const fake = new FakeTicketApi()
    const { heard } = await callFromDesk(fake, '1', { channel: 'PJSIP/2002-0000001a' })
    expect(heard).toEqual(ordinary)
    expect(methodsOf(fake)).toEqual(['identifyExtension'])
  })

  it('without a voice to speak the name', async () => {
    expect((await callFromDesk(new FakeTicketApi({ speech: false }), '1')).heard).toEqual(ordinary)
  })

  it('when the name could not be played', async () => {
    const fake = new FakeTicketApi()
    const missingFiles = (file: string): boolean => file.endsWith('name.wav')
    const { heard } = await callFromDesk(fake, '1 1001#', { missingFiles })
    expect(heard.slice(0, 4)).toEqual([
      'main-menu',
      'extension-name-before',
      'ask-registration',
      'access-code-sent',
    ])
  })

  it('when its phone has meanwhile handed the call to another', async () => {
    const fake = new FakeTicketApi()
    const { heard } = await callFromDesk(fake, '1 1', { channelLater: 'PJSIP/operadora-0000001b' })
    expect(heard).toEqual(['main-menu', ...named, 'ask-registration'])
    expect(methodsOf(fake)).not.toContain('confirmExtension')
  })

  it.each([
    ['the API says no', async () => false],
    ['the API does not believe this service', () => Promise.reject(new HelpdeskError('PAPEL_SEM_PERMISSAO'))],
  ] satisfies [string, TicketApi['confirmExtension']][])('when %s', async (_what, confirmExtension) => {
    const fake = new FakeTicketApi({ overrides: { confirmExtension } })
    expect((await callFromDesk(fake, '1 1')).heard).toEqual(['main-menu', ...named, 'ask-registration'])
  })

  it.each(['SERVICO_INDISPONIVEL', 'ROTA_NAO_ENCONTRADA'] as const)(
    'when the API can not look it up: %s',
    async (code) => {
      const identifyExtension = (): Promise<never> => Promise.reject(new HelpdeskError(code))
      const fake = new FakeTicketApi({ overrides: { identifyExtension } })
      expect((await callFromDesk(fake, '1')).heard).toEqual(ordinary)
    },
  )
})
