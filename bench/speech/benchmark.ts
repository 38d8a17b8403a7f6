import type { Benchmark } from '../harness/benchmark.ts'
import { measureCachedSentences } from './cached-sentence.ts'
import { measureEventLoop } from './event-loop.ts'
import { measureNewSentences } from './new-sentences.ts'

/** What speech costs: a sentence from the cache, a new one, and the event loop meanwhile. */
export const speechBenchmark: Benchmark = {
  name: 'speech',
  about: 'sentences from the cache and new ones by the embedded voice',
  run: async (context) => {
    const cached = await measureCachedSentences(context)
    const created = await measureNewSentences(context)
    const eventLoop = await measureEventLoop(context)
    return {
      comparisons: [...cached.comparisons, created],
      others: [...cached.others, ...eventLoop],
      warnings: [],
    }
  },
}
