/** Fewer digits than that occur by chance in times, ports and ids. */
export const distinctiveDigits = 8

/**
 * The log lines in which a code occurs: as it is, or with up to three other characters between its digits, as it is
 * spoken, spelt or keyed; not as a part of a longer number, which a whole run's times and ids hold by chance.
 * @throws RangeError for a code so short that it would be found by chance
 */
export function linesWithCode(lines: readonly string[], code: string): string[] {
  if (!/^\d+$/.test(code) || code.length < distinctiveDigits) {
    throw new RangeError(`A code to be looked for has at least ${distinctiveDigits} digits`)
  }
  const spelt = new RegExp(`(?<!\\d)${code.split('').join('\\D{0,3}')}(?!\\d)`)
  return lines.filter((line) => spelt.test(line))
}
