import Holidays from 'date-holidays'

const calendar = new Holidays('BR', { languages: ['pt'] })
const yearsMax = 20
const years = new Map<string, ReadonlyMap<string, string>>()

/**
 * The Brazilian national holiday on a date (`2026-12-25`), in Portuguese, or null. Optional days (carnival, Corpus
 * Christi, the afternoon of Christmas Eve) are none: whoever keeps them adds them to the office's own holidays.
 */
export function brazilianHoliday(date: string): string | null {
  const year = date.slice(0, 4)
  const known = years.get(year) ?? holidaysOf(Number(year))
  if (years.size < yearsMax) {
    years.set(year, known)
  }
  return known.get(date) ?? null
}

function holidaysOf(year: number): ReadonlyMap<string, string> {
  return new Map(
    calendar
      .getHolidays(year)
      .filter((holiday) => holiday.type === 'public')
      .map((holiday) => [holiday.date.slice(0, 10), holiday.name]),
  )
}
