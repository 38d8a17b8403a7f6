import type { BenchmarkContext, Measured } from '../harness/benchmark.ts'
import { startProcess } from '../harness/task-process.ts'
import type { CallersTasks } from './callers-process.ts'
import type { IdleTasks } from './idle-process.ts'
import type { OpenedTicket, ServicesTasks } from './services-process.ts'

const CALLERS = 20
const CALLS_EACH = 2

/** One run: delays in milliseconds. */
interface Run {
  p99Ms: number
  maxMs: number
  workMaxMs: number
  idleMaxMs: number
  sentencesPerS: number
  lateSentences: number
}

const FIGURES: readonly { figure: string; key: keyof Run; name: string; unit: string }[] = [
  { figure: 'eventLoopDelayMaxMs', key: 'maxMs', name: 'latest, wanted ≤ 20 ms', unit: 'ms' },
  { figure: 'eventLoopDelayP99Ms', key: 'p99Ms', name: 'p99', unit: 'ms' },
  { figure: 'eventLoopWorkMaxMs', key: 'workMaxMs', name: 'longest work of its own', unit: 'ms' },
  { figure: 'idleLoopDelayMaxMs', key: 'idleMaxMs', name: 'latest in an idle process meanwhile', unit: 'ms' },
  { figure: 'newSentencesPerS', key: 'sentencesPerS', name: 'new sentences', unit: '1/s' },
  {
    figure: 'lateSentences',
    key: 'lateSentences',
    name: `of ${CALLERS * CALLS_EACH} said by recordings, because late`,
    unit: '',
  },
]

/** How late the event loop of all three services in one process is while 20 calls talk and new sentences are spoken. */
export async function measureEventLoop({ runs, progress }: BenchmarkContext): Promise<Measured[]> {
  const services = startProcess<ServicesTasks>(new URL('services-process.ts', import.meta.url))
  const callers = startProcess<CallersTasks>(new URL('callers-process.ts', import.meta.url))
  const idle = startProcess<IdleTasks>(new URL('idle-process.ts', import.meta.url))
  try {
    const agiPort = await services.run('agiPort')
    const measured: Run[] = []
    for (let run = 0; run <= runs; run += 1) {
      const tickets = await services.run('openTickets', CALLERS * CALLS_EACH)
      const startMs = performance.now()
      await Promise.all([services.run('watchEventLoop'), idle.run('watchEventLoop')])
      const lateSentences = await callers.run('query', { agiPort, callers: byCaller(tickets) })
      const { sentences, ...delay } = await services.run('eventLoopDelay')
      const idleMaxMs = (await idle.run('eventLoopDelay')).maxMs
      const sentencesPerS = sentences / ((performance.now() - startMs) / 1_000)
      measured.push({ ...delay, idleMaxMs, sentencesPerS, lateSentences })
      progress(
        `run ${run}, 20 calls: late p99 ${delay.p99Ms.toFixed(1)} ms, at most ${delay.maxMs.toFixed(1)} ms (idle process ${idleMaxMs.toFixed(1)} ms)`,
      )
    }
    // In the first round V8 compiles.
    const warm = measured.slice(1)
    return FIGURES.map(({ figure, key, name, unit }) => ({
      figure,
      name: `event loop of all services, ${CALLERS} calls talking: ${name}`,
      unit,
      samples: warm.map((run) => run[key]),
    }))
  } finally {
    await Promise.all([services.stop(), callers.stop(), idle.stop()])
  }
}

function byCaller(tickets: readonly OpenedTicket[]): OpenedTicket[][] {
  return Array.from({ length: CALLERS }, (_, caller) =>
    tickets.slice(caller * CALLS_EACH, (caller + 1) * CALLS_EACH),
  )
}
