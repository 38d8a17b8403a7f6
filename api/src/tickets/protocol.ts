/** Added to a ticket's id, so that the first protocol already has five digits and no one counts tickets from it. */
const idOffset = 1_000

/**
 * A ticket's protocol number: its id + 1,000 and a Luhn check digit (ISO/IEC 7812-1, annex B), so that one mistyped
 * digit never names another ticket. Id 1 gives `10017`.
 */
export function protocolOf(ticketId: number): string {
  const number = String(ticketId + idOffset)
  return `${number}${luhnCheckDigit(number)}`
}

/** The ticket id that a protocol names, or null when it is no protocol (wrong check digit, too short, leading zero). */
export function ticketIdOf(protocol: string): number | null {
  if (!/^[1-9][0-9]{1,14}$/.test(protocol)) {
    return null
  }
  const number = protocol.slice(0, -1)
  const ticketId = Number(number) - idOffset
  return ticketId >= 1 && luhnCheckDigit(number) === Number(protocol.at(-1)) ? ticketId : null
}

function luhnCheckDigit(number: string): number {
  const sum = Array.from(number)
    .toReversed()
    .reduce((total, digit, place) => {
      const value = place % 2 === 0 ? Number(digit) * 2 : Number(digit)
      return total + (value > 9 ? value - 9 : value)
    }, 0)
  return (10 - (sum % 10)) % 10
}

/** Digits of the longest protocol; ids stay whole numbers of JavaScript. */
const protocolDigitsMax = 15

/** The stretches of ticket ids whose protocols begin with these digits (1 to 15), the lower end included, in order. */
export function ticketIdRanges(digits: string): { from: number; before: number }[] {
  const exact = ticketIdOf(digits)
  const ranges = exact === null ? [] : [{ from: exact, before: exact + 1 }]
  if (!/^[1-9]/.test(digits)) {
    return []
  }
  // Without the check digit a longer protocol is a number that begins with all of the digits.
  for (let places = 0; digits.length + places < protocolDigitsMax; places += 1) {
    const power = 10 ** places
    const before = (Number(digits) + 1) * power - idOffset
    if (before > 1) {
      ranges.push({ from: Math.max(1, Number(digits) * power - idOffset), before })
    }
  }
  return ranges
}
