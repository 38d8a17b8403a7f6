import type { Benchmark } from '../harness/benchmark.ts'
import { measureCachedSentences } from './cached-sentence.ts'

/** What speech costs: a sentence from the cache, a new one, and the event loop meanwhile. */
export const speechBenchmark: Benchmark = {
  name: 'speech',
  about: 'sentences from the cache and new ones by the embedded voice',
  run: async (context) => {
    const cached = await measureCachedSentences(context)
    return { comparisons: cached.comparisons, others: cached.others, warnings: [] }
  },
}
