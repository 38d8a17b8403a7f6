import type { PcmAudio } from '@ura/api/speech/synthesizer'
import { transform } from './fourier.ts'

const blockSize = 1_024

/**
 * How much power a sound has in each band of frequencies, in dB against its whole power: the mean over the sound of
 * Hann-windowed spectra (Welch 1967).
 *
 * @param edgesHz the bands' limits, rising: n + 1 for n bands
 */
export function bandLevelsDb({ samples, sampleRateHz }: PcmAudio, edgesHz: readonly number[]): number[] {
  const power = meanPower(samples)
  const total = power.reduce((sum, value) => sum + value, 0)
  return edgesHz.slice(1).map((toHz, index) => {
    const from = Math.ceil(((edgesHz[index] ?? 0) * blockSize) / sampleRateHz)
    const to = Math.ceil((toHz * blockSize) / sampleRateHz)
    const band = power.subarray(from, to).reduce((sum, value) => sum + value, 0)
    return 10 * Math.log10(band / total)
  })
}

function meanPower(samples: Int16Array): Float64Array {
  const power = new Float64Array(blockSize / 2)
  for (let start = 0; start + blockSize <= samples.length; start += blockSize / 2) {
    const real = Float64Array.from(
      samples.subarray(start, start + blockSize),
      (sample, index) => sample * Math.sin((Math.PI * index) / blockSize) ** 2,
    )
    const spectrum = { real, imaginary: new Float64Array(blockSize) }
    transform(spectrum, 'forward')
    for (let bin = 0; bin < power.length; bin += 1) {
      power[bin] = (power[bin] ?? 0) + (spectrum.real[bin] ?? 0) ** 2 + (spectrum.imaginary[bin] ?? 0) ** 2
    }
  }
  return power
}
