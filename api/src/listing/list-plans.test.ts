import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type CallFilters, callOutcomes, planCallList } from '../calls/call-list.ts'
import { isMysql } from '../database/dialect.ts'
import type { Database } from '../database/schema.ts'
import { inTransaction } from '../database/transaction.ts'
import { scanFault } from '../testing/query-cost.ts'
import { createTestApi, type TestApi } from '../testing/test-api.ts'
import { planTicketHistory } from '../tickets/ticket-history.ts'
import { planUserList, type UserFilters } from '../users/user-list.ts'
import { addUsers } from '../users/user-repository.ts'
import { type KeysetQuery, keysetQuery } from './keyset-query.ts'

const rowCount = 10_000
const batchRows = 1_000
const firstMs = Date.parse('2026-01-01T00:00:00Z')
const middle = '2026-01-01T12:00:00Z'
const middleMs = Date.parse(middle)
const limit = 6

let test: TestApi
beforeAll(async () => {
  test = await createTestApi()
  const { db } = test.api
  for (let start = 0; start < rowCount; start += batchRows) {
    const numbers = Array.from({ length: batchRows }, (_, index) => start + index)
    await inTransaction(db, async (trx) => {
      await addUsers(trx, numbers.map(userOf), test.clock.now())
      await trx.insertInto('calls').values(numbers.map(callOf)).execute()
    })
  }
  const ticketId = await addTicket(db)
  await addHistory(db, ticketId)
  if (isMysql(db)) {
    await sql`analyze table users, calls, ticket_events, ticket_notes`.execute(db)
  }
}, 60_000)
afterAll(() => test[Symbol.asyncDispose]())

function userOf(number: number) {
  return {
    code: String(100_000 + number),
    name: `${number % 50 === 0 ? 'Ana' : 'Beto'} Pessoa ${number}`,
    department: null,
    whatsapp: `+55459${String(80_000_000 + number)}`,
    extension: String(2_000 + Math.floor(number / 10)),
    email: null,
  }
}

function callOf(number: number) {
  return {
    call_id: `1700000000.${number}`,
    round: 1,
    phone: null,
    started_at_ms: firstMs + number * 10_000,
    ended_at_ms: firstMs + number * 10_000,
    steps: '[]',
    // Nearly all end in a ticket, and few users call often.
    outcome: number % 50 === 0 ? (callOutcomes[(number / 50) % 6] ?? 'failed') : 'ticket_opened',
    user_code: number % 20 === 0 ? '100007' : String(100_000 + number),
    protocols: '[]',
    recorded_at_ms: firstMs,
  }
}

let ticketIdOfHistory = 0

async function addTicket(db: Database): Promise<number> {
  const user = await db.selectFrom('users').select('id').executeTakeFirstOrThrow()
  const service = await db.selectFrom('catalogue_services').select('id').executeTakeFirstOrThrow()
  const { insertId } = await db
    .insertInto('tickets')
    .values({
      user_id: user.id,
      service_id: service.id,
      origin: 'web',
      call_id: null,
      status: 'aberto',
      opened_at_ms: firstMs,
      updated_at_ms: firstMs,
    })
    .executeTakeFirstOrThrow()
  return (ticketIdOfHistory = Number(insertId))
}

/** A ticket whose own history is long: a page of it must not read the rest. */
async function addHistory(db: Database, ticketId: number): Promise<void> {
  const row = { ticket_id: ticketId, happened_at_ms: firstMs }
  for (let start = 0; start < rowCount; start += batchRows) {
    const events = Array.from({ length: batchRows }, () => ({
      ...row,
      actor: 'console',
      from_status: 'aberto',
      to_status: 'aberto',
    }))
    const notes = Array.from({ length: batchRows }, () => ({ ...row, author: 'console', text: 'Visto.' }))
    await db.insertInto('ticket_events').values(events).execute()
    await db.insertInto('ticket_notes').values(notes).execute()
  }
}

type Plan = Omit<KeysetQuery, 'after' | 'limit'>

const users: UserFilters[] = [
  {},
  { code: '1' },
  { code: '1050' },
  { name: 'ana' },
  { whatsapp: '+5545980000007' },
  { extension: '2001' },
]
const subjects: CallFilters[] = [
  {},
  { userCode: '100007' },
  { outcome: 'failed' },
  { outcome: 'ticket_opened' },
  { userCode: '100007', outcome: 'failed' },
]
const periods: CallFilters[] = [
  {},
  { startedFrom: middle },
  { startedTo: middle },
  { startedFrom: middle, startedTo: '2026-01-01T13:00:00Z' },
]
const calls = subjects.flatMap((subject) =>
  periods.flatMap((period) =>
    (['startedAt', '-startedAt'] as const).map((sort) => ({ ...subject, ...period, sort })),
  ),
)

/** Each list's name, plan and a position in its middle. */
function lists(): { list: unknown; plan: Plan; position: readonly (string | number)[] }[] {
  return [
    ...users.map((filters) => {
      const position = filters.name === undefined ? ['105000'] : ['ana pessoa 5000', 5_000]
      return { list: { users: filters }, plan: planUserList(filters), position }
    }),
    ...calls.map((filters) => ({
      list: { calls: filters },
      plan: planCallList(filters),
      position: [middleMs, '1700000000.4320', 1],
    })),
    ...(['ticket_events', 'ticket_notes'] as const).map((table) => ({
      list: table,
      plan: planTicketHistory(table, ticketIdOfHistory),
      position: [rowCount / 2],
    })),
  ]
}

describe('a list of users, of calls, or of what happened to a ticket', () => {
  it.each(['on its first page', 'behind a cursor'])('%s never scans its table', async (page) => {
    const { db } = test.api
    for (const { list, plan, position } of lists()) {
      const after = page === 'behind a cursor' ? position : null
      const query = keysetQuery(db, { ...plan, after, limit })
      const isWalk = JSON.stringify(plan.branches) === '[{"equal":{}}]' && after === null
      // A page of each branch, read and merged.
      const rowsMax = plan.branches.length * (limit + 2) * 4 + 20
      const bounds = { table: plan.table, isWalk, rowsMax }
      const fault = query === null ? 'no branch' : await scanFault(db, query, bounds)
      expect({ list, fault }).toEqual({ list, fault: null })
    }
  })
})
