import type { Synthesizer } from '@ura/api/speech/synthesizer'

const sampleRateHz = 16_000
const seconds = 0.4

/** A voice for tests that are not about speech: a tone whose pitch depends on the text, at once. */
export function toneSynthesizer(): Synthesizer {
  return {
    name: 'tone',
    synthesize: async ({ text }) => {
      const frequencyHz = 300 + ((text.length * 37) % 1_500)
      const samples = Int16Array.from({ length: sampleRateHz * seconds }, (_, index) =>
        Math.round(8_000 * Math.sin((2 * Math.PI * frequencyHz * index) / sampleRateHz)),
      )
      return { sampleRateHz, samples }
    },
  }
}
