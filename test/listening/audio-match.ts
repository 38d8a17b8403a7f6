import type { PcmAudio } from '@ura/api/speech/synthesizer'
import { type Complex, transform } from './fourier.ts'

/** Where a sound was heard best in a recording: from its start in ms, and how alike (1 = the same, 0 = nothing). */
export type Match = { offsetMs: number; score: number }

/** One sound to look for, under the name that a test knows it by. */
export type Expected = { name: string; sound: PcmAudio }

/** What became of one expected sound: where it was heard, after the one before it. */
export type Heard = { name: string } & Match

/** A score from which a prompt counts as heard: through G.711 the right one gives over 0.95, a wrong one under 0.5. */
export const heardScore = 0.8

/** So much of a prompt's beginning is compared: enough to tell prompts apart; a caller may cut it short after that. */
export const comparedMs = 800

/** A recording made ready to be searched many times. */
export type Recording = {
  /** The best place of a sound's beginning at or after `fromMs`; with `firstOver`, the first that scores so much. */
  find: (sound: PcmAudio, options?: { fromMs?: number; firstOver?: number; comparedMs?: number }) => Match
}

const blockSize = 32_768

/**
 * Makes a recording searchable by normalised cross-correlation: loudness doesn't count, only shape.
 * Work grows with the recording's length: about 40 ms a minute of sound and prompt.
 */
export function searchable(recording: PcmAudio): Recording {
  const { samples, sampleRateHz } = recording
  const energyBefore = runningEnergy(samples)
  const spectra = new Map<number, Complex>()
  const spectrumAt = (start: number): Complex => {
    const known = spectra.get(start)
    if (known !== undefined) return known
    const spectrum = paddedSignal(samples.subarray(start, start + blockSize))
    transform(spectrum, 'forward')
    spectra.set(start, spectrum)
    return spectrum
  }

  return {
    find: (sound, { fromMs = 0, firstOver = Infinity, comparedMs: wantedMs = comparedMs } = {}) => {
      if (sound.sampleRateHz !== sampleRateHz)
        throw new Error(`a sound of ${sound.sampleRateHz} Hz in a recording of ${sampleRateHz} Hz`)
      const template = beginning(sound, wantedMs)
      const templateEnergy = energyOf(template)
      const templateSpectrum = paddedSignal(template)
      transform(templateSpectrum, 'forward')
      const valid = blockSize - template.length // a block's later results wrap round
      const firstSample = Math.floor((fromMs * sampleRateHz) / 1_000)
      const lastSample = samples.length - template.length
      let best: Match = { offsetMs: 0, score: 0 }
      let passed = false
      for (let start = firstSample - (firstSample % valid); start <= lastSample; start += valid) {
        const products = correlate(spectrumAt(start), templateSpectrum)
        for (let at = Math.max(start, firstSample); at < Math.min(start + valid, lastSample + 1); at += 1) {
          const energy = energyBefore[at + template.length]! - energyBefore[at]!
          // Where there is next to nothing to hear, any shape would fit the rounding noise.
          const score =
            energy < templateEnergy * 1e-3 ? 0 : products[at - start]! / Math.sqrt(energy * templateEnergy)
          // Past the first good place only its own peak is of interest: the next few ms.
          if (passed && at - (best.offsetMs * sampleRateHz) / 1_000 > sampleRateHz / 100) return best
          if (score > best.score) best = { offsetMs: (at * 1_000) / sampleRateHz, score }
          passed ||= score >= firstOver
        }
      }
      return best
    },
  }
}

/**
 * Looks for sounds in a recording in the order given, each after the one before; a sound may come several times.
 * All were heard when every score is at least `heardScore`. One that wasn't heard moves nothing: the search for the
 * next starts at the same place.
 */
export function findInOrder(recording: PcmAudio, expected: readonly Expected[]): Heard[] {
  const ready = searchable(recording)
  let fromMs = 0
  return expected.map(({ name, sound }) => {
    const match = ready.find(sound, { fromMs, firstOver: heardScore })
    if (match.score >= heardScore) fromMs = match.offsetMs + 1
    return { name, ...match }
  })
}

/** The part of a prompt that is compared: from its first audible sample on. */
function beginning(sound: PcmAudio, wantedMs: number): Int16Array {
  const loudest = sound.samples.reduce((loud, sample) => Math.max(loud, Math.abs(sample)), 0)
  const first = sound.samples.findIndex((sample) => Math.abs(sample) > loudest / 50)
  const count = Math.floor((wantedMs * sound.sampleRateHz) / 1_000)
  return sound.samples.subarray(Math.max(first, 0), Math.max(first, 0) + count)
}

function paddedSignal(samples: Int16Array): Complex {
  const real = new Float64Array(blockSize)
  real.set(samples)
  return { real, imaginary: new Float64Array(blockSize) }
}

/** At each offset, the sum of products of block and template (correlation theorem: block × conjugate of template). */
function correlate(block: Complex, template: Complex): Float64Array {
  const real = new Float64Array(blockSize)
  const imaginary = new Float64Array(blockSize)
  for (let index = 0; index < blockSize; index += 1) {
    const [a, b, c, d] = [
      block.real[index]!,
      block.imaginary[index]!,
      template.real[index]!,
      template.imaginary[index]!,
    ]
    real[index] = a * c + b * d
    imaginary[index] = b * c - a * d
  }
  transform({ real, imaginary }, 'inverse')
  return real
}

/** Sums of squares: element n is the energy of the first n samples. */
function runningEnergy(samples: Int16Array): Float64Array {
  const sums = new Float64Array(samples.length + 1)
  for (const [index, sample] of samples.entries()) sums[index + 1] = sums[index]! + sample * sample
  return sums
}

function energyOf(samples: Int16Array): number {
  return samples.reduce((energy, sample) => energy + sample * sample, 0)
}
