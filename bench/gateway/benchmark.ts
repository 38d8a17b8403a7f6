import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Benchmark, BenchmarkContext, Comparison, Measured } from '../harness/benchmark.ts'
import { median, percentile } from '../harness/statistics.ts'
import { startProcess, type TaskProcess } from '../harness/task-process.ts'
import type { ApiTasks } from './api-process.ts'
import type { BareTasks } from './bare-process.ts'
import type { GatewayTasks, Send } from './gateway-process.ts'
import type { LoadTasks } from './load-process.ts'

const CODES_PER_RUN = 250
const CALLERS = 4
const CODES_WARM_UP = 750
const CODE_WAY = `from solicitar_codigo to the driver, ${CALLERS} callers at a time`
const TEXTS_WARM_UP = 10_000
const TURNS_PER_RUN = 5
const TURN_SECONDS = 2
/** A driver that is fed so slowly hardly takes part: what is measured is taking messages in. */
const SLOW_DRIVER_INTERVAL_MS = 1_000
const PACED_MESSAGES = 1_000
/** 80 messages a second, as Meta bears them from one number. */
const PACE_INTERVAL_MS = 12.5
const PACED = `of ${PACED_MESSAGES} messages paced ${PACE_INTERVAL_MS} ms apart`
const PACED_WITHIN_MS = 60_000

/** What a code's way to the driver takes, and what it costs to take a message in. */
export const gatewayBenchmark: Benchmark = {
  name: 'gateway',
  about:
    'from solicitar_codigo to the driver, accepted messages beside a bare route, and the pace of 1,000 messages',
  run: async (context) => {
    const folder = await mkdtemp(join(tmpdir(), 'ura-bench-gateway-'))
    const load = startProcess<LoadTasks>(new URL('load-process.ts', import.meta.url))
    try {
      const latency = await measureCodes(folder, load, context)
      const comparison = await compareAcceptance(folder, load, context)
      const pace = await measurePace(folder, load, context)
      return { comparisons: [comparison], others: [...latency, ...pace], warnings: [] }
    } finally {
      await load.stop()
      await rm(folder, { recursive: true, force: true })
    }
  },
}

function startGateway(folder: string, token: string, driverIntervalMs: number): TaskProcess<GatewayTasks> {
  return startProcess<GatewayTasks>(new URL('gateway-process.ts', import.meta.url), {
    args: [folder, token, String(driverIntervalMs)],
    env: { NODE_ENV: 'production' },
  })
}

/** From the request to the ticket API to the gateway's driver, over both services' HTTP and databases. */
async function measureCodes(
  parent: string,
  load: TaskProcess<LoadTasks>,
  { runs, progress }: BenchmarkContext,
): Promise<Measured[]> {
  const folder = await mkdtemp(join(parent, 'codes-'))
  const token = newToken()
  const gateway = startGateway(folder, token, 0)
  const api = startProcess<ApiTasks>(new URL('api-process.ts', import.meta.url), {
    args: [folder, token, await gateway.run('url')],
    env: { NODE_ENV: 'production' },
  })
  const p50s: number[] = []
  const p99s: number[] = []
  try {
    const address = await api.run('address')
    const ask = async (count: number): Promise<number[]> => {
      const requests = await load.run('askForCodes', { ...address, count, callers: CALLERS })
      const sentAt = new Map((await allSends(gateway, requests.length)).map(({ to, atMs }) => [to, atMs]))
      return requests.map(({ to, atMs }) => (sentAt.get(to) ?? Number.NaN) - atMs)
    }
    await ask(CODES_WARM_UP)
    for (let run = 1; run <= runs; run += 1) {
      const durationsMs = await ask(CODES_PER_RUN)
      p50s.push(median(durationsMs))
      p99s.push(percentile(durationsMs, 99))
      progress(`codes, run ${run}: p50 ${p50s.at(-1)?.toFixed(1)} ms, p99 ${p99s.at(-1)?.toFixed(1)} ms`)
    }
  } finally {
    await Promise.all([api.stop(), gateway.stop()])
  }
  return [
    { figure: 'codeToDriverP50Ms', name: `p50 ${CODE_WAY}`, unit: 'ms', samples: p50s },
    { figure: 'codeToDriverP99Ms', name: `p99 ${CODE_WAY} (wanted: under 50)`, unit: 'ms', samples: p99s },
  ]
}

