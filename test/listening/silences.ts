import type { PcmAudio } from '@ura/api/speech/synthesizer'

const frameMs = 10
/** Of 16-bit samples: far below any prompt, above what a codec makes of nothing. */
const quietAmplitude = 100
/** Shorter ones are pauses of a sound itself. */
const silenceMinMs = 60

/** The silences between the first sound and the last one, in ms, to the nearest 10. */
export function silencesMs({ samples, sampleRateHz }: PcmAudio): number[] {
  const frameSamples = (sampleRateHz * frameMs) / 1_000
  const silences: number[] = []
  let quietFrames = 0
  let hasBegun = false
  for (let from = 0; from + frameSamples <= samples.length; from += frameSamples) {
    const isQuiet = samples
      .subarray(from, from + frameSamples)
      .every((sample) => Math.abs(sample) < quietAmplitude)
    if (isQuiet) {
      quietFrames += 1
      continue
    }
    if (hasBegun && quietFrames * frameMs >= silenceMinMs) silences.push(quietFrames * frameMs)
    hasBegun = true
    quietFrames = 0
  }
  return silences
}
