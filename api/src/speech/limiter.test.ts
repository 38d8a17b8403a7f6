import { describe, expect, it } from 'vitest'
import { limitPeaks } from './limiter.ts'
import { peakOf } from './samples.ts'
import { sine } from './speech-test-doubles.ts'

const tone = sine({ frequencyHz: 500, sampleRateHz: 8_000, seconds: 0.5, amplitude: 0.5 })
const options = { ceiling: 0.6, lookAheadSamples: 40 }

describe('limitPeaks', () => {
  it('leaves quiet sound as it is', () => {
    expect(limitPeaks(tone, options)).toEqual(tone)
  })

  it('never passes the ceiling, wherever the peaks are', () => {
    for (const at of [0, 1, 39, 2_000, 2_040, tone.length - 1]) {
      const samples = tone.slice()
      samples[at] = 0.99
      samples[Math.min(samples.length - 1, at + 3)] = -1
      expect(peakOf(limitPeaks(samples, options))).toBeLessThanOrEqual(0.6 + 1e-6)
    }
    expect(
      peakOf(
        limitPeaks(
          tone.map((sample) => sample * 10),
          options,
        ),
      ),
    ).toBeLessThanOrEqual(0.6 + 1e-6)
  })

  it('moves the gain in small steps, so that it is not heard as a click', () => {
    const steady = new Float32Array(1_000).fill(0.5)
    steady[500] = 1
    const limited = limitPeaks(steady, options)
    limited[500] = 0.5 * ((limited[500] ?? 0) / 1)
    const steps = limited.slice(1).map((sample, index) => Math.abs(sample - (limited[index] ?? 0)))
    expect(peakOf(steps)).toBeLessThan(0.5 * (0.4 / 81) + 1e-6)
  })

  it('touches nothing further from a peak than twice the look-ahead', () => {
    const samples = tone.slice()
    samples[2_000] = 1
    const limited = limitPeaks(samples, options)
    expect(limited.slice(0, 1_900)).toEqual(samples.slice(0, 1_900))
    expect(limited.slice(2_100)).toEqual(samples.slice(2_100))
  })
})
