import type { BenchmarkContext, Comparison } from '../harness/benchmark.ts'
import type { TaskProcess } from '../harness/task-process.ts'
import type { RequestKind } from './load-process.ts'
import type { ServerTasks } from './server-process.ts'
import { type Contest, MATCHES } from './throughput.ts'

/** Five minutes, in rounds of both requests. */
const ROUNDS = 10
const SECONDS_EACH = 15

/**
 * Half the load for five minutes: what the ticket API has grown to in the last of them, beside the second. The first
 * is left out, in which the heap finds its size.
 */
export async function measureSteadyMemory(
  { load, api }: Contest,
  server: TaskProcess<ServerTasks>,
  { halfLoads, progress }: BenchmarkContext & { halfLoads: Readonly<Record<RequestKind, number>> },
): Promise<Comparison> {
  const megabytes: number[] = []
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const { kind, path } of MATCHES) {
      await load.run('run', {
        url: api.url + path,
        session: api.session,
        kind,
        seconds: SECONDS_EACH,
        ratePerSecond: halfLoads[kind],
      })
      megabytes.push((await server.run('residentBytes')) / 1024 / 1024)
    }
    progress(
      `half the load for ${round * SECONDS_EACH * MATCHES.length} s: ${megabytes.at(-1)?.toFixed(0)} MB`,
    )
  }
  const perMinute = megabytes.length / 5
  return {
    ratio: 'memoryFifthVsSecondMinute',
    what: 'resident memory of the ticket API under half the load',
    dividend: {
      figure: 'memoryFifthMinuteMb',
      name: 'in the fifth minute',
      unit: 'MB',
      samples: megabytes.slice(-perMinute),
    },
    divisor: {
      figure: 'memorySecondMinuteMb',
      name: 'in the second',
      unit: 'MB',
      samples: megabytes.slice(perMinute, 2 * perMinute),
    },
    target: { atMost: 1.1 },
  }
}
