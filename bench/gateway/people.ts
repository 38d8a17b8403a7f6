/** People of a city hall, each with a WhatsApp of their own. */
export const PEOPLE = 1_500

/** The registration code and the number (E.164) of one of them, from 0. */
export function personOf(index: number): { code: string; phone: string } {
  return { code: String(1_001 + index), phone: `+55459999${10_000 + index}` }
}
