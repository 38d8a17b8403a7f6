import { afterEach, describe, expect, it } from 'vitest'
import { HelpdeskError } from '@ura/core/errors'
import type { TicketApi } from '@ura/core/ticket-api/ticket-api'
import { FakeTicketApi } from './testing/fake-ticket-api.ts'
import type { FinishedCall, TelephoneOptions } from './testing/telephone.ts'
import { TestLine } from './testing/test-line.ts'

const lines: TestLine[] = []
afterEach(async () => {
  await Promise.all(lines.splice(0).map((line) => line.close()))
})

/** One call against a ticket API; its record is there when this resolves. */
async function call(fake: FakeTicketApi, keys: string, options?: TelephoneOptions): Promise<FinishedCall> {
  const line = await TestLine.open(fake.api)
  lines.push(line)
  const result = await line.telephone.call(keys, options)
  await line.close()
  return result
}
const unavailable = (): Promise<never> => Promise.reject(new HelpdeskError('SERVICO_INDISPONIVEL'))
const identified = ['main-menu', 'ask-registration', 'access-code-sent', 'ask-access-code']
const named = ['confirm-name-before', 'name.wav', 'confirm-name-after']
const chosen = ['categories.wav', 'services-2.wav']
const opened = ['ticket-opened', 'protocol.wav', 'protocol.wav', 'after-ticket']

describe('opening a ticket', () => {
  it('goes from the main menu to the protocol, spoken twice', async () => {
    const fake = new FakeTicketApi()
    const { heard, variables } = await call(fake, '1 1001# 4821 1 2 1 -  -  -')
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
    await call(fake, '1 1001# 4821 1 2 1 1 2 1', { linkedId: '17.5' })
    expect(fake.asked.filter(([method]) => method === 'openTicket')).toEqual([
      ['openTicket', 'computador-nao-liga 17.5/1/open-ticket-1'],
      ['openTicket', 'computador-nao-liga 17.5/1/open-ticket-2'],
    ])
  })

  it('says the protocol again on 9', async () => {
    const { heard } = await call(new FakeTicketApi(), '1 1001# 4821 1 2 1 9')
    expect(heard.slice(-8)).toEqual([...opened, ...opened])
  })

  it('goes back with * from services to categories to the main menu', async () => {
    const { heard } = await call(new FakeTicketApi(), '1 1001# 4821 1 2 * *')
    expect(heard.slice(-4)).toEqual(['categories.wav', 'services-2.wav', 'categories.wav', 'main-menu'])
  })

  it('hears menus again without losing a try', async () => {
    const { heard } = await call(new FakeTicketApi(), '9 9 9 9 1 1001# 4821 1 7 7 7 2 9 9 9 1')
    expect(heard.filter((name) => name === 'main-menu')).toHaveLength(5)
    expect(heard.slice(-4)).toEqual(opened)
  })

  it('starts at the registration code when the queue sends the caller back', async () => {
    const fake = new FakeTicketApi()
    const { heard } = await call(fake, '1001# 4821 1 2 1', {
      entry: 'open-ticket',
      round: '2',
      linkedId: '17.5',
    })
    expect(heard[0]).toBe('ask-registration')
    expect(fake.asked.at(-1)).toEqual(['openTicket', 'computador-nao-liga 17.5/2/open-ticket-1'])
    expect(fake.records[0]?.rodada).toBe(2)
  })

  it('ends politely, with a record, when the caller is not that person', async () => {
    const fake = new FakeTicketApi()
    const { heard, variables } = await call(fake, '1 1001# 4821 2')
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
    const { heard } = await call(fake, '1 1001# 4821 1 2 1 2 1')
    expect(heard.join(' ')).toContain(
      'services-2.wav invalid-option categories.wav services-2.wav ticket-opened',
    )
  })
})

