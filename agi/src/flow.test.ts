import { HelpdeskError } from '@ura/core/errors'
import type { TicketApi } from '@ura/core/ticket-api/ticket-api'
import { describe, expect, it } from 'vitest'
import { FakeTicketApi } from './testing/fake-ticket-api.ts'
import { callOnce } from './testing/test-call.ts'

const identified = ['main-menu', 'ask-registration', 'access-code-sent', 'ask-access-code']
const named = ['confirm-name-before', 'name.wav', 'confirm-name-after']
const chosen = ['categories.wav', 'services-2.wav']
const opened = ['ticket-opened', 'protocol.wav', 'protocol.wav', 'after-ticket']

describe('opening a ticket', () => {
  it('goes from the main menu to the protocol, spoken twice', async () => {
    const fake = new FakeTicketApi()
    const { heard, variables } = await callOnce(fake, '1 1001# 4821 1 2 1 -  -  -')
    const again = ['no-input', ...opened]
    expect(heard).toEqual([
      ...identified,
      ...named,
      ...chosen,
      ...opened,
      ...again,
      ...again,
      'no-input',
      'goodbye',
    ])
    expect(variables).toMatchObject({
      URA_NEXT: 'hangup',
      URA_RESULT: 'ticket_opened',
      URA_USER: '1001',
      URA_PROTOCOL: '10017',
      URA_DISPLAY: 'Ana Souza 1001',
    })
    expect(fake.records).toMatchObject([
      { resultado: 'ticket_opened', usuario: '1001', protocolos: ['10017'] },
    ])
  })

  it('opens another without asking who is calling again, under another idempotency key', async () => {
    const fake = new FakeTicketApi()
    await callOnce(fake, '1 1001# 4821 1 2 1 1 2 1', { linkedId: '17.5' })
    expect(fake.asked.filter(([method]) => method === 'openTicket')).toEqual([
      ['openTicket', expect.stringMatching(/^computador-nao-liga 17\.5\/\w{8}\/open-ticket-1$/)],
      ['openTicket', expect.stringMatching(/^computador-nao-liga 17\.5\/\w{8}\/open-ticket-2$/)],
    ])
  })

  it('says the protocol again on 9', async () => {
    const { heard } = await callOnce(new FakeTicketApi(), '1 1001# 4821 1 2 1 9')
    expect(heard.slice(-8)).toEqual([...opened, ...opened])
  })

  it('goes back with * from services to categories to the main menu', async () => {
    const { heard } = await callOnce(new FakeTicketApi(), '1 1001# 4821 1 2 * *')
    expect(heard.slice(-4)).toEqual(['categories.wav', 'services-2.wav', 'categories.wav', 'main-menu'])
  })

  it('hears menus again without losing a try', async () => {
    const { heard } = await callOnce(new FakeTicketApi(), '9 9 9 9 1 1001# 4821 1 7 7 7 2 9 9 9 1')
    expect(heard.filter((name) => name === 'main-menu')).toHaveLength(5)
    expect(heard.slice(-4)).toEqual(opened)
  })

  it('starts at the registration code when the queue sends the caller back', async () => {
    const fake = new FakeTicketApi()
    const { heard } = await callOnce(fake, '1001# 4821 1 2 1', {
      entry: 'open-ticket',
      round: '2',
      linkedId: '17.5',
    })
    expect(heard[0]).toBe('ask-registration')
    expect(fake.records[0]).toMatchObject({ chamada: '17.5', rodada: 2, resultado: 'ticket_opened' })
  })

  it('makes requests of its own when the same call comes back', async () => {
    const fake = new FakeTicketApi()
    await callOnce(fake, '1 1001# 4821 1 2 1', { linkedId: '17.5' })
    await callOnce(fake, '1 1001# 4821 1 2 1', { linkedId: '17.5' })
    const keys = fake.asked.flatMap(([method, what]) => (method === 'openTicket' ? what : []))
    expect(new Set(keys).size).toBe(2)
  })

  it('ends politely, with a record, when the caller is not that person', async () => {
    const fake = new FakeTicketApi()
    const { heard, variables } = await callOnce(fake, '1 1001# 4821 2')
    expect(heard.slice(-2)).toEqual(['identity-declined', 'goodbye'])
    expect(variables['URA_NEXT']).toBe('hangup')
    expect(fake.records[0]?.resultado).toBe('declined')
    expect(fake.asked.some(([method]) => method === 'openTicket')).toBe(false)
  })

  it('asks for a category again when the service has just been taken away', async () => {
    let tries = 0
    const fake = new FakeTicketApi({
      overrides: {
        openTicket: async () => {
          tries += 1
          if (tries === 1) {
            throw new HelpdeskError('SERVICO_INEXISTENTE')
          }
          return { status: true, protocolo: '10017', url: null, nome_audio: null }
        },
      },
    })
    const { heard } = await callOnce(fake, '1 1001# 4821 1 2 1 2 1')
    expect(heard.join(' ')).toContain(
      'services-2.wav invalid-option categories.wav services-2.wav ticket-opened',
    )
  })
})

