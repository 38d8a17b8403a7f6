import { createLogger } from '@ura/core/logger'
import type { TicketStatus } from '@ura/core/ticket-api/schemas'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { inTransaction } from '../database/transaction.ts'
import { erasePerson } from '../privacy/erase-person.ts'
import { createTestAdmin } from '../testing/test-admin.ts'
import { createTestApi, type TestApi } from '../testing/test-api.ts'
import { createTestClient, type TestClient } from '../testing/test-clients.ts'
import { requireUser } from '../users/user-resources.ts'
import { createTicketNotifier } from './ticket-notifier.ts'
import { borrowMigratedDatabase } from '../testing/migrated-test-database.ts'

/** A database server on a busy machine may take its time. */
const eventually = (check: () => void | Promise<void>) => vi.waitFor(check, { timeout: 10_000 })

/** Opens ticket 10017, tells of it, and gives a technician's program. */
async function openTicket(test: TestApi): Promise<TestClient> {
  await test.post('/api/novo_chamado', { usuario: '1001', servico: 'computador-nao-liga' })
  await eventually(() => expect(test.gateway.texts).toHaveLength(1))
  await eventually(async () => expect(await owed(test)).toBe(0))
  test.gateway.texts.length = 0
  return await createTestClient(test, 'agent')
}

async function changeStatus(agent: TestClient, status: TicketStatus): Promise<void> {
  const answer = await agent.patch('/api/v1/tickets/10017', { status }, { 'if-match': '*' })
  expect(answer.statusCode).toBe(200)
}

/** What the API does every minute. */
async function resend({ api, clock, gateway }: TestApi): Promise<void> {
  const log = createLogger({ service: 'api', level: 'silent' })
  await createTicketNotifier({ db: api.db, clock, gateway, log, onResult: () => undefined }).resend()
}

async function owed({ api }: TestApi): Promise<number> {
  const rows = await api.db
    .selectFrom('ticket_events')
    .select('id')
    .where('notice_owed_ms', 'is not', null)
    .execute()
  return rows.length
}

describe('a change of status', () => {
  it.each<[TicketStatus, string]>([
    ['em_atendimento', 'em atendimento'],
    ['aguardando_usuario', 'aguardando você'],
    ['resolvido', 'resolvido'],
    ['cancelado', 'cancelado'],
  ])('to %s is told to the requester: how it stands, how to ask, how to stop', async (status, words) => {
    await using test = await createTestApi()
    const agent = await openTicket(test)
    await changeStatus(agent, status)
    await eventually(() => expect(test.gateway.texts).toHaveLength(1))
    expect(test.gateway.texts[0]).toMatchObject({
      phone: '+5545999990001',
      purpose: 'notice',
      topic: 'ticket-10017',
      idempotencyKey: expect.stringMatching(/^ticket-event-\d+$/),
      text: `Chamado 10017 (Computador não liga): ${words}. Para consultar, ligue para a central de informática e tecle 2. Para não receber mais avisos, peça à equipe técnica.`,
    })
    await eventually(async () => expect(await owed(test)).toBe(0))
    await resend(test)
    expect(test.gateway.texts).toHaveLength(1)
  })

  it('has a key of its own each time, in order', async () => {
    await using test = await createTestApi()
    const agent = await openTicket(test)
    for (const status of ['em_atendimento', 'resolvido', 'em_atendimento', 'resolvido', 'fechado'] as const) {
      const before = test.gateway.texts.length
      await changeStatus(agent, status)
      await eventually(() => expect(test.gateway.texts).toHaveLength(before + 1))
    }
    expect(new Set(test.gateway.texts.map(({ idempotencyKey }) => idempotencyKey)).size).toBe(5)
    expect(test.gateway.texts.at(-1)?.text).toContain(': fechado.')
  })

  it('back to the queue of the technicians is told to nobody, nor who has the ticket', async () => {
    await using test = await createTestApi()
    const agent = await openTicket(test)
    await changeStatus(agent, 'em_atendimento')
    await eventually(async () => expect(await owed(test)).toBe(0))
    await changeStatus(agent, 'aberto')
    await agent.patch('/api/v1/tickets/10017', { assignee: 'ana' }, { 'if-match': '*' })
    expect(await owed(test)).toBe(0)
    expect(test.gateway.texts).toHaveLength(1)
  })

  it('is owed while the gateway is away, and told in order when it is back', async () => {
    await using test = await createTestApi()
    const agent = await openTicket(test)
    test.gateway.fault = 'connection'
    await changeStatus(agent, 'em_atendimento')
    test.clock.advance({ minutes: 1 })
    await changeStatus(agent, 'resolvido')
    expect(await owed(test)).toBe(2)
    await resend(test)
    expect(await owed(test)).toBe(2)
    test.gateway.fault = null
    await resend(test)
    expect(test.gateway.texts.map(({ text }) => /: ([a-z ]+)\./.exec(text)?.[1])).toEqual([
      'em atendimento',
      'resolvido',
    ])
    expect(await owed(test)).toBe(0)
  })

  it('is given up a day later', async () => {
    await using test = await createTestApi()
    const agent = await openTicket(test)
    test.gateway.fault = 'connection'
    await changeStatus(agent, 'resolvido')
    test.gateway.fault = null
    test.clock.advance({ hours: 24 })
    await resend(test)
    expect(test.gateway.texts).toEqual([])
  })

  it('at the command line is told by the API within its next round', async () => {
    const database = await borrowMigratedDatabase()
    onTestFinished(() => database.drop())
    await using test = await createTestApi({ DATABASE_URL: database.url })
    await openTicket(test)
    const admin = createTestAdmin({ DATABASE_URL: database.url }, test.clock)
    await admin.run('tickets', 'status', '10017', 'aguardando_usuario')
    await resend(test)
    expect(test.gateway.texts).toMatchObject([{ topic: 'ticket-10017', purpose: 'notice' }])
  })
})

describe('nobody is told', () => {
  it('who wants no notices, though codes still come', async () => {
    await using test = await createTestApi()
    const agent = await openTicket(test)
    const admin = await createTestClient(test, 'admin')
    await admin.patch('/api/v1/users/1001', { notices: false }, { 'if-match': '*' })
    await changeStatus(agent, 'resolvido')
    await resend(test)
    expect([test.gateway.texts, await owed(test)]).toEqual([[], 0])
    expect((await test.post('/api/solicitar_codigo', { usuario: '1001' })).statusCode).toBe(202)
  })

  it('who was erased while a notice was owed', async () => {
    await using test = await createTestApi()
    const agent = await openTicket(test)
    test.gateway.fault = 'connection'
    await changeStatus(agent, 'resolvido')
    test.gateway.fault = null
    const { db } = test.api
    const user = await requireUser(db, '1001')
    await inTransaction(db, (trx) => erasePerson(trx, user, test.clock.now()))
    await resend(test)
    expect([test.gateway.texts, await owed(test)]).toEqual([[], 0])
  })
})
