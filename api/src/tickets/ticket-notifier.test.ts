import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger } from '@ura/core/logger'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createFakeClock } from '../testing/fakes.ts'
import { createTestApi, type TestApi } from '../testing/test-api.ts'
import { createTicketNotifier } from './ticket-notifier.ts'

const open = (test: TestApi, usuario = '1001') =>
  test.post('/api/novo_chamado', { usuario, servico: 'computador-nao-liga' })

/** What the API does every minute. */
async function resend({ api, clock, gateway, logged }: TestApi): Promise<void> {
  const log = createLogger({
    service: 'api',
    level: 'debug',
    destination: { write: (line: string) => void logged.push(line) },
  })
  await createTicketNotifier({ db: api.db, clock, gateway, log, onResult: () => undefined }).resend()
}

/** Which events have their notice settled, oldest first. */
async function settled(test: TestApi): Promise<boolean[]> {
  const rows = await test.api.db.selectFrom('ticket_events').select('notice_owed_ms').orderBy('id').execute()
  return rows.map((row) => row.notice_owed_ms === null)
}

const call = (test: TestApi, usuario: string) =>
  test.post('/api/novo_chamado', {
    usuario,
    servico: 'computador-nao-liga',
    chamada: '1795360430.0',
    origem: 'telefone',
  })

async function wantNoNotices({ api }: TestApi, code: string): Promise<void> {
  await api.db.updateTable('users').set({ notices: 0 }).where('code', '=', code).execute()
}

const keys = (test: TestApi) => test.gateway.texts.map((text) => text.idempotencyKey)

const warnings = (test: TestApi) => test.logged.filter((line) => line.includes('was not accepted'))

/** Opens tickets while the gateway answers each with `fault`; the fault then is over. */
async function openDuring(test: TestApi, fault: string, users: readonly string[]): Promise<void> {
  test.gateway.fault = fault
  for (const [index, user] of users.entries()) {
    await open(test, user)
    await vi.waitFor(() => expect(warnings(test)).toHaveLength(index + 1))
    test.clock.advance({ seconds: 1 })
  }
  test.gateway.fault = null
}