describe('keys', () => {
  it('counts keys that are keyed ahead, through every question', async () => {
    const { heard, unusedKeys } = await callOnce(new FakeTicketApi(), '11001#4821121')
    expect(unusedKeys).toEqual([])
    expect(heard.slice(-4)).toEqual(opened)
  })

  it('takes the # that people add to an access code as its end', async () => {
    const { heard } = await callOnce(new FakeTicketApi(), '1 1001# 4821# 1 2 1')
    expect(heard).not.toContain('invalid-option')
    expect(heard.slice(-4)).toEqual(opened)
  })

  it('takes a pause for the end of a number', async () => {
    const { heard } = await callOnce(new FakeTicketApi(), '1 1001 4821 1 2 1')
    expect(heard.slice(-4)).toEqual(opened)
  })

  it('forgets keys keyed ahead of a wrong answer', async () => {
    const { heard } = await callOnce(new FakeTicketApi(), '1 9999#4821 1001# 4821 1 2 1')
    expect(heard.slice(-4)).toEqual(opened)
  })

  it('asks three times, then passes the caller to a technician in office hours', async () => {
    const { heard, variables } = await callOnce(new FakeTicketApi({ open: true }), '- 5 -')
    const asked = ['main-menu', 'no-input', 'main-menu', 'invalid-option', 'main-menu', 'no-input']
    expect(heard).toEqual([...asked, 'transferring'])
    expect(variables).toMatchObject({ URA_NEXT: 'queue', URA_RESULT: 'transferred', URA_DISPLAY: '' })
  })

  it('says goodbye after three tries outside office hours', async () => {
    const { heard, variables } = await callOnce(new FakeTicketApi({ open: false }), '- - -')
    expect(heard.at(-1)).toBe('goodbye')
    expect(variables['URA_NEXT']).toBe('hangup')
  })
})

