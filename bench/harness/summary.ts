import type { BenchmarkResult, Comparison, Measured } from './benchmark.ts'
import { median } from './statistics.ts'

/** A benchmark's result as `--json` prints it; null is what couldn't be measured. */
export interface Summary {
  bench: string
  runs: number
  /** Medians by their names, units in the names. */
  figures: Record<string, number | null>
  ratios: Record<string, number | null>
}

/** The medians and ratios of a result, rounded to what can be meant. */
export function summaryOf(bench: string, runs: number, result: BenchmarkResult): Summary {
  const measured = [
    ...result.comparisons.flatMap(({ dividend, divisor }) => [dividend, divisor]),
    ...result.others,
  ]
  return {
    bench,
    runs,
    figures: Object.fromEntries(measured.map((one) => [one.figure, medianOf(one)])),
    ratios: Object.fromEntries(result.comparisons.map((one) => [one.ratio, ratioOf(one)])),
  }
}

/** The median of a measured thing, or null. */
export function medianOf({ samples }: Measured): number | null {
  return samples.length === 0 ? null : rounded(median(samples))
}

/**
 * The median of the ratios of each run, or null: two things measured one right after the other have the
 * machine's mood in common, two medians have not.
 */
export function ratioOf({ dividend, divisor }: Comparison): number | null {
  const ratios = dividend.samples.flatMap((sample, run) => {
    const other = divisor.samples[run]
    return other === undefined || other === 0 ? [] : [sample / other]
  })
  return ratios.length === 0 ? null : rounded(median(ratios))
}

/** Whether a comparison is as wanted; null when it couldn't be measured. */
export function isMet(comparison: Comparison): boolean | null {
  const ratio = ratioOf(comparison)
  if (ratio === null) return null
  const { target } = comparison
  return 'atMost' in target ? ratio <= target.atMost : ratio >= target.atLeast
}

/** Three digits that mean something, whole numbers whole. */
function rounded(value: number): number {
  return Math.abs(value) >= 1_000 ? Math.round(value) : Number(value.toPrecision(3))
}
