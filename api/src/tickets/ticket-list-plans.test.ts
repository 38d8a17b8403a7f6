import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { isMysql } from '../database/dialect.ts'
import { inTransaction } from '../database/transaction.ts'
import { keysetQuery } from '../listing/keyset-query.ts'
import { scanFault } from '../testing/query-cost.ts'
import { createTestApi, type TestApi } from '../testing/test-api.ts'
import { planTicketList, type TicketFilters, ticketSorts } from './ticket-list.ts'
import { findTicketSubject } from './ticket-resource-repository.ts'
import { ticketStatuses } from './ticket-text.ts'

const ticketCount = 20_000
const firstMs = Date.parse('2026-01-01T00:00:00Z')
const middle = '2026-01-02T00:00:00Z'

let test: TestApi
beforeAll(async () => {
  test = await createTestApi()
  const { db } = test.api
  const users = await idsOf('users')
  const services = await idsOf('catalogue_services')
  const tickets = Array.from({ length: ticketCount }, (_, index) => ({
    user_id: users[index % users.length] ?? 0,
    service_id: services[index % services.length] ?? 0,
    origin: index % 3 === 0 ? 'telefone' : 'web',
    call_id: null,
    // Nearly all are closed, as in an installation of some years.
    status: index % 50 === 0 ? (ticketStatuses[(index / 50) % 6] ?? 'aberto') : 'fechado',
    assignee: index % 4 === 0 ? null : `technician-${index % 7}`,
    opened_at_ms: firstMs + index * 10_000,
    updated_at_ms: firstMs + index * 10_000,
    changed_at_ms: firstMs + index * 10_000,
  }))
  await inTransaction(db, async (trx) => {
    for (let start = 0; start < ticketCount; start += 1_000) {
      await trx
        .insertInto('tickets')
        .values(tickets.slice(start, start + 1_000))
        .execute()
    }
  })
  if (isMysql(db)) {
    await sql`analyze table tickets`.execute(db)
  }
}, 60_000)
afterAll(() => test[Symbol.asyncDispose]())

async function idsOf(table: 'users' | 'catalogue_services'): Promise<number[]> {
  const rows = await test.api.db.selectFrom(table).select('id').execute()
  return rows.map(({ id }) => id)
}

const subjects: TicketFilters[] = [
  {},
  { userCode: '1001' },
  { service: 'computador-nao-liga' },
  { category: 2 },
  { origin: 'web' },
  { assignee: 'technician-3' },
  { unassigned: true },
]
const statuses: TicketFilters[] = [{}, { status: 'aberto' }, { status: 'aberto,em_atendimento,fechado' }]
const periods: TicketFilters[] = [
  {},
  { openedFrom: middle },
  { openedTo: middle },
  { updatedFrom: middle, updatedTo: '2026-01-02T01:00:00Z' },
]
const every = subjects.flatMap((subject) =>
  statuses.flatMap((status) =>
    periods.flatMap((period) =>
      ticketSorts.map((sort) => ({ ...subject, ...status, ...period, sort }) satisfies TicketFilters),
    ),
  ),
)
const combinations: TicketFilters[] = [...every, { protocol: '1' }, { protocol: '10017', sort: '-protocol' }]

function isRefused(filters: TicketFilters): boolean {
  try {
    planTicketList(filters, [])
    return false
  } catch {
    return true
  }
}

describe('a list of tickets', () => {
  const served = combinations.filter((filters) => !isRefused(filters))

  it('is served for every subject and status by both times, and by protocol alone', () => {
    // 7 subjects, 3 statuses: by either time without a period; opened from and to; updated.
    expect(served).toHaveLength(7 * 3 * (4 + 2 + 2 + 2) + 2 + 2)
  })

  it.each(['on its first page', 'behind a cursor'])('%s never scans the table', async (page) => {
    const { db } = test.api
    const limit = 6
    for (const filters of served) {
      const plan = planTicketList(filters, await findTicketSubject(db, filters))
      const position = plan.key.length === 1 ? [500] : [firstMs + 86_400_000, 500]
      const after = page === 'behind a cursor' ? position : null
      const query = keysetQuery(db, { ...plan, after, limit })
      const isWalk = JSON.stringify(plan.branches) === '[{"equal":{}}]' && after === null
      // A page of each branch, read and merged.
      const rowsMax = plan.branches.length * (limit + 2) * 4 + 20
      const fault =
        query === null ? 'no branch' : await scanFault(db, query, { table: 'tickets', isWalk, rowsMax })
      expect({ filters, fault }).toEqual({ filters, fault: null })
    }
  })
})
