import { setTimeout as delay } from 'node:timers/promises'
import type { Benchmark, Comparison, Measured } from '../harness/benchmark.ts'
import { median } from '../harness/statistics.ts'
import { callsFor } from './benchmark.ts'
import { judgeBurst } from './burst.ts'
import {
  countBooks,
  figureOf,
  leaks,
  residentMb,
  type SoakBooks,
  type SoakedProcess,
  soakedPids,
  soakedProcesses,
} from './soak-books.ts'
import { type Stage, setStage } from './stage.ts'
import { findSustainedRate } from './sustained-rate.ts'

const minutesDefault = 30
const sampleMs = 5_000
/** At each of four moments, so that about half of all callers never get their ticket. */
const hangupPart = 0.15
const warmUpCalls = 60
/** Before counting. An idle connection is kept for 72 s, Fastify's default (keepAliveTimeout); all else ends sooner. */
const restMs = 90_000
const firstGuessCallsPerS = 3

/** What the environment asks for: `SOAK_MINUTES` (default 30) and `SOAK_CALLS_PER_S` (default half of what is borne). */
interface SoakLength {
  minutes: number
  callsPerS: number | null
}

/** Half the load that is borne, for long, with callers who hang up at any moment: nothing may grow. */
export const soakBenchmark: Benchmark = {
  name: 'calls-soak',
  about:
    'calls with random hangups at half the load that is borne, 30 minutes (SOAK_MINUTES, SOAK_CALLS_PER_S): memory, leaks',
  isOnce: true,
  run: async ({ progress }) => {
    const length = readLength(process.env)
    const stage = await setStage({ progress })
    try {
      const callsPerS = length.callsPerS ?? (await halfOfWhatIsBorne(stage, progress))
      // The same kind of calls: whatever a process keeps for ever it has by then.
      await stage.call({ way: 'services', callsPerS, calls: warmUpCalls, hangupPart })
      const before = await booksAtRest(stage)
      const recordsBefore = await stage.services.api.run('rows')
      const calls = Math.round(callsPerS * length.minutes * 60)
      progress(`${calls} calls at ${callsPerS.toFixed(2)}/s, ${length.minutes} minutes`)
      const memory = await soak(stage, { callsPerS, calls, progress })
      const after = await booksAtRest(stage)
      const records = (await stage.services.api.run('rows')).calls - recordsBefore.calls
      const { tickets, calls: callsWithTicket } = await stage.services.api.run('tickets')
      const leaked = leaks(before, after)
      return {
        comparisons: soakedProcesses.map((name) => memoryComparison(name, memory)),
        others: [
          one('soakMinutes', 'length', length.minutes, 'min'),
          one('soakCallsPerS', 'calls a second', callsPerS, '1/s'),
          one('soakCalls', 'calls', calls, ''),
          one('soakCallsWithoutRecord', 'calls without a record, wanted 0', calls - records, ''),
          one(
            'soakSecondTickets',
            'calls with more than one ticket, wanted 0',
            tickets - callsWithTicket,
            '',
          ),
          one('soakLeaks', 'kinds of things left behind, wanted 0', leaked.length, ''),
          ...booksText(before, after),
        ],
        warnings: leaked.map((leak) => `LEAKED ${leak}`),
      }
    } finally {
      await stage.stop()
    }
  },
}

function readLength(environment: NodeJS.ProcessEnv): SoakLength {
  const minutes = Number(environment['SOAK_MINUTES'] ?? minutesDefault)
  const asked = environment['SOAK_CALLS_PER_S']
  const callsPerS = asked === undefined ? null : Number(asked)
  if (!(minutes > 0 && minutes <= 24 * 60)) throw new Error('SOAK_MINUTES is a number of minutes up to 1440')
  if (callsPerS !== null && !(callsPerS >= 0.1 && callsPerS <= 100)) {
    throw new Error('SOAK_CALLS_PER_S is a number from 0.1 to 100')
  }
  return { minutes, callsPerS }
}

async function halfOfWhatIsBorne(stage: Stage, progress: (line: string) => void): Promise<number> {
  const found = await findSustainedRate({
    guessCallsPerS: firstGuessCallsPerS,
    attempt: (callsPerS) => judgeBurst(stage, { way: 'services', callsPerS, calls: callsFor(callsPerS) }),
    progress,
  })
  if (found === null) throw new Error('No rate of calls was borne, so there is no half of it')
  return found.callsPerS / 2
}

type Memory = Record<SoakedProcess, number>[]

/** Makes the calls; gives the memory of each process from time to time. */
async function soak(
  stage: Stage,
  options: { callsPerS: number; calls: number; progress: (line: string) => void },
): Promise<Memory> {
  const { callsPerS, calls, progress } = options
  const pids = await soakedPids(stage)
  const memory: Memory = []
  const calling = stage.call({ way: 'services', callsPerS, calls, hangupPart })
  const isOver = calling.then(() => true)
  do memory.push(await residentMb(pids))
  while (!(await Promise.race([isOver, delay(sampleMs, false)])))
  const { created, failed } = await calling
  progress(`${created} calls made, ${failed} of them not to their end`)
  return memory
}

/** The books once nothing is under way any more, and what is kept alive for a while has ended. */
async function booksAtRest(stage: Stage): Promise<SoakBooks> {
  await delay(restMs)
  return countBooks(stage)
}

/** Second fifth against last fifth: in the first, memory is still being taken up. */
function memoryComparison(name: SoakedProcess, memory: Memory): Comparison {
  const figure = figureOf[name]
  const part = (from: number, to: number): number[] => {
    const samples = memory.slice(Math.floor(memory.length * from), Math.max(1, Math.ceil(memory.length * to)))
    return samples.length === 0 ? [] : [median(samples.map((sample) => sample[name]))]
  }
  return {
    ratio: `${figure}MemoryEndVsBegin`,
    what: `resident memory of ${name}`,
    dividend: { figure: `${figure}EndMb`, name: 'in the last fifth', unit: 'MB', samples: part(0.8, 1) },
    divisor: { figure: `${figure}BeginMb`, name: 'in the second fifth', unit: 'MB', samples: part(0.2, 0.4) },
    target: { atMost: 1.1 },
  }
}

function booksText(before: SoakBooks, after: SoakBooks): Measured[] {
  return soakedProcesses.flatMap((name) => {
    const figure = figureOf[name]
    return [
      one(
        `${figure}Sockets`,
        `sockets of ${name} afterwards (before: ${before.sockets[name]})`,
        after.sockets[name],
        '',
      ),
      one(
        `${figure}Files`,
        `other open files of ${name} afterwards (before: ${before.files[name]})`,
        after.files[name],
        '',
      ),
    ]
  })
}

function one(figure: string, name: string, sample: number, unit: string): Measured {
  return { figure, name, unit, samples: [sample] }
}
