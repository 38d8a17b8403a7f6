import { DateTime } from 'luxon'

/** Wall-clock times of one day, as `{ opens: '08:00', closes: '12:00' }`; `24:00` is the day's end. */
export interface DayInterval {
  opens: string
  closes: string
}

export interface OfficeHoursRules {
  /** IANA name. */
  timeZone: string
  /** Intervals of a weekday: 1 is Monday, 7 is Sunday. */
  weekly: ReadonlyMap<number, readonly DayInterval[]>
  /** A date (`2026-12-25`) that differs from its weekday, open or closed; it outdoes a holiday. */
  exceptions: ReadonlyMap<string, { intervals: readonly DayInterval[]; reason: string | null }>
  /** The holiday's name on that date, or null. */
  holiday: (date: string) => string | null
}

export interface OfficeHoursState {
  open: boolean
  /** Why: by the usual hours, by a holiday, by an exception for the day. */
  reason: { kind: 'usual' } | { kind: 'holiday'; name: string } | { kind: 'exception'; text: string | null }
  /** When the team is back; null while it is there, or when no opening is known within a year. */
  nextOpening: Date | null
  /**
   * Until when all this holds: the closing while open; while closed the opening, or midnight when that comes first,
   * since another day may have another reason.
   */
  nextChange: Date
}

/** Beyond a year of closed days nobody plans. */
const daysMax = 370

interface Span {
  from: number
  to: number
}

/** Whether the team is there at an instant, why, and what comes next; pure. */
export function officeHoursAt(instant: Date, rules: OfficeHoursRules): OfficeHoursState {
  const nowMs = instant.getTime()
  const today = DateTime.fromJSDate(instant, { zone: rules.timeZone }).startOf('day')
  const reason = reasonOf(today, rules)
  const current = spansOf(today, rules).find((span) => span.from <= nowMs && nowMs < span.to)
  if (current !== undefined) {
    const closing = new Date(endOfOpenTime(current, today, rules))
    return { open: true, reason, nextOpening: null, nextChange: closing }
  }
  const opening = nextOpeningAfter(nowMs, today, rules)
  const midnightMs = at(today, '24:00')
  const nextChange = new Date(Math.min(opening?.getTime() ?? midnightMs, midnightMs))
  // Past an exceptional day's own hours the day is over as any other is.
  const closedReason = reason.kind === 'exception' && hasIntervals(today, rules) ? usual : reason
  return { open: false, reason: closedReason, nextOpening: opening, nextChange }
}

const usual = { kind: 'usual' } as const

function reasonOf(day: DateTime, rules: OfficeHoursRules): OfficeHoursState['reason'] {
  const date = day.toFormat('yyyy-MM-dd')
  const exception = rules.exceptions.get(date)
  if (exception !== undefined) {
    return { kind: 'exception', text: exception.reason }
  }
  const holiday = rules.holiday(date)
  return holiday === null ? usual : { kind: 'holiday', name: holiday }
}

function hasIntervals(day: DateTime, rules: OfficeHoursRules): boolean {
  return intervalsOf(day, rules).length > 0
}

function intervalsOf(day: DateTime, rules: OfficeHoursRules): readonly DayInterval[] {
  const date = day.toFormat('yyyy-MM-dd')
  const exception = rules.exceptions.get(date)
  if (exception !== undefined) {
    return exception.intervals
  }
  return rules.holiday(date) === null ? (rules.weekly.get(day.weekday) ?? []) : []
}

function spansOf(day: DateTime, rules: OfficeHoursRules): Span[] {
  return intervalsOf(day, rules)
    .map(({ opens, closes }) => ({ from: at(day, opens), to: at(day, closes) }))
    .toSorted((one, other) => one.from - other.from)
}

/** A wall-clock time on a day. Where summer time skips it, luxon takes the same time after the gap. */
function at(day: DateTime, time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  if (hour === 24) {
    return day.plus({ days: 1 }).startOf('day').toMillis()
  }
  return day.set({ hour, minute }).toMillis()
}

/** Where open time ends that goes on across touching intervals, midnight included. */
function endOfOpenTime(current: Span, today: DateTime, rules: OfficeHoursRules): number {
  let end = current.to
  for (let days = 0; days < daysMax; days += 1) {
    const day = today.plus({ days })
    for (const span of spansOf(day, rules)) {
      if (span.from <= end && span.to > end) {
        end = span.to
      }
    }
    if (end < at(day, '24:00')) {
      break
    }
  }
  return end
}

function nextOpeningAfter(nowMs: number, today: DateTime, rules: OfficeHoursRules): Date | null {
  for (let days = 0; days < daysMax; days += 1) {
    const next = spansOf(today.plus({ days }), rules).find((span) => span.from > nowMs)
    if (next !== undefined) {
      return new Date(next.from)
    }
  }
  return null
}
