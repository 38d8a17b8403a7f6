import { decodeWav } from '@ura/api/speech/wav'

/** Whoever can be heard in a sound: the fake Polly speaks in one steady tone, which no voice does. */
export type Speaker = 'Polly' | 'embedded voice'

/** Below this part of its energy, what a tone's own law doesn't explain is rounding and the fades at its ends. */
const unexplainedMax = 0.01

/** The text of a WAV file of the API and who speaks it. */
export function spokenBy(wav: Uint8Array): { speaker: Speaker; text: string } {
  const { samples, comment = '' } = decodeWav(wav)
  return { speaker: isTone(samples) ? 'Polly' : 'embedded voice', text: comment }
}

/** Each sample of a tone is `factor` times the one before it, less the one before that. */
function isTone(samples: Int16Array): boolean {
  let products = 0
  let squares = 0
  for (let index = 2; index < samples.length; index += 1) {
    const [before, last, now] = [samples[index - 2] ?? 0, samples[index - 1] ?? 0, samples[index] ?? 0]
    products += last * (now + before)
    squares += last * last
  }
  const factor = products / squares
  let unexplained = 0
  for (let index = 2; index < samples.length; index += 1) {
    const [before, last, now] = [samples[index - 2] ?? 0, samples[index - 1] ?? 0, samples[index] ?? 0]
    unexplained += (now - factor * last + before) ** 2
  }
  return unexplained < unexplainedMax * squares
}
