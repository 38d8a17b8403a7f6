import type { Benchmark, BenchmarkContext, Comparison, Measured } from '../harness/benchmark.ts'
import { type BurstOutcome, judgeBurst, wanted } from './burst.ts'
import { type CallCpu, callCpu, type ConversationWay } from './call-cpu.ts'
import { type CoreLayout, hasCoresFor } from './cores.ts'
import { type Stage, setStage } from './stage.ts'
import { findSustainedRate, type SustainedRate } from './sustained-rate.ts'

/** Calls of a CPU measurement. */
const cpuCalls = 100
/** So often in each run: one slow moment of a shared machine must not decide. */
const cpuTimesPerRun = 3
/** Enough for V8 to have compiled what a call needs: a service that answers all day is measured. */
const warmUp = { way: 'services', callsPerS: 8, calls: 300 } as const
/** How long calls keep coming at one rate; at least so many calls. */
const burstSeconds = 20
const burstCallsMin = 20
const firstGuessCallsPerS = 12

/** Whole calls on the real Asterisk, by SIPp. */
export const callsBenchmark: Benchmark = {
  name: 'calls',
  about:
    'calls that open a ticket on a real Asterisk, by desk phones (SIPp): CPU beside process AGI, calls/s beside pure dialplan',
  run: async (context) => {
    const { progress } = context
    const stage = await setStage({ progress })
    try {
      progress('warming up')
      await judgeBurst(stage, warmUp)
      const layouts = (['apart', 'shared'] as const).filter(hasCoresFor)
      const rates: Part[] = []
      for (const layout of layouts) {
        await stage.useCores(layout)
        rates.push(await compareRates(stage, { ...context, layout }))
      }
      await stage.useCores('shared')
      const cpu = await compareCpu(stage, context)
      const parts = [cpu, ...rates]
      return {
        comparisons: parts.map(({ comparison }) => comparison),
        others: parts.flatMap(({ others }) => others),
        warnings: [
          'SIPp, Asterisk and our services share the machine. Callers send no sound of their own but digits.',
          ...(layouts.includes('apart') ? [] : ['One core: the exchange could not be measured with its own']),
          ...parts.flatMap(({ warnings }) => warnings),
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

/** All ways ask the same API the same, so its CPU is in none of them; it is told beside. */
async function compareCpu(stage: Stage, { runs, progress }: BenchmarkContext): Promise<Part> {
  const cpuOf: Record<ConversationWay, CallCpu[]> = { services: [], processAgi: [], bareProcessAgi: [] }
  const warnings: string[] = []
  for (let time = 1; time <= runs * cpuTimesPerRun; time += 1) {
    for (const way of ['services', 'processAgi', 'bareProcessAgi'] as const) {
      const { cpu, failed } = await callCpu(stage, { way, calls: cpuCalls })
      cpuOf[way].push(cpu)
      if (failed > 0)
        warnings.push(`${failed} of ${cpuCalls} calls by ${way} at time ${time} opened no ticket`)
      progress(`CPU per call by ${way}, time ${time}: ${cpu.agiMs.toFixed(1)} ms`)
    }
  }
  const { services: ours, processAgi: php, bareProcessAgi: barePhp } = cpuOf
  const columns: [keyof CallCpu, string, string][] = [
    ['apiMs', 'cpuPerCallApiMs', 'the ticket API with the voice'],
    ['gatewayMs', 'cpuPerCallGatewayMs', 'the gateway'],
    ['asteriskMs', 'cpuPerCallAsteriskMs', 'Asterisk'],
  ]
  return {
    comparison: {
      ratio: 'cpuPerCallVsProcessAgi',
      what: 'CPU per call, the same API behind both',
      dividend: measuredMs(
        'cpuPerCallMs',
        'the FastAGI service',
        ours.map(({ agiMs }) => agiMs),
      ),
      divisor: measuredMs(
        'cpuPerCallProcessAgiMs',
        'a PHP process for each call, with the extensions of a PBX',
        php.map(({ agiMs }) => agiMs),
      ),
      target: { atMost: 0.15 },
    },
    others: [
      measuredMs(
        'cpuPerCallBareProcessAgiMs',
        'CPU per call of a PHP process with no configuration and no extension (`php -n`)',
        barePhp.map(({ agiMs }) => agiMs),
      ),
      ...columns.flatMap(([part, figure, who]) => [
        measuredMs(
          figure,
          `CPU per call of ${who}`,
          ours.map((one) => one[part]),
        ),
        measuredMs(
          `${figure.slice(0, -2)}WithPhpMs`,
          `CPU per call of ${who}, by process AGI`,
          php.map((one) => one[part]),
        ),
      ]),
    ],
    warnings,
  }
}

/** How figures of a layout are named, and what they are told to be. */
const layoutTexts: Readonly<Record<CoreLayout, { suffix: string; where: string }>> = {
  apart: { suffix: '', where: 'the exchange on a core of its own' },
  shared: { suffix: 'SharedCores', where: 'everything on the same cores' },
}

async function compareRates(
  stage: Stage,
  { runs, progress, layout }: BenchmarkContext & { layout: CoreLayout },
): Promise<Part> {
  const { suffix, where } = layoutTexts[layout]
  const found = { services: [] as (SustainedRate | null)[], dialplan: [] as (SustainedRate | null)[] }
  const warnings: string[] = []
  for (let run = 1; run <= runs; run += 1) {
    for (const way of ['services', 'dialplan'] as const) {
      progress(`calls/s by ${way}, ${where}, run ${run}`)
      const borne = await findSustainedRate({
        guessCallsPerS: found[way].findLast((rate) => rate !== null)?.callsPerS ?? firstGuessCallsPerS,
        attempt: (callsPerS) => judgeBurst(stage, { way, callsPerS, calls: callsFor(callsPerS) }),
        progress,
      })
      found[way].push(borne)
      if (borne === null) warnings.push(`In run ${run} no rate of calls by ${way} was borne, ${where}`)
    }
  }
  const outcomes = outcomesOf(found.services)
  const told = (figure: string, name: string, samples: number[], unit: string): Measured =>
    measured(`${figure}${suffix}`, `${name}, ${where}`, samples, unit)
  const limits = `under 0.1 % failed, dead air p99 under ${wanted.deadAirP99Ms} ms`
  return {
    comparison: {
      ratio: `callsPerSecondVsDialplan${suffix}`,
      what: `calls/s borne, ${where} (${limits})`,
      dividend: measured(`callsPerS${suffix}`, 'our services', ratesOf(found.services), '1/s'),
      divisor: measured(
        `callsPerSDialplan${suffix}`,
        'the same prompts by pure dialplan',
        ratesOf(found.dialplan),
        '1/s',
      ),
      target: { atLeast: 0.8 },
    },
    others: [
      told('concurrentCalls', 'calls at once, borne by our services', column(outcomes, 'concurrentMax'), ''),
      told('deadAirP50Ms', 'dead air p50 at that rate', column(outcomes, 'deadAirP50Ms'), 'ms'),
      told('deadAirP99Ms', 'dead air p99 at that rate', column(outcomes, 'deadAirP99Ms'), 'ms'),
      told(
        'concurrentCallsDialplan',
        'calls at once, borne by pure dialplan',
        column(outcomesOf(found.dialplan), 'concurrentMax'),
        '',
      ),
    ],
    warnings,
  }
}

function measured(figure: string, name: string, samples: number[], unit: string): Measured {
  return { figure, name, unit, samples }
}

function measuredMs(figure: string, name: string, samples: number[]): Measured {
  return measured(figure, name, samples, 'ms')
}

/** Where nothing was borne the rate is 0. */
function ratesOf(found: readonly (SustainedRate | null)[]): number[] {
  return found.map((rate) => rate?.callsPerS ?? 0)
}

function outcomesOf(found: readonly (SustainedRate | null)[]): BurstOutcome[] {
  return found.flatMap((rate) => rate?.outcome ?? [])
}

/** Calls enough for a judgement at a rate. */
export function callsFor(callsPerS: number): number {
  return Math.max(burstCallsMin, Math.round(callsPerS * burstSeconds))
}

function column<Name extends string>(all: readonly Record<Name, number>[], name: Name): number[] {
  return all.map((one) => one[name])
}
