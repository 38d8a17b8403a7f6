import { text } from '@ura/core/settings'
import type { Setting } from '@ura/core/configuration'
import { DateTime } from 'luxon'

/** A daily stretch of wall-clock time in which no notice is sent; past midnight when it ends before it starts. */
export interface QuietHours {
  /** As `21:00`. */
  readonly startsAt: string
  /** As `07:00`; never the same as `startsAt`. */
  readonly endsAt: string
}

const timesPattern = /^((?:[01]\d|2[0-3]):[0-5]\d)-((?:[01]\d|2[0-3]):[0-5]\d)$/
const described = text('GATEWAY_QUIET_HOURS', {
  description: 'Hours (of TIME_ZONE) in which ticket notices wait, codes never do; off = none',
  default: '21:00-07:00',
})

/** `21:00-07:00`, or `off` (null). */
export const quietHoursSetting: Setting<QuietHours | null> = {
  ...described,
  parse: (value) => {
    if (value === 'off') {
      return null
    }
    const [, startsAt, endsAt] = timesPattern.exec(value) ?? []
    if (startsAt === undefined || endsAt === undefined || startsAt === endsAt) {
      throw new Error('must be two different times, as 21:00-07:00, or off')
    }
    return { startsAt, endsAt }
  },
}

/**
 * When the quiet hours that an instant lies in end; null when it lies in none. Where summer time skips or repeats a time
 * of day, luxon takes the time after the gap, or one of the two.
 * @param timeZone IANA name
 */
export function quietUntil(instant: Date, hours: QuietHours | null, timeZone: string): Date | null {
  if (hours === null) {
    return null
  }
  const today = DateTime.fromJSDate(instant, { zone: timeZone }).startOf('day')
  const isPastMidnight = hours.endsAt < hours.startsAt
  for (const startDay of [today.minus({ days: 1 }), today]) {
    const endDay = isPastMidnight ? startDay.plus({ days: 1 }) : startDay
    const endMs = atTime(endDay, hours.endsAt)
    if (atTime(startDay, hours.startsAt) <= instant.getTime() && instant.getTime() < endMs) {
      return new Date(endMs)
    }
  }
  return null
}

function atTime(day: DateTime, time: string): number {
  const [hour = 0, minute = 0] = time.split(':').map(Number)
  return day.set({ hour, minute }).toMillis()
}
