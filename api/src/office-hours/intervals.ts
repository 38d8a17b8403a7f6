import type { DayInterval } from './office-hours.ts'

const intervalsMax = 6
const timePattern = /^(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$/

/** Reads `08:00-12:00,13:00-17:00`; an empty text is a closed day. Null when it is no such list. */
export function parseIntervals(text: string): DayInterval[] | null {
  if (text === '') {
    return []
  }
  const intervals = text.split(',').map((part) => {
    const [opens = '', closes = '', ...rest] = part.trim().split('-')
    const isFine = rest.length === 0 && timePattern.test(opens) && timePattern.test(closes) && opens < closes
    return isFine ? { opens, closes } : null
  })
  const fine = intervals.filter((interval) => interval !== null)
  return fine.length === intervals.length && fine.length <= intervalsMax ? fine : null
}

export function formatIntervals(intervals: readonly DayInterval[]): string {
  return intervals.map(({ opens, closes }) => `${opens}-${closes}`).join(',')
}
