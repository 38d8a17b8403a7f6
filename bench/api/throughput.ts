import type { BenchmarkContext, Comparison, Measured } from '../harness/benchmark.ts'
import { median } from '../harness/statistics.ts'
import type { TaskProcess } from '../harness/task-process.ts'
import { TRANSACTION_PATH } from './bare-server.ts'
import type { LoadTasks, RequestKind } from './load-process.ts'
import type { ServerAddress } from './server-process.ts'

/** A run's sample of a side is the median of so many turns: what else the machine does then meets every side alike. */
const TURNS_PER_RUN = 5

/** Seconds of full load in each turn. */
const TURN_SECONDS = 2

/** Thrown away before the first sample: V8 has compiled everything after some 30,000 requests, measured. */
const WARM_UP_REQUESTS = 40_000

/** Seconds of half the load, in which latency is looked at. */
const LATENCY_SECONDS = 8

/** The two servers under comparison, and what loads them. */
export interface Contest {
  load: TaskProcess<LoadTasks>
  api: ServerAddress
  bare: ServerAddress
}

/** One route of the ticket API and the bare ones that it is compared with. */
interface Match {
  kind: RequestKind
  path: string
  rivals: readonly Rival[]
}

interface Rival {
  ratio: string
  figure: string
  name: string
  path: string
  target: { atLeast: number }
}

export const MATCHES: readonly Match[] = [
  {
    kind: 'verifyUser',
    path: '/api/verificar_usuario',
    rivals: [
      {
        ratio: 'verifyUserVsBareRoute',
        figure: 'verifyUserBarePerS',
        name: 'a bare Fastify route with the same query',
        path: '/api/verificar_usuario',
        target: { atLeast: 0.6 },
      },
    ],
  },
  {
    kind: 'openTicket',
    path: '/api/novo_chamado',
    rivals: [
      {
        ratio: 'openTicketVsBareRoute',
        figure: 'openTicketBarePerS',
        name: 'a bare Fastify route with one insert',
        path: '/api/novo_chamado',
        target: { atLeast: 0.6 },
      },
      {
        ratio: 'openTicketVsBareTransaction',
        figure: 'openTicketTransactionPerS',
        name: 'a bare Fastify route that writes the same rows',
        path: TRANSACTION_PATH,
        target: { atLeast: 1 },
      },
    ],
  },
]

/** Requests a second under full load, by turns, and the latency of ours at half of it. */
export async function compareThroughput(
  contest: Contest,
  context: BenchmarkContext,
): Promise<{ comparisons: Comparison[]; others: Measured[]; halfLoads: Record<RequestKind, number> }> {
  const comparisons: Comparison[] = []
  const others: Measured[] = []
  const halfLoads: Record<RequestKind, number> = { verifyUser: 0, openTicket: 0 }
  for (const match of MATCHES) {
    const { ours, theirs } = await playMatch(match, contest, context)
    halfLoads[match.kind] = Math.round(median(ours.samples) / 2)
    comparisons.push(
      ...match.rivals.map(({ ratio, target }, index) => {
        const divisor = theirs[index] ?? ours
        return { ratio, what: `requests/s of ${match.path}`, dividend: ours, divisor, target }
      }),
    )
    others.push(await latencyAtHalf(match, contest, { ...context, ratePerSecond: halfLoads[match.kind] }))
  }
  return { comparisons, others, halfLoads }
}

async function playMatch(
  { kind, path, rivals }: Match,
  { load, api, bare }: Contest,
  { runs, progress }: BenchmarkContext,
): Promise<{ ours: Measured; theirs: Measured[] }> {
  const sides = [
    { server: api, path, figure: `${kind}PerS`, name: 'the ticket API' },
    ...rivals.map((rival) => ({ ...rival, server: bare })),
  ].map((side) => ({ ...side, samples: [] as number[] }))
  async function requestsPerSecond(
    { server, path: sidePath }: (typeof sides)[number],
    extent: { requests?: number },
  ): Promise<number> {
    const request = { url: server.url + sidePath, session: server.session, kind, seconds: TURN_SECONDS }
    return (await load.run('run', { ...request, ratePerSecond: 0, ...extent })).requestsPerSecond
  }
  for (const side of sides) {
    await requestsPerSecond(side, { requests: WARM_UP_REQUESTS })
  }
  for (let run = 1; run <= runs; run += 1) {
    const rates = sides.map(() => [] as number[])
    for (let turn = 0; turn < TURNS_PER_RUN; turn += 1) {
      for (const [index, side] of sides.entries()) rates[index]?.push(await requestsPerSecond(side, {}))
    }
    for (const [index, side] of sides.entries()) side.samples.push(median(rates[index] ?? []))
    const latest = sides.map(({ name, samples }) => `${samples.at(-1)?.toFixed(0)} ${name}`)
    progress(`${kind}, run ${run}, requests/s: ${latest.join(', ')}`)
  }
  const measured = sides.map(({ figure, name, samples }) => ({ figure, name, samples, unit: '1/s' }))
  const [ours, ...theirs] = measured
  if (ours === undefined) throw new Error(`${kind} has no side`)
  return { ours, theirs }
}

async function latencyAtHalf(
  { kind, path }: Match,
  { load, api }: Contest,
  { ratePerSecond, progress }: BenchmarkContext & { ratePerSecond: number },
): Promise<Measured> {
  const { p50Ms, p99Ms } = await load.run('run', {
    url: api.url + path,
    session: api.session,
    kind,
    seconds: LATENCY_SECONDS,
    ratePerSecond,
  })
  progress(`${kind} at half the load: p50 ${p50Ms} ms, p99 ${p99Ms} ms`)
  return {
    figure: `${kind}HalfLoadP99Ms`,
    name: `p99 of ${path} at half that load (${ratePerSecond}/s)`,
    unit: 'ms',
    samples: [p99Ms],
  }
}
