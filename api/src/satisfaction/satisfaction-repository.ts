import { isUniqueViolation } from '@ura/core/database/database-errors'
import type { RatingMoment } from '@ura/core/ticket-api/schemas'
import type { Database } from '../database/schema.ts'

/** One key of one caller. */
export interface Rating {
  /** The ticket it is about; null for the call itself. */
  ticketId: number | null
  callId: string
  moment: RatingMoment
  /** 1 to 5. */
  score: number
}

/** How many gave which score, and their mean. */
export interface SatisfactionSummary {
  count: number
  /** To two decimals; null when there is nothing to take it of. */
  mean: number | null
  scores: { score: number; count: number }[]
}

const scores = [1, 2, 3, 4, 5]

const momentColumn: Readonly<Record<RatingMoment, string>> = { consulta: 'status', tecnico: 'technician' }

/** Keeps a rating; false when its ticket or its call has one already, which stays. */
export async function addRating(db: Database, rating: Rating, now: Date): Promise<boolean> {
  const { ticketId, callId, moment, score } = rating
  const row = {
    subject: ticketId === null ? `call/${callId}` : `ticket/${ticketId}`,
    ticket_id: ticketId,
    call_id: callId,
    moment: momentColumn[moment],
    score,
    rated_at_ms: now.getTime(),
  }
  try {
    await db.insertInto('satisfaction_ratings').values(row).execute()
    return true
  } catch (error) {
    if (isUniqueViolation(error)) {
      return false
    }
    throw error
  }
}

/** The score of a ticket; null when it has none. */
export async function findTicketRating(db: Database, ticketId: number): Promise<number | null> {
  const row = await db
    .selectFrom('satisfaction_ratings')
    .select('score')
    .where('ticket_id', '=', ticketId)
    .executeTakeFirst()
  return row?.score ?? null
}

/** The ratings of a period, which holds its beginning and not its end. */
export async function summarizeRatings(
  db: Database,
  { from, to, moment }: { from?: Date | undefined; to?: Date | undefined; moment?: RatingMoment | undefined },
): Promise<SatisfactionSummary> {
  const rows = await db
    .selectFrom('satisfaction_ratings')
    .select(({ fn }) => ['score', fn.countAll<number | string>().as('ratings')])
    .$if(from !== undefined, (query) => query.where('rated_at_ms', '>=', from?.getTime() ?? 0))
    .$if(to !== undefined, (query) => query.where('rated_at_ms', '<', to?.getTime() ?? 0))
    .$if(moment !== undefined, (query) => query.where('moment', '=', momentColumn[moment ?? 'consulta']))
    .groupBy('score')
    .execute()
  const counts = new Map(rows.map(({ score, ratings }) => [score, Number(ratings)]))
  const told = scores.map((score) => ({ score, count: counts.get(score) ?? 0 }))
  const count = told.reduce((sum, one) => sum + one.count, 0)
  const total = told.reduce((sum, one) => sum + one.score * one.count, 0)
  return { count, mean: count === 0 ? null : Math.round((total / count) * 100) / 100, scores: told }
}
