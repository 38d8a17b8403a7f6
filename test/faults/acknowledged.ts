import { openDatabase } from '@ura/api/database/connection'
import { ticketIdOf } from '@ura/api/tickets/protocol'
import { expect } from 'vitest'
import { openTicket, type TicketAnswer } from './ticket-load.ts'

/**
 * Sends every key once more and looks into the database: each acknowledged protocol is there exactly once with its
 * opening, its key gives the same one again, and there is one ticket for each key and no other.
 */
export async function expectNothingLost(options: {
  url: string
  session: string
  /** Asked for once the keys have been sent. */
  databaseUrl: string | (() => Promise<string>)
  answers: readonly TicketAnswer[]
}): Promise<{ acknowledged: number; unanswered: number }> {
  const { answers, databaseUrl } = options
  const protocols = new Map<string, string | null>()
  for (const { key } of answers) {
    const repeated = await openTicket({ ...options, key })
    expect(repeated).toMatchObject({ errorCode: null, protocol: expect.stringMatching(/^\d+$/) })
    protocols.set(key, repeated.protocol)
  }
  const acknowledged = answers.filter(({ protocol }) => protocol !== null)
  expect(acknowledged.map(({ key }) => protocols.get(key))).toEqual(
    acknowledged.map(({ protocol }) => protocol),
  )
  const db = openDatabase(typeof databaseUrl === 'string' ? databaseUrl : await databaseUrl())
  try {
    const tickets = await db.selectFrom('tickets').select('id').orderBy('id').execute()
    const openings = await db.selectFrom('ticket_events').select('ticket_id').orderBy('ticket_id').execute()
    const audited = await db
      .selectFrom('audit_log')
      .select('id')
      .where('event', '=', 'ticket_opened')
      .execute()
    const ids = tickets.map(({ id }) => id)
    const told = [...protocols.values()].map((protocol) => ticketIdOf(protocol ?? ''))
    expect(told.toSorted((one, other) => Number(one) - Number(other))).toEqual(ids)
    expect(openings.map((event) => event.ticket_id)).toEqual(ids)
    expect(audited).toHaveLength(ids.length)
  } finally {
    await db.destroy()
  }
  return { acknowledged: acknowledged.length, unanswered: answers.length - acknowledged.length }
}
