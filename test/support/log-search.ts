/** Fewer digits than that occur by chance in times, ports and ids; so many do in one of ten million lines. */
export const distinctiveDigits = 8

/**
 * The log lines in which a code occurs: as it is, or with up to three other characters between its digits, as it is
 * spoken, spelt or keyed.
 * @throws RangeError for a code so short that it would be found by chance
 */
export function linesWithCode(lines: readonly string[], code: string): string[] {
  if (!/^\d+$/.test(code) || code.length < distinctiveDigits) {
    throw new RangeError(`A code to be looked for has at least ${distinctiveDigits} digits`)
  }
  const spelt = new RegExp(code.split('').join('\\D{0,3}'))
  return lines.filter((line) => spelt.test(line))
}
