import type { Benchmark, BenchmarkContext, Comparison, Measured } from '../harness/benchmark.ts'
import { type BurstOutcome, judgeBurst, wanted } from './burst.ts'
import { type CallCpu, callCpu } from './call-cpu.ts'
import { type Stage, setStage } from './stage.ts'
import { findSustainedRate, type SustainedRate } from './sustained-rate.ts'

/** Calls of a CPU measurement. */
const cpuCalls = 25
const warmUpCalls = 25
/** How long calls keep coming at one rate; at least so many calls. */
const burstSeconds = 20
const burstCallsMin = 20
const firstGuessCallsPerS = 3

/** Whole calls on the real Asterisk, by SIPp. */
export const callsBenchmark: Benchmark = {
  name: 'calls',
  about:
    'calls that open a ticket on a real Asterisk, by desk phones (SIPp): CPU beside process AGI, calls/s beside pure dialplan',
  run: async (context) => {
    const stage = await setStage({ progress: context.progress })
    try {
      await judgeBurst(stage, { way: 'services', callsPerS: 1, calls: warmUpCalls })
      const cpu = await compareCpu(stage, context)
      const rate = await compareRates(stage, context)
      return {
        comparisons: [cpu.comparison, rate.comparison],
        others: [...cpu.others, ...rate.others],
        warnings: [
          'SIPp, Asterisk and our services share the machine; nothing is pinned to a core. Callers send no sound of their own but digits.',
          ...rate.warnings,
        ],
      }
    } finally {
      await stage.stop()
    }
  },
}

interface Part {
  comparison: Comparison
  others: Measured[]
  warnings: string[]
}

/** Both ways ask the same API the same, so its CPU is in neither; it is told beside. */
async function compareCpu(stage: Stage, { runs, progress }: BenchmarkContext): Promise<Part> {
  const ours: CallCpu[] = []
  const php: CallCpu[] = []
  for (let run = 1; run <= runs; run += 1) {
    ours.push(await callCpu(stage, { way: 'services', calls: cpuCalls }))
    php.push(await callCpu(stage, { way: 'processAgi', calls: cpuCalls }))
    const text = [ours, php].map((all) => `${all.at(-1)?.agiMs.toFixed(1)} ms`)
    progress(`CPU per call, run ${run}: FastAGI service ${text[0]}, PHP processes ${text[1]}`)
  }
  const inMs = (figure: string, name: string, samples: number[]): Measured => ({
    figure,
    name,
    unit: 'ms',
    samples,
  })
  const columns: [keyof CallCpu, string, string][] = [
    ['apiMs', 'cpuPerCallApiMs', 'the ticket API with the voice, 1 new sentence a call'],
    ['gatewayMs', 'cpuPerCallGatewayMs', 'the gateway'],
    ['asteriskMs', 'cpuPerCallAsteriskMs', 'Asterisk'],
  ]
  return {
    comparison: {
      ratio: 'cpuPerCallVsProcessAgi',
      what: 'CPU per call, the same API behind both',
      dividend: inMs(
        'cpuPerCallMs',
        'the FastAGI service',
        ours.map(({ agiMs }) => agiMs),
      ),
      divisor: inMs(
        'cpuPerCallProcessAgiMs',
        'a PHP process for each call',
        php.map(({ agiMs }) => agiMs),
      ),
      target: { atMost: 0.15 },
    },
    others: columns.flatMap(([column, figure, who]) => [
      inMs(
        figure,
        `CPU per call of ${who}`,
        ours.map((one) => one[column]),
      ),
      inMs(
        `${figure.slice(0, -2)}WithPhpMs`,
        `CPU per call of ${who}, by process AGI`,
        php.map((one) => one[column]),
      ),
    ]),
    warnings: [],
  }
}

async function compareRates(stage: Stage, { runs, progress }: BenchmarkContext): Promise<Part> {
  const found = { services: [] as (SustainedRate | null)[], dialplan: [] as (SustainedRate | null)[] }
  const warnings: string[] = []
  for (let run = 1; run <= runs; run += 1) {
    for (const way of ['services', 'dialplan'] as const) {
      progress(`calls/s by ${way}, run ${run}`)
      const rate = await findSustainedRate({
        guessCallsPerS: found[way].findLast((rate) => rate !== null)?.callsPerS ?? firstGuessCallsPerS,
        attempt: (callsPerS) => judgeBurst(stage, { way, callsPerS, calls: callsFor(callsPerS) }),
        progress,
      })
      found[way].push(rate)
      if (rate === null) warnings.push(`In run ${run} no rate of calls by ${way} was borne`)
    }
  }
  const measured = (figure: string, name: string, samples: number[], unit: string): Measured => {
    return { figure, name, unit, samples }
  }
  const rates = (of: (SustainedRate | null)[]): number[] => of.map((rate) => rate?.callsPerS ?? 0)
  const outcomesOf = (of: (SustainedRate | null)[]): BurstOutcome[] =>
    of.flatMap((rate) => rate?.outcome ?? [])
  const outcomes = outcomesOf(found.services)
  const limits = `under 0.1 % failed, dead air p99 under ${wanted.deadAirP99Ms} ms`
  return {
    comparison: {
      ratio: 'callsPerSecondVsDialplan',
      what: `calls/s borne (${limits})`,
      dividend: measured('callsPerS', 'our services', rates(found.services), '1/s'),
      divisor: measured(
        'callsPerSDialplan',
        'the same prompts by pure dialplan',
        rates(found.dialplan),
        '1/s',
      ),
      target: { atLeast: 0.8 },
    },
    others: [
      measured(
        'concurrentCalls',
        'calls at once, borne by our services',
        column(outcomes, 'concurrentMax'),
        '',
      ),
      measured('deadAirP50Ms', 'dead air p50 at that rate', column(outcomes, 'deadAirP50Ms'), 'ms'),
      measured('deadAirP99Ms', 'dead air p99 at that rate', column(outcomes, 'deadAirP99Ms'), 'ms'),
      measured(
        'concurrentCallsDialplan',
        'calls at once, borne by pure dialplan',
        column(outcomesOf(found.dialplan), 'concurrentMax'),
        '',
      ),
    ],
    warnings,
  }
}

/** Calls enough for a judgement at a rate. */
export function callsFor(callsPerS: number): number {
  return Math.max(burstCallsMin, Math.round(callsPerS * burstSeconds))
}

function column<Name extends string>(all: readonly Record<Name, number>[], name: Name): number[] {
  return all.map((one) => one[name])
}
