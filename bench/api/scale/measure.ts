import type { BenchmarkContext, Comparison } from '../../harness/benchmark.ts'
import { median } from '../../harness/statistics.ts'
import { ratioOf } from '../../harness/summary.ts'
import { nameOf, type Probe } from './probe.ts'
import { ask, type Target } from './target.ts'

/** Requests to each database in one run, behind those that warm it up. */
const requestsOfRun = 20
const warmUpRequests = 4

/** What is wanted of every probe. */
const ratioMax = 2

/** A ratio above the target is measured again until it has so many times the runs asked for: it is seldom but noise. */
const runsFactorMax = 4

/** The two servers, which differ in what their databases hold. */
export interface Targets {
  small: Target
  large: Target
}

/** For each probe its time on the large database over that on the small one, the worst ratio first. */
export async function compareScale(
  probes: readonly Probe[],
  targets: Targets,
  { runs, progress }: BenchmarkContext,
): Promise<Comparison[]> {
  const comparisons: Comparison[] = []
  for (const [index, probe] of probes.entries()) {
    const measured = await compareProbe(probe, targets, runs)
    const ratio = ratioOf(measured) ?? 0
    progress(`${index + 1}/${probes.length} ${nameOf(probe)}: ${ratio.toFixed(2)} times`)
    comparisons.push(measured)
  }
  return comparisons.toSorted((one, other) => (ratioOf(other) ?? 0) - (ratioOf(one) ?? 0))
}

async function compareProbe(probe: Probe, targets: Targets, runs: number): Promise<Comparison> {
  const comparison = emptyComparison(probe, targets)
  const { dividend, divisor } = comparison
  let serial = 0
  const isMissed = (): boolean => (ratioOf(comparison) ?? 0) > ratioMax
  for (let run = 0; run < runs || (isMissed() && run < runs * runsFactorMax); run += 1) {
    const timesMs: { small: number[]; large: number[] } = { small: [], large: [] }
    for (let request = 0; request < warmUpRequests + requestsOfRun; request += 1) {
      serial += 1
      const rows = { small: 0, large: 0 }
      // Each goes first every other time.
      const order = serial % 2 === 0 ? (['small', 'large'] as const) : (['large', 'small'] as const)
      for (const size of order) {
        const { elapsedMs, content } = await ask(targets[size], await probe.request(targets[size], serial))
        rows[size] = rowsOf(content)
        if (request >= warmUpRequests) timesMs[size].push(elapsedMs)
      }
      if (rows.small !== rows.large) {
        throw new Error(`${nameOf(probe)}: pages of ${rows.small} and ${rows.large} rows can't be compared`)
      }
    }
    dividend.samples.push(median(timesMs.large))
    divisor.samples.push(median(timesMs.small))
  }
  return comparison
}

/** How long a page is; 0 for what is none. */
function rowsOf(content: unknown): number {
  return (content as { items?: unknown[] } | null)?.items?.length ?? 0
}

function emptyComparison(probe: Probe, { small, large }: Targets) {
  const figure = camelCase(nameOf(probe))
  const of = (target: Target, suffix: string) => ({
    figure: `${figure}${suffix}`,
    name: `${target.population.tickets.toLocaleString('en')} tickets`,
    unit: 'ms',
    samples: [] as number[],
  })
  return {
    ratio: `${figure}Slowdown`,
    what: nameOf(probe),
    dividend: of(large, 'LargeMs'),
    divisor: of(small, 'SmallMs'),
    target: { atMost: ratioMax },
  } satisfies Comparison
}

function camelCase(name: string): string {
  return name
    .replaceAll('-', 'descending ')
    .replaceAll(/[^A-Za-z0-9]+(\w|$)/g, (_all, letter: string) => letter.toUpperCase())
}
