/** The middle one of numbers, or the mean of the two in the middle. @throws RangeError when there are none. */
export function median(values: readonly number[]): number {
  const sorted = ascending(values)
  const middle = Math.floor(sorted.length / 2)
  const upper = sorted[middle]
  if (upper === undefined) throw new RangeError('There is no median of nothing')
  const lower = sorted[middle - 1]
  return sorted.length % 2 === 1 || lower === undefined ? upper : (lower + upper) / 2
}

/**
 * The smallest of the numbers that is not below `percent` of them (nearest rank).
 *
 * @param percent Above 0, at most 100.
 * @throws RangeError when there are no numbers.
 */
export function percentile(values: readonly number[], percent: number): number {
  const sorted = ascending(values)
  const found = sorted[Math.ceil((percent / 100) * sorted.length) - 1]
  if (found === undefined) throw new RangeError('There is no percentile of nothing')
  return found
}

function ascending(values: readonly number[]): number[] {
  return values.toSorted((a, b) => a - b)
}