describe('the access code', () => {
  it('never lets a caller in after three wrong codes, and says the tries left', async () => {
    const fake = new FakeTicketApi({ open: false })
    const { heard } = await callOnce(fake, '1 1001# 1111 2222 3333')
    const after = heard.slice(heard.indexOf('wrong-access-code'))
    expect(after).toEqual([
      'wrong-access-code',
      'tries-left',
      'digit-2',
      'ask-access-code',
      'wrong-access-code',
      'tries-left',
      'digit-1',
      'ask-access-code',
      'wrong-access-code',
      'too-many-tries',
      'goodbye',
    ])
    expect(fake.asked.map(([method]) => method)).not.toContain('openTicket')
    expect(fake.asked.slice(-3)).toMatchObject([
      ['verifyAccessCode', expect.stringMatching(/verify-code-1$/)],
      ['verifyAccessCode', expect.stringMatching(/verify-code-2$/)],
      ['verifyAccessCode', expect.stringMatching(/verify-code-3$/)],
    ])
  })

  it('sends a new one on *, twice at most', async () => {
    const fake = new FakeTicketApi()
    const { heard } = await callOnce(fake, '1 1001# * * * 4821 1')
    expect(heard.filter((name) => name === 'access-code-resent')).toHaveLength(2)
    expect(heard).toContain('invalid-option')
    const keys = fake.asked.filter(([method]) => method === 'requestAccessCode').map(([, key]) => key)
    expect(new Set(keys).size).toBe(3)
  })

  it.each([
    ['SEM_TELEFONE', 'access-code-undeliverable'],
    ['WHATSAPP_INDISPONIVEL', 'access-code-undeliverable'],
    ['LIMITE_DE_CODIGOS', 'too-many-tries'],
  ] as const)('offers a technician when it can not be sent: %s', async (code, said) => {
    const requestAccessCode = (): Promise<never> => Promise.reject(new HelpdeskError(code))
    const { heard, variables } = await callOnce(
      new FakeTicketApi({ overrides: { requestAccessCode } }),
      '1 1001#',
    )
    expect(heard.slice(-2)).toEqual([said, 'transferring'])
    expect(variables).toMatchObject({ URA_NEXT: 'queue', URA_DISPLAY: '1001 não confirmado' })
  })

  it.each(['expirado', 'bloqueado'] as const)('tells that a code is no longer good: %s', async (motivo) => {
    const verifyAccessCode: TicketApi['verifyAccessCode'] = async () => ({
      status: false,
      tentativas_restantes: 0,
      motivo,
    })
    const { heard } = await callOnce(new FakeTicketApi({ overrides: { verifyAccessCode } }), '1 1001# 4821')
    expect(heard.slice(-2)).toEqual(['access-code-expired', 'ask-access-code'])
  })
})

describe('the registration code', () => {
  it('is asked three times, then a technician', async () => {
    const { heard, variables } = await callOnce(new FakeTicketApi(), '1 9999# 8888# 7777#')
    expect(heard.filter((name) => name === 'unknown-registration')).toHaveLength(3)
    expect(heard.slice(-2)).toEqual(['too-many-tries', 'transferring'])
    expect(variables['URA_NEXT']).toBe('queue')
  })

  it('sounds unknown, whatever it is, once this number has guessed too often', async () => {
    const verifyUser = (): Promise<never> => Promise.reject(new HelpdeskError('LIMITE_DE_TENTATIVAS'))
    const { heard } = await callOnce(new FakeTicketApi({ overrides: { verifyUser } }), '1 1001#')
    expect(heard.slice(-2)).toEqual(['unknown-registration', 'ask-registration'])
  })
})

describe('querying a ticket', () => {
  it('tells the status, again on 9, another on 1, the main menu on 0', async () => {
    const fake = new FakeTicketApi()
    const { heard } = await callOnce(fake, '2 1001# 10017# 9 1 10017# 0')
    const told = ['status.wav', 'after-status']
    expect(heard).toEqual([
      'main-menu',
      'ask-registration',
      'ask-ticket',
      ...told,
      ...told,
      'ask-ticket',
      ...told,
      'main-menu',
    ])
    expect(fake.records[0]?.resultado).toBe('status_told')
  })

  it('asks three times for a ticket that is not there or not theirs', async () => {
    const { heard } = await callOnce(new FakeTicketApi({ open: false }), '2 1001# 1# 2# 3#')
    expect(heard.filter((name) => name === 'ticket-not-found')).toHaveLength(3)
    expect(heard.slice(-2)).toEqual(['too-many-tries', 'goodbye'])
  })
})

describe('a technician', () => {
  it('takes the call in office hours', async () => {
    const { heard, variables } = await callOnce(new FakeTicketApi({ open: true }), '3')
    expect(heard).toEqual(['main-menu', 'transferring'])
    expect(variables['URA_NEXT']).toBe('queue')
  })

  it('is announced outside them, and the caller goes straight on to a ticket', async () => {
    const fake = new FakeTicketApi({ open: false })
    const { heard } = await callOnce(fake, '3 1001# 4821 1 2 1')
    expect(heard.slice(0, 4)).toEqual(['main-menu', 'out-of-hours', 'next-opening.wav', 'ask-registration'])
    expect(fake.records[0]?.resultado).toBe('ticket_opened')
  })
})
