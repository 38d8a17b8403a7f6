import type { BenchmarkContext, Comparison, Measured } from '../harness/benchmark.ts'
import { median } from '../harness/statistics.ts'
import type { TaskProcess } from '../harness/task-process.ts'
import type { LoadResult, LoadTasks, RequestKind } from './load-process.ts'
import type { ServerAddress } from './server-process.ts'

/** Seconds of full load for each sample; before the first one so many are thrown away. */
const SAMPLE_SECONDS = 4
const WARM_UP_SECONDS = 3

/** Seconds of half the load, in which latency is looked at. */
const LATENCY_SECONDS = 8

/** The two servers under comparison, and what loads them. */
export interface Contest {
  load: TaskProcess<LoadTasks>
  api: ServerAddress
  bare: ServerAddress
}

const ROUTES: Readonly<Record<RequestKind, string>> = {
  verifyUser: '/api/verificar_usuario',
  openTicket: '/api/novo_chamado',
}

/** Requests a second under full load, by turns, and the latency of ours at half of it. */
export async function compareThroughput(
  { load, api, bare }: Contest,
  { runs, progress }: BenchmarkContext,
): Promise<{ comparisons: Comparison[]; others: Measured[] }> {
  const run = (
    server: ServerAddress,
    kind: RequestKind,
    options: { seconds: number; ratePerSecond?: number },
  ): Promise<LoadResult> =>
    load.run('run', {
      url: `${server.url}${ROUTES[kind]}`,
      session: server.session,
      kind,
      ratePerSecond: 0,
      ...options,
    })
  const comparisons: Comparison[] = []
  const others: Measured[] = []
  for (const kind of ['verifyUser', 'openTicket'] as const) {
    for (const server of [api, bare]) await run(server, kind, { seconds: WARM_UP_SECONDS })
    const [ours, theirs]: [number[], number[]] = [[], []]
    for (let time = 1; time <= runs; time += 1) {
      ours.push((await run(api, kind, { seconds: SAMPLE_SECONDS })).requestsPerSecond)
      theirs.push((await run(bare, kind, { seconds: SAMPLE_SECONDS })).requestsPerSecond)
      progress(
        `${kind}, run ${time}: ${ours.at(-1)?.toFixed(0)} requests/s, bare ${theirs.at(-1)?.toFixed(0)}`,
      )
    }
    const halfRate = Math.round(median(ours) / 2)
    const half = await run(api, kind, { seconds: LATENCY_SECONDS, ratePerSecond: halfRate })
    progress(`${kind} at half the load: p50 ${half.p50Ms} ms, p99 ${half.p99Ms} ms`)
    const what = `requests/s of ${ROUTES[kind]}`
    comparisons.push({
      ratio: `${kind}VsBareRoute`,
      what,
      dividend: { figure: `${kind}PerS`, name: 'the ticket API', unit: '1/s', samples: ours },
      divisor: { figure: `${kind}BarePerS`, name: 'a bare Fastify route', unit: '1/s', samples: theirs },
      target: { atLeast: 0.6 },
    })
    others.push({
      figure: `${kind}HalfLoadP99Ms`,
      name: `p99 of ${ROUTES[kind]} at half that load (${halfRate}/s)`,
      unit: 'ms',
      samples: [half.p99Ms],
    })
  }
  return { comparisons, others }
}
