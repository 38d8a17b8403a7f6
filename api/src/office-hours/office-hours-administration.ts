import type { Database } from '../database/schema.ts'
import type { DayInterval } from './office-hours.ts'

/** A state or city holiday beside the national ones. */
export interface LocalHoliday {
  /** `2026-06-13`, or `06-13` for every year. */
  day: string
  name: string
}

/** Sets the usual intervals of a weekday (1 is Monday, 7 Sunday) in place of the earlier ones; none: closed. */
export async function putWeekday(
  trx: Database,
  weekday: number,
  intervals: readonly DayInterval[],
): Promise<void> {
  await trx.deleteFrom('office_hours_intervals').where('weekday', '=', weekday).execute()
  for (const { opens, closes } of intervals) {
    await trx
      .insertInto('office_hours_intervals')
      .values({ weekday, opens_at: opens, closes_at: closes })
      .execute()
  }
}

/** The local holidays by day, those of every year first. */
export async function listHolidays(db: Database): Promise<LocalHoliday[]> {
  return await db.selectFrom('office_hours_holidays').selectAll().orderBy('day').execute()
}

/** Sets the holiday of a day, in place of an earlier one. */
export async function putHoliday(trx: Database, holiday: LocalHoliday): Promise<void> {
  await trx.deleteFrom('office_hours_holidays').where('day', '=', holiday.day).execute()
  await trx.insertInto('office_hours_holidays').values(holiday).execute()
}

/** Removes the local holiday of a day; false when there was none. */
export async function removeHoliday(trx: Database, day: string): Promise<boolean> {
  const removed = await trx.deleteFrom('office_hours_holidays').where('day', '=', day).executeTakeFirst()
  return removed.numDeletedRows > 0n
}
