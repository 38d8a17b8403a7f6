import type { BenchmarkContext, Comparison } from '../harness/benchmark.ts'
import { startProcess } from '../harness/task-process.ts'
import type { VoiceTasks } from './voice-process.ts'

/** Of three sentences each. */
const ROUNDS_PER_RUN = 15

/** How long the embedded voice takes for sentences that it never spoke, beside the length of their sound. */
export async function measureNewSentences({ runs, progress }: BenchmarkContext): Promise<Comparison> {
  const voice = startProcess<VoiceTasks>(new URL('voice-process.ts', import.meta.url))
  try {
    await voice.run('speakNew', ROUNDS_PER_RUN)
    const work: number[] = []
    const sound: number[] = []
    for (let run = 1; run <= runs; run += 1) {
      const { workSeconds, soundSeconds } = await voice.run('speakNew', ROUNDS_PER_RUN)
      work.push(workSeconds)
      sound.push(soundSeconds)
      progress(`run ${run}: ${workSeconds.toFixed(2)} s for ${soundSeconds.toFixed(1)} s of sound`)
    }
    return {
      ratio: 'realTimeFactor',
      what: `${ROUNDS_PER_RUN * 3} new sentences by eSpeak`,
      dividend: { figure: 'newSentencesWorkS', name: 'to speak and finish', unit: 's', samples: work },
      divisor: { figure: 'newSentencesSoundS', name: 'of sound', unit: 's', samples: sound },
      target: { atMost: 0.1 },
    }
  } finally {
    await voice.stop()
  }
}