/** A code is handed over after its request was answered, so the last ones may still be on their way. */
async function allSends(gateway: TaskProcess<GatewayTasks>, count: number): Promise<Send[]> {
  const sends: Send[] = []
  const deadlineMs = performance.now() + PACED_WITHIN_MS
  while (sends.length < count) {
    sends.push(...(await gateway.run('takeSends')))
    if (performance.now() > deadlineMs) throw new Error(`Only ${sends.length} of ${count} messages were sent`)
  }
  return sends
}

async function compareAcceptance(
  parent: string,
  load: TaskProcess<LoadTasks>,
  { runs, progress }: BenchmarkContext,
): Promise<Comparison> {
  const folder = await mkdtemp(join(parent, 'acceptance-'))
  const token = newToken()
  const gateway = startGateway(folder, token, SLOW_DRIVER_INTERVAL_MS)
  const bare = startProcess<BareTasks>(new URL('bare-process.ts', import.meta.url), {
    args: [folder],
    env: { NODE_ENV: 'production' },
  })
  const sides = [
    { url: await gateway.run('url'), name: 'the gateway', samples: [] as number[] },
    { url: await bare.run('url'), name: 'a bare Fastify route with one insert', samples: [] as number[] },
  ] as const
  try {
    const accepted = async (side: (typeof sides)[number], extent: { requests?: number }): Promise<number> =>
      await load.run('sendTexts', {
        url: side.url,
        token,
        seconds: TURN_SECONDS,
        ...extent,
      })
    for (const side of sides) await accepted(side, { requests: TEXTS_WARM_UP })
    for (let run = 1; run <= runs; run += 1) {
      const rates = sides.map(() => [] as number[])
      for (let turn = 0; turn < TURNS_PER_RUN; turn += 1) {
        for (const [index, side] of sides.entries()) rates[index]?.push(await accepted(side, {}))
      }
      for (const [index, side] of sides.entries()) side.samples.push(median(rates[index] ?? []))
      const latest = sides.map(({ name, samples }) => `${samples.at(-1)?.toFixed(0)} ${name}`)
      progress(`accepted, run ${run}, messages/s: ${latest.join(', ')}`)
    }
  } finally {
    await Promise.all([gateway.stop(), bare.stop()])
  }
  const measured = (side: (typeof sides)[number], figure: string): Measured => ({
    ...side,
    figure,
    unit: '1/s',
  })
  return {
    ratio: 'acceptVsBareRoute',
    what: 'accepted messages/s',
    dividend: measured(sides[0], 'acceptPerS'),
    divisor: measured(sides[1], 'acceptBarePerS'),
    target: { atLeast: 0.4 },
  }
}

/** Messages to as many people through a driver with a pace: the shortest time between two, and how many a second. */
async function measurePace(
  parent: string,
  load: TaskProcess<LoadTasks>,
  { progress }: BenchmarkContext,
): Promise<Measured[]> {
  const token = newToken()
  const gateway = startGateway(await mkdtemp(join(parent, 'pace-')), token, PACE_INTERVAL_MS)
  try {
    await load.run('sendTexts', {
      url: await gateway.run('url'),
      token,
      seconds: 1,
      requests: PACED_MESSAGES,
    })
    const sends = await allSends(gateway, PACED_MESSAGES)
    const waitsMs = sends.slice(1).map(({ atMs }, index) => atMs - (sends[index]?.atMs ?? 0))
    const perSecond = (1_000 * waitsMs.length) / waitsMs.reduce((sum, waitMs) => sum + waitMs, 0)
    progress(
      `pace: ${sends.length} messages, ${perSecond.toFixed(1)}/s, least ${Math.min(...waitsMs).toFixed(1)} ms apart`,
    )
    return [
      { figure: 'pacedPerS', name: `rate ${PACED}`, unit: '1/s', samples: [perSecond] },
      {
        figure: 'pacedLeastMs',
        name: `least time between two ${PACED}`,
        unit: 'ms',
        samples: [Math.min(...waitsMs)],
      },
    ]
  } finally {
    await gateway.stop()
  }
}

function newToken(): string {
  return randomBytes(24).toString('hex')
}
