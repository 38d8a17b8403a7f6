import type { Database } from '../database/schema.ts'
import { inTransaction } from '../database/transaction.ts'
import { brazilianHoliday } from './brazilian-holidays.ts'
import { formatIntervals, parseIntervals } from './intervals.ts'
import type { DayInterval, OfficeHoursRules } from './office-hours.ts'

/** Monday to Friday with a lunch hour: what a new installation starts with. */
const firstIntervals: readonly DayInterval[] = [
  { opens: '08:00', closes: '12:00' },
  { opens: '13:00', closes: '17:00' },
]

export interface OfficeHoursException {
  /** `2026-12-24`. */
  day: string
  /** None: closed all day. */
  intervals: readonly DayInterval[]
  reason: string | null
}

/** The rules in force. They are few rows, read anew for each question, so that a change is heard at once. */
export async function readOfficeHours(db: Database, timeZone: string): Promise<OfficeHoursRules> {
  const [intervals, exceptions, holidays] = await Promise.all([
    db.selectFrom('office_hours_intervals').selectAll().orderBy('opens_at').execute(),
    listExceptions(db),
    db.selectFrom('office_hours_holidays').selectAll().execute(),
  ])
  const local = new Map(holidays.map((holiday) => [holiday.day, holiday.name]))
  return {
    timeZone,
    weekly: Map.groupBy(
      intervals.map((row) => ({ weekday: row.weekday, opens: row.opens_at, closes: row.closes_at })),
      (interval) => interval.weekday,
    ),
    exceptions: new Map(exceptions.map((exception) => [exception.day, exception])),
    holiday: (date) => local.get(date) ?? local.get(date.slice('2026-'.length)) ?? brazilianHoliday(date),
  }
}

/** All exceptions, oldest first. */
export async function listExceptions(db: Database): Promise<OfficeHoursException[]> {
  const rows = await db.selectFrom('office_hours_exceptions').selectAll().orderBy('day').execute()
  return rows.map((row) => ({
    day: row.day,
    intervals: parseIntervals(row.intervals) ?? [],
    reason: row.reason,
  }))
}

/** Sets the exception of a day, in place of an earlier one. */
export async function putException(db: Database, exception: OfficeHoursException): Promise<void> {
  await db.deleteFrom('office_hours_exceptions').where('day', '=', exception.day).execute()
  await db
    .insertInto('office_hours_exceptions')
    .values({
      day: exception.day,
      intervals: formatIntervals(exception.intervals),
      reason: exception.reason,
    })
    .execute()
}

/** Removes the exception of a day; false when there was none. */
export async function removeException(db: Database, day: string): Promise<boolean> {
  const removed = await db.deleteFrom('office_hours_exceptions').where('day', '=', day).executeTakeFirst()
  return removed.numDeletedRows > 0n
}

/** Writes the first weekly hours when there are none at all; an office that is never open has exceptions only. */
export async function ensureFirstOfficeHours(db: Database): Promise<void> {
  await inTransaction(db, async (trx) => {
    const something = await trx.selectFrom('office_hours_intervals').select('id').limit(1).executeTakeFirst()
    if (something !== undefined) {
      return
    }
    const rows = [1, 2, 3, 4, 5].flatMap((weekday) =>
      firstIntervals.map(({ opens, closes }) => ({ weekday, opens_at: opens, closes_at: closes })),
    )
    await trx.insertInto('office_hours_intervals').values(rows).execute()
  })
}