describe('keys', () => {
  it('counts keys that are keyed ahead, through every question', async () => {
    const { heard, unusedKeys } = await call(new FakeTicketApi(), '11001#4821121')
    expect(unusedKeys).toEqual([])
    expect(heard.slice(-4)).toEqual(opened)
  })

  it('takes the # that people add to an access code as its end', async () => {
    const { heard } = await call(new FakeTicketApi(), '1 1001# 4821# 1 2 1')
    expect(heard).not.toContain('invalid-option')
    expect(heard.slice(-4)).toEqual(opened)
  })

  it('takes a pause for the end of a number', async () => {
    const { heard } = await call(new FakeTicketApi(), '1 1001 4821 1 2 1')
    expect(heard.slice(-4)).toEqual(opened)
  })

  it('forgets keys keyed ahead of a wrong answer', async () => {
    const { heard } = await call(new FakeTicketApi(), '1 9999#4821 1001# 4821 1 2 1')
    expect(heard.slice(-4)).toEqual(opened)
  })

  it('asks three times, then passes the caller to a technician in office hours', async () => {
    const { heard, variables } = await call(new FakeTicketApi({ open: true }), '- 5 -')
    const asked = ['main-menu', 'no-input', 'main-menu', 'invalid-option', 'main-menu', 'no-input']
    expect(heard).toEqual([...asked, 'transferring'])
    expect(variables).toMatchObject({ URA_NEXT: 'queue', URA_RESULT: 'transferred', URA_DISPLAY: '' })
  })

  it('says goodbye after three tries outside office hours', async () => {
    const { heard, variables } = await call(new FakeTicketApi({ open: false }), '- - -')
    expect(heard.at(-1)).toBe('goodbye')
    expect(variables['URA_NEXT']).toBe('hangup')
  })
})