describe('the message of an open ticket', () => {
  it('is settled once the gateway has accepted it', async () => {
    await using test = await createTestApi()
    await open(test)
    await vi.waitFor(async () => expect(await settled(test)).toEqual([true]))
    await resend(test)
    expect(keys(test)).toEqual(['ticket-opened-10017'])
  })

  it('is owed while the gateway is away, and handed over later under the same key', async () => {
    await using test = await createTestApi()
    await openDuring(test, 'connection', ['1001', '1002'])
    expect(await settled(test)).toEqual([false, false])
    await resend(test)
    expect(keys(test)).toEqual(['ticket-opened-10017', 'ticket-opened-10025'])
    expect(test.gateway.texts[0]).toMatchObject({
      phone: '+5545999990001',
      text: expect.stringMatching(/^Chamado 10017 aberto: Computador não liga\./),
    })
    expect(await settled(test)).toEqual([true, true])
  })

  it.each(['http_400', 'failed', 'unknown'])('is given up when refused for good (%s)', async (reason) => {
    await using test = await createTestApi()
    await openDuring(test, reason, ['1001'])
    await vi.waitFor(async () => expect(await settled(test)).toEqual([true]))
    await resend(test)
    expect(keys(test)).toEqual([])
    expect(warnings(test).join()).toContain('10017')
    expect(test.logged.join()).not.toContain('99999')
  })

  it('is given up a day after the ticket was opened', async () => {
    await using test = await createTestApi()
    await openDuring(test, 'http_503', ['1001'])
    test.clock.advance({ hours: 24 })
    await resend(test)
    expect(keys(test)).toEqual([])
  })

  it('is not owed to a user without any address', async () => {
    await using test = await createTestApi()
    await open(test, '1005')
    expect(await settled(test)).toEqual([true])
    await resend(test)
    expect(keys(test)).toEqual([])
  })

  it('goes by e-mail to a user without WhatsApp', async () => {
    await using test = await createTestApi()
    expect((await open(test, '1006')).json()).toMatchObject({ aviso: 'email' })
    await vi.waitFor(() => expect(test.gateway.texts).toHaveLength(1))
    expect(test.gateway.texts).toMatchObject([{ phone: null, email: 'teresa@prefeitura.example' }])
  })

  it('is not owed to a user who wants no notices', async () => {
    await using test = await createTestApi()
    await wantNoNotices(test, '1001')
    expect((await open(test)).json()).toMatchObject({ aviso: null })
    await resend(test)
    expect([keys(test), await settled(test)]).toEqual([[], [true]])
  })

  it('answers the call that asked for it at once, at night too; later it is a notice', async () => {
    await using test = await createTestApi()
    test.gateway.fault = 'connection'
    await call(test, '1001')
    await vi.waitFor(() => expect(warnings(test)).toHaveLength(1))
    test.gateway.fault = null
    test.clock.advance({ minutes: 9 })
    await resend(test)
    expect(test.gateway.texts).toMatchObject([{ idempotencyKey: 'ticket-opened-10017' }])
    expect(test.gateway.texts[0]).not.toHaveProperty('purpose')
    test.gateway.fault = 'connection'
    await call(test, '1002')
    await vi.waitFor(() => expect(warnings(test)).toHaveLength(2))
    test.gateway.fault = null
    test.clock.advance({ minutes: 10 })
    await resend(test)
    expect(test.gateway.texts[1]).toMatchObject({ idempotencyKey: 'ticket-opened-10025', purpose: 'notice' })
  })

  it('is a notice when no call asked for it, and has no topic that another message could take over', async () => {
    await using test = await createTestApi()
    await test.post('/api/novo_chamado', { usuario: '1001', servico: 'computador-nao-liga', origem: 'web' })
    await vi.waitFor(() => expect(test.gateway.texts).toHaveLength(1))
    expect(test.gateway.texts[0]).toMatchObject({ purpose: 'notice' })
    expect(test.gateway.texts[0]).not.toHaveProperty('topic')
  })

  it('is settled when the gateway has one of this key in other words: an earlier try got there', async () => {
    await using test = await createTestApi()
    test.gateway.fault = 'http_409'
    await open(test)
    await vi.waitFor(async () => expect(await settled(test)).toEqual([true]))
    expect(warnings(test)).toEqual([])
  })

  it('is the same in the answer to a repeated request', async () => {
    await using test = await createTestApi()
    const key = { 'idempotency-key': 'k' }
    const body = { usuario: '1006', servico: 'computador-nao-liga' }
    const answers = [
      await test.post('/api/novo_chamado', body, key),
      await test.post('/api/novo_chamado', body, key),
    ]
    expect(answers.map((answer) => [answer.statusCode, answer.json()])).toMatchObject([
      [201, { aviso: 'email' }],
      [200, { aviso: 'email' }],
    ])
    await vi.waitFor(async () => expect(await settled(test)).toEqual([true]))
    expect(keys(test)).toEqual(['ticket-opened-10017'])
  })

  it('survives the process, and is handed over when the next one listens', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ura-notice-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const onDisk = { DATA_DIR: folder, DATABASE_URL: '' }
    const clock = createFakeClock()
    {
      await using before = await createTestApi(onDisk, clock)
      await openDuring(before, 'connection', ['1001'])
    }
    await using after = await createTestApi(onDisk, clock)
    await after.api.listen()
    await vi.waitFor(() => expect(keys(after)).toEqual(['ticket-opened-10017']))
  })
})

describe('a batch of owed messages', () => {
  it.each(['connection', 'connection_lost', 'timeout', 'http_401', 'http_429', 'http_503'])(
    'stops when the gateway is away (%s)',
    async (fault) => {
      await using test = await createTestApi()
      await openDuring(test, 'connection', ['1001', '1002', '1003'])
      test.gateway.fault = fault
      await resend(test)
      expect(warnings(test)).toHaveLength(4)
    },
  )

  it('goes on behind a message that the gateway refuses', async () => {
    await using test = await createTestApi()
    await openDuring(test, 'connection', ['1001', '1002', '1003'])
    test.gateway.fault = 'http_400'
    await resend(test)
    expect(warnings(test)).toHaveLength(6)
    expect(await settled(test)).toEqual([true, true, true])
  })

  it('has 100 messages at most', async () => {
    await using test = await createTestApi()
    await openDuring(test, 'connection', ['1001'])
    const { db } = test.api
    const { id: _id, ...row } = await db.selectFrom('tickets').selectAll().executeTakeFirstOrThrow()
    await db
      .insertInto('tickets')
      .values(Array.from({ length: 109 }, () => row))
      .execute()
    const opening = await db.selectFrom('ticket_events').selectAll().executeTakeFirstOrThrow()
    const tickets = await db.selectFrom('tickets').select('id').orderBy('id').execute()
    const events = tickets.slice(1).map((ticket, index) => {
      return { ...opening, id: opening.id + index + 1, ticket_id: ticket.id }
    })
    await db.insertInto('ticket_events').values(events).execute()
    await resend(test)
    expect(keys(test)).toHaveLength(100)
    await resend(test)
    expect(new Set(keys(test)).size).toBe(110)
  })
})
