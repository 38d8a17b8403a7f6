import type { BenchmarkContext, Comparison, Measured } from '../harness/benchmark.ts'
import { median } from '../harness/statistics.ts'
import { startProcess, type TaskProcess } from '../harness/task-process.ts'
import type { AudioServerTasks, SpokenSound } from './audio-server-process.ts'
import type { FetchTasks } from './fetch-process.ts'

/** A run's sample of a side is the median of so many turns: what else the machine does then meets both sides alike. */
const TURNS_PER_RUN = 9
const TURN_SECONDS = 0.3
/** Thrown away before the first sample, while V8 compiles. */
const WARM_UP_SECONDS = 4
const FIRST_REQUESTS = 100

const SENTENCES = [
  { ratio: 'cachedVsStaticFile', figure: 'cachedName', sentence: 'name', what: 'GET of a cached name' },
  { ratio: 'cachedMenuVsStaticFile', figure: 'cachedMenu', sentence: 'menu', what: 'GET of a cached menu' },
] as const

/** How long the API takes for a sentence that it has, beside a bare server of the same bytes. */
export async function measureCachedSentences(
  context: BenchmarkContext,
): Promise<{ comparisons: Comparison[]; others: Measured[] }> {
  const api = startServer('api')
  const load = startProcess<FetchTasks>(new URL('fetch-process.ts', import.meta.url))
  try {
    const sounds = await api.run('spokenSounds')
    const comparisons: Comparison[] = []
    for (const { sentence, figure, what, ratio } of SENTENCES) {
      const sound = sounds[sentence]
      const { ours, theirs } = await compare(sound, load, context)
      comparisons.push({
        ratio,
        what: `${what}, ${sound.bytes.toLocaleString('en')} bytes`,
        dividend: { figure: `${figure}Ms`, name: 'the ticket API', unit: 'ms', samples: ours },
        divisor: { figure: `${figure}StaticMs`, name: 'a bare file server', unit: 'ms', samples: theirs },
        target: { atMost: 1.5 },
      })
    }
    const syntheses = await api.run('firstRequests', FIRST_REQUESTS)
    const name = `syntheses for ${FIRST_REQUESTS} first requests of one text at once, wanted 1`
    return { comparisons, others: [{ figure: 'synthesesOfOneText', name, unit: '', samples: [syntheses] }] }
  } finally {
    await Promise.all([api.stop(), load.stop()])
  }
}

function startServer(...args: string[]): TaskProcess<AudioServerTasks> {
  const script = new URL('audio-server-process.ts', import.meta.url)
  return startProcess<AudioServerTasks>(script, { args, env: { NODE_ENV: 'production' } })
}

/** The time of an answer of either side, in milliseconds, one sample a run. */
async function compare(
  { url, file, bytes }: SpokenSound,
  load: TaskProcess<FetchTasks>,
  { runs, progress }: BenchmarkContext,
): Promise<{ ours: number[]; theirs: number[] }> {
  const bare = startServer('static', file)
  try {
    const bareUrl = await bare.run('address')
    const fetchFrom = (from: string, seconds = TURN_SECONDS): Promise<number> =>
      load.run('fetchSound', { url: from, bytes, seconds })
    for (const from of [url, bareUrl]) await fetchFrom(from, WARM_UP_SECONDS)
    const samples = { ours: [] as number[], theirs: [] as number[] }
    for (let run = 1; run <= runs; run += 1) {
      const times = { ours: [] as number[], theirs: [] as number[] }
      for (let turn = 0; turn < TURNS_PER_RUN; turn += 1) {
        times.ours.push(await fetchFrom(url))
        times.theirs.push(await fetchFrom(bareUrl))
      }
      samples.ours.push(median(times.ours))
      samples.theirs.push(median(times.theirs))
      progress(
        `run ${run}, ${bytes} bytes: ${samples.ours.at(-1)?.toFixed(3)} and ${samples.theirs.at(-1)?.toFixed(3)} ms`,
      )
    }
    return samples
  } finally {
    await bare.stop()
  }
}