describe('the access code', () => {
  it('never lets a caller in after three wrong codes, and says the tries left', async () => {
    const fake = new FakeTicketApi({ open: false })
    const { heard } = await call(fake, '1 1001# 1111 2222 3333')
    const after = heard.slice(heard.indexOf('wrong-access-code'))
    expect(after).toEqual([
      'wrong-access-code',
      'digit-2',
      'ask-access-code',
      'wrong-access-code',
      'digit-1',
      'ask-access-code',
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
    const { heard } = await call(fake, '1 1001# * * * 4821 1')
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
    const { heard, variables } = await call(
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
    const { heard } = await call(new FakeTicketApi({ overrides: { verifyAccessCode } }), '1 1001# 4821')
    expect(heard.slice(-2)).toEqual(['access-code-expired', 'ask-access-code'])
  })
})

describe('the registration code', () => {
  it('is asked three times, then a technician', async () => {
    const { heard, variables } = await call(new FakeTicketApi(), '1 9999# 8888# 7777#')
    expect(heard.filter((name) => name === 'unknown-registration')).toHaveLength(3)
    expect(heard.slice(-2)).toEqual(['too-many-tries', 'transferring'])
    expect(variables['URA_NEXT']).toBe('queue')
  })

  it('sounds unknown, whatever it is, once this number has guessed too often', async () => {
    const verifyUser = (): Promise<never> => Promise.reject(new HelpdeskError('LIMITE_DE_TENTATIVAS'))
    const { heard } = await call(new FakeTicketApi({ overrides: { verifyUser } }), '1 1001#')
    expect(heard.slice(-2)).toEqual(['unknown-registration', 'ask-registration'])
  })
})

describe('querying a ticket', () => {
  it('tells the status, again on 9, another on 1, the main menu on 0', async () => {
    const fake = new FakeTicketApi()
    const { heard } = await call(fake, '2 1001# 10017# 9 1 10017# 0')
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
    const { heard } = await call(new FakeTicketApi({ open: false }), '2 1001# 1# 2# 3#')
    expect(heard.filter((name) => name === 'ticket-not-found')).toHaveLength(3)
    expect(heard.slice(-2)).toEqual(['too-many-tries', 'goodbye'])
  })
})

describe('a technician', () => {
  it('takes the call in office hours', async () => {
    const { heard, variables } = await call(new FakeTicketApi({ open: true }), '3')
    expect(heard).toEqual(['main-menu', 'transferring'])
    expect(variables['URA_NEXT']).toBe('queue')
  })

  it('is announced outside them, and the caller goes straight on to a ticket', async () => {
    const fake = new FakeTicketApi({ open: false })
    const { heard } = await call(fake, '3 1001# 4821 1 2 1')
    expect(heard.slice(0, 4)).toEqual(['main-menu', 'out-of-hours', 'next-opening.wav', 'ask-registration'])
    expect(fake.records[0]?.resultado).toBe('ticket_opened')
  })
})

describe('when something breaks', () => {
  it.each(['verifyUser', 'requestAccessCode', 'verifyAccessCode', 'catalogue', 'openTicket'] as const)(
    'apologises and passes the caller on when %s has no answer',
    async (method) => {
      const fake = new FakeTicketApi({ overrides: { [method]: unavailable } })
      const { heard, variables } = await call(fake, '1 1001# 4821 1 2 1')
      expect(heard.slice(-2)).toEqual(['system-unavailable', 'transferring'])
      expect(variables['URA_NEXT']).toBe('queue')
    },
  )

  it('says goodbye when not even the office hours are known', async () => {
    const fake = new FakeTicketApi({ overrides: { verifyUser: unavailable, officeHours: unavailable } })
    const { heard, variables } = await call(fake, '1 1001#')
    expect(heard.slice(-2)).toEqual(['system-unavailable', 'goodbye'])
    expect(variables).toMatchObject({ URA_NEXT: 'hangup', URA_RESULT: 'failed' })
  })

  it('speaks from the pack when there is no speech: digits, status, a neutral question', async () => {
    const fake = new FakeTicketApi({ speech: false, open: false })
    const { heard } = await call(fake, '1 1001# 4821 1 2 1')
    const digits = ['digit-1', 'digit-0', 'digit-0', 'digit-1', 'digit-7']
    expect(heard).toEqual([
      ...identified,
      'confirm-name-after',
      'category-menu',
      'service-menu',
      'ticket-opened',
      ...digits,
      ...digits,
      'after-ticket',
    ])
    const query = await call(new FakeTicketApi({ speech: false }), '2 1001# 10017#')
    expect(query.heard.slice(-2)).toEqual(['status-in-progress', 'after-status'])
  })

  it('goes on when a sound file is missing, and still takes the key', async () => {
    const missing = new Set(['ura/access-code-sent', 'ura/confirm-name-after'])
    const fake = new FakeTicketApi()
    const { unusedKeys } = await call(fake, '1 1001# 4821 1 2 1', {
      missingFiles: (file) => missing.has(file),
    })
    expect(unusedKeys).toEqual([])
    expect(fake.records[0]?.resultado).toBe('ticket_opened')
  })

  it('tells a waiting caller so and keeps the keys of the wait', async () => {
    let answer = (_known: boolean): void => {}
    const verifyUser = (): Promise<boolean> => new Promise((resolve) => (answer = resolve))
    const fake = new FakeTicketApi({ overrides: { verifyUser } })
    const line = await TestLine.open(fake.api)
    lines.push(line)
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
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    caller.hangup()
    await caller.ended
    expect(heard).toContain('ura/one-moment')
    expect(caller.commands.filter((command) => command.startsWith('SET MUSIC'))).toEqual([
      'SET MUSIC ON',
      'SET MUSIC OFF',
    ])
    expect(fake.asked.map(([method]) => method)).toContain('verifyAccessCode')
  })
})

describe('hanging up', () => {
  const questions = [
    '',
    '1',
    '1 1001#',
    '1 1001# 4821',
    '1 1001# 4821 1',
    '1 1001# 4821 1 2',
    '1 1001# 4821 1 2 1',
  ]

  it.each(questions)('after "%s" leaves a record, no command and no request', async (keys) => {
    const fake = new FakeTicketApi()
    const line = await TestLine.open(fake.api)
    lines.push(line)
    const { agiStatus } = await line.telephone.call(keys)
    expect(agiStatus).toBe('HANGUP')
    await line.close()
    expect(line.activity()).toEqual({ calls: 0, records: 0 })
    expect(fake.records).toHaveLength(1)
    expect(fake.records[0]?.resultado).toBe(keys.endsWith('2 1') ? 'ticket_opened' : 'abandoned')
  })

  it('stops a request that is under way', async () => {
    let aborted = false
    const verifyUser: TicketApi['verifyUser'] = (_request, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => {
          aborted = true
          reject(signal.reason as Error)
        })
        setTimeout(() => caller.hangup(), 20)
      })
    const fake = new FakeTicketApi({ overrides: { verifyUser } })
    const line = await TestLine.open(fake.api)
    lines.push(line)
    const caller = line.telephone.dial({
      asked: ({ lastFiles }) => (lastFiles.at(-1) === 'ura/main-menu' ? '1' : '1001#'),
    })
    expect((await caller.ended).agiStatus).toBe('HANGUP')
    await line.close()
    expect(aborted).toBe(true)
    expect(fake.records[0]).toMatchObject({ resultado: 'abandoned' })
  })
})
