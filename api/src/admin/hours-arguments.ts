import { DateTime } from 'luxon'
import { recordAudit } from '../audit/audit-log.ts'
import type { Database } from '../database/schema.ts'
import { parseIntervals } from '../office-hours/intervals.ts'
import type { DayInterval } from '../office-hours/office-hours.ts'
import { type AdminContext, UsageError } from './command.ts'

/** Weekdays as they are shown and typed; 1 is Monday. */
export const weekdays = ['', 'segunda', 'terça', 'quarta', 'quinta', 'sexta', 'sábado', 'domingo']

/**
 * Intervals of one day, in order and apart from each other.
 * @throws UsageError
 */
export function parseDayIntervals(text: string): readonly DayInterval[] {
  const intervals = parseIntervals(text)?.toSorted((one, other) => (one.opens < other.opens ? -1 : 1)) ?? []
  const areApart = intervals.every(
    (interval, index) => interval.opens >= (intervals[index - 1]?.closes ?? ''),
  )
  if (intervals.length === 0 || !areApart) {
    throw new UsageError(`"${text}" não é uma lista como 08:00-12:00,13:00-17:00.`)
  }
  return intervals
}

/**
 * A date as typed, or today.
 * @throws UsageError
 */
export function parseDay(text: string, { config, now }: AdminContext): string {
  if (text === 'hoje' || text === 'today') {
    return DateTime.fromJSDate(now, { zone: config.timeZone }).toFormat('yyyy-MM-dd')
  }
  if (!isDate(text)) {
    throw new UsageError(`"${text}" não é uma data como 2026-12-24, nem "hoje".`)
  }
  return text
}

/** Whether it is a date as `2026-12-24` that the calendar has. */
export function isDate(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) && DateTime.fromISO(text, { zone: 'utc' }).isValid
}

/** Keeps a change of hours or holidays in the audit log. */
export async function auditHours(
  trx: Database,
  { actor, now }: AdminContext,
  detail: Record<string, string>,
): Promise<void> {
  await recordAudit(trx, { event: 'office_hours_changed', source: { actor }, at: now, detail })
}
