import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { CallRecord } from '@ura/core/ticket-api/schemas'
import type { FinishedCall, TelephoneOptions } from '@ura/agi/testing/telephone'
import { HelpdeskSystem } from '../support/helpdesk-system.ts'
import { TestClock } from '../support/test-clock.ts'

/** Whole calls through the three services, with Asterisk played by its double. */
let clock: TestClock
let system: HelpdeskSystem

beforeEach(async () => {
  clock = new TestClock()
  system = await HelpdeskSystem.start({ clock })
})
afterEach(() => system.stop())

function call(keys: string, options: TelephoneOptions = {}): Promise<FinishedCall> {
  return system.telephone.call(keys, { newestCode: system.newestCode, ...options })
}

async function openedProtocol(user = '1001'): Promise<string> {
  const callId = `opening-by-${user}`
  await call(`1 ${user}# {code} 1 2 2`, { linkedId: callId })
  const [protocol] = (await recordOf(callId)).protocolos
  return protocol ?? 'none'
}

/** The record of a call that has just ended; it is kept within moments. */
async function recordOf(callId: string): Promise<CallRecord> {
  while (system.activity().records > 0 || system.activity().calls > 0) {
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  const [record] = await system.ticketApi.callRecords(callId)
  if (record === undefined) {
    throw new Error('the call has no record')
  }
  return record
}

const countOf = (heard: readonly string[], name: string): number =>
  heard.filter((each) => each === name).length

describe('opening a ticket', () => {
  it('ends in the database, in the record and on WhatsApp under one protocol', async () => {
    const { heard } = await call('1 1001# {code} 1 2 2', { linkedId: '17.1' })
    expect(heard.slice(-4)).toEqual(['ticket-opened', heard.at(-3), heard.at(-3), 'after-ticket'])
    const record = await recordOf('17.1')
    const [protocol = ''] = record.protocolos
    expect(record).toMatchObject({ resultado: 'ticket_opened', usuario: '1001', telefone: '***01' })
    const ticket = await system.ticketApi.findTicket({ userCode: '1001', protocol })
    expect(ticket.chamado).toMatchObject({ situacao: 'aberto', servico: 'Computador não liga' })
    await expect.poll(() => system.messages.at(-1)?.text).toContain(protocol)
  })

  it('never writes an access code or a whole phone number to a log', async () => {
    let code = ''
    await call('1 1001# 00000000 {code} 1 2 2', {
      linkedId: '17.9',
      callerId: '45999887766',
      newestCode: async () => (code = (await system.newestCode()) ?? 'none'),
    })
    expect(code).toMatch(/^\d{8}$/)
    await recordOf('17.9')
    const log = system.logLines.join('').replaceAll(/"time":"[^"]*"|[0-9a-f-]{36}|"(port|pid)":\d+/g, '')
    expect(log).toContain('call ended')
    expect(log).not.toMatch(new RegExp(`(^|\\D)${code}(\\D|$)`))
    expect(log).not.toContain('45999887766')
    expect(log).not.toMatch(/5545999990001/)
  })

  it('hears a change of the catalogue in the very next call', async () => {
    const before = await call('1 1001# {code} 1')
    await system.api.db
      .updateTable('catalogue_categories')
      .set({ name: 'Programas' })
      .where('menu_key', '=', '1')
      .execute()
    const after = await call('1 1001# {code} 1')
    expect(after.heard.at(-1)).not.toBe(before.heard.at(-1))
    expect((await system.ticketApi.catalogue()).menu.texto).toContain('Programas, tecle 1.')
  })

  it('takes every key ahead of its question', async () => {
    const { heard, unusedKeys } = await call('11001# {code}122')
    expect(unusedKeys).toEqual([])
    expect(heard.at(-1)).toBe('after-ticket')
  })
})

describe('who is calling', () => {
  it('is not believed after three wrong codes', async () => {
    const { heard, variables } = await call('1 1001# 00000000 00000000 00000000', { linkedId: '17.2' })
    expect(countOf(heard, 'wrong-access-code')).toBe(3)
    expect(heard.slice(-2)).toEqual(['too-many-tries', 'transferring'])
    expect(variables).toMatchObject({ URA_NEXT: 'queue', URA_DISPLAY: '1001 não confirmado' })
    expect(await recordOf('17.2')).toMatchObject({ resultado: 'transferred', protocolos: [] })
  })

  it('needs a code that has not expired; * sends one that is good', async () => {
    const late = async (): Promise<string | null> => {
      const code = await system.newestCode()
      if (system.messages.length === 1) {
        clock.advanceMs(5 * 60_000 + 1)
      }
      return code
    }
    const { heard } = await call('1 1001# {code} * {code} 1 2 2', { newestCode: late })
    const story = heard.filter((name) => name.startsWith('access-code') || name === 'ticket-opened')
    expect(story).toEqual(['access-code-sent', 'access-code-expired', 'access-code-resent', 'ticket-opened'])
  })

  it('gets at most three codes in 15 minutes', async () => {
    for (let calls = 0; calls < 3; calls += 1) {
      await call('1 1001# {code}')
    }
    expect((await call('1 1001#')).heard.slice(-2)).toEqual(['too-many-tries', 'transferring'])
    clock.advanceMs(15 * 60_000)
    expect((await call('1 1001#')).heard.at(-1)).toBe('ask-access-code')
  })

  it('is told when nothing can be sent to them', async () => {
    expect((await call('1 1005#')).heard.slice(-2)).toEqual(['access-code-undeliverable', 'transferring'])
    await system.stopGateway()
    expect((await call('1 1001#')).heard.slice(-2)).toEqual(['access-code-undeliverable', 'transferring'])
  })

  it('must have a known registration code, and may guess ten times from one number', async () => {
    const { heard } = await call('1 7001# 7002# 7003#')
    expect(countOf(heard, 'unknown-registration')).toBe(3)
    await call('1 7004# 7005# 7006#')
    await call('1 7007# 7008# 7009#')
    await call('1 7010#')
    expect((await call('1 1001#')).heard.slice(-2)).toEqual(['unknown-registration', 'ask-registration'])
    expect((await call('1 1001#', { callerId: '2002' })).heard.at(-1)).toBe('ask-access-code')
  })
})

describe('querying a ticket', () => {
  it('tells its status to the person it belongs to', async () => {
    const protocol = await openedProtocol()
    const { heard } = await call(`2 1001# ${protocol}#`, { linkedId: '17.3' })
    expect(heard.slice(0, 3)).toEqual(['main-menu', 'ask-registration', 'ask-ticket'])
    expect(heard.at(-1)).toBe('after-status')
    expect(await recordOf('17.3')).toMatchObject({ resultado: 'status_told' })
  })

  it('knows nothing of it for anybody else, nor of a mistyped digit', async () => {
    const protocol = await openedProtocol()
    const mistyped = protocol.replace(/\d$/, (digit) => String((Number(digit) + 1) % 10))
    const stranger = await call(`2 1002# ${protocol}#`)
    const typo = await call(`2 1001# ${mistyped}#`)
    expect(stranger.heard).toEqual(typo.heard)
    expect(stranger.heard.slice(-2)).toEqual(['ticket-not-found', 'ask-ticket'])
  })
})

describe('a technician', () => {
  it('is there in office hours', async () => {
    expect((await call('3')).variables['URA_NEXT']).toBe('queue')
  })

  it('is not there on Sunday: when they are back, then the ticket', async () => {
    clock.advanceToSunday()
    const { heard } = await call('3 1001# {code} 1 2 2')
    expect(heard[1]).toBe('out-of-hours')
    expect(heard[3]).toBe('ask-registration')
    expect(heard.at(-1)).toBe('after-ticket')
  })

  it('takes a caller who never presses a key; on Sunday it is goodbye', async () => {
    expect((await call('- - -')).heard).toEqual([
      'main-menu',
      'no-input',
      'main-menu',
      'no-input',
      'main-menu',
      'no-input',
      'transferring',
    ])
    clock.advanceToSunday()
    expect((await call('- - -')).heard.at(-1)).toBe('goodbye')
  })

  it('is found by what was last known when the API goes away in mid-call', async () => {
    await system.stop()
    system = await HelpdeskSystem.start({ clock, environment: { API_BUDGET_MS: '1000' } })
    await call('3')
    const { heard, variables } = await call('1 1001#', {
      hears: async (file) => {
        if (file === 'ura/ask-registration') {
          await system.stopApi()
        }
      },
    })
    expect(heard.slice(-2)).toEqual(['system-unavailable', 'transferring'])
    expect(variables['URA_NEXT']).toBe('queue')
  })
})

describe('hanging up', () => {
  const steps = [
    '',
    '1',
    '1 1001#',
    '1 1001# {code}',
    '1 1001# {code} 1',
    '1 1001# {code} 1 2',
    '2',
    '2 1001#',
  ]

  it.each(steps)('after "%s" leaves a record and nothing else', async (keys) => {
    const { agiStatus } = await call(keys, { linkedId: '17.4' })
    expect(agiStatus).toBe('HANGUP')
    await expect.poll(() => system.activity(), { timeout: 1_000 }).toEqual({ calls: 0, records: 0 })
    expect(await recordOf('17.4')).toMatchObject({ resultado: 'abandoned', protocolos: [] })
    const { tickets } = await system.api.db
      .selectFrom('tickets')
      .select(({ fn }) => fn.countAll().as('tickets'))
      .executeTakeFirstOrThrow()
    expect(Number(tickets)).toBe(0)
  })
})

describe('many at once', () => {
  it('gives two hundred tickets two hundred protocols', async () => {
    const protocols = await Promise.all(
      Array.from({ length: 200 }, async (_, index) => {
        const request = {
          userCode: '1001',
          service: '2-2',
          callId: `c-${index}`,
          idempotencyKey: `k-${index}`,
        }
        return (await system.ticketApi.openTicket(request)).protocolo
      }),
    )
    expect(new Set(protocols).size).toBe(200)
  })

  it('gives one ticket to one idempotency key, however often and at once it is asked', async () => {
    const request = { userCode: '1001', service: '2-2', callId: 'c', idempotencyKey: 'same' }
    const answers = await Promise.all(Array.from({ length: 20 }, () => system.ticketApi.openTicket(request)))
    expect(new Set(answers.map(({ protocolo }) => protocolo)).size).toBe(1)
    await expect(system.ticketApi.openTicket({ ...request, service: '2-3' })).rejects.toMatchObject({
      code: 'CHAVE_REUTILIZADA',
    })
  })

  it('keeps thirty calls apart: each person finds their own ticket and nobody else finds it', async () => {
    const users = ['1001', '1002', '1003', '1004']
    const tickets = await Promise.all(
      users.map(async (userCode) => {
        const request = { userCode, service: '2-2', callId: userCode, idempotencyKey: userCode }
        return (await system.ticketApi.openTicket(request)).protocolo
      }),
    )
    const calls = Array.from({ length: 30 }, async (_, index) => {
      const ticket = index % 3 === 0 ? index : index + 1
      const { heard } = await call(`2 ${users[index % 4]}# ${tickets[ticket % 4]}#`)
      return heard.includes('after-status')
    })
    expect(await Promise.all(calls)).toEqual(Array.from({ length: 30 }, (_, index) => index % 3 === 0))
  })
})
