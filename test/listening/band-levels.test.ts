import { describe, expect, it } from 'vitest'
import { bandLevelsDb } from './band-levels.ts'

const sampleRateHz = 8_000
const tones = (...parts: [frequencyHz: number, amplitude: number][]) => ({
  sampleRateHz,
  samples: Int16Array.from({ length: sampleRateHz }, (_, index) =>
    parts.reduce(
      (sum, [frequencyHz, amplitude]) =>
        sum + amplitude * Math.sin((2 * Math.PI * frequencyHz * index) / sampleRateHz),
      0,
    ),
  ),
})

describe('bandLevelsDb', () => {
  it('finds the power of a tone in its band', () => {
    const [low, high] = bandLevelsDb(tones([1_000, 10_000]), [500, 1_500, 3_900])
    expect(low).toBeCloseTo(0, 1)
    expect(high).toBeLessThan(-50)
  })

  it('compares bands in decibels', () => {
    const [low = 0, high = 0] = bandLevelsDb(tones([1_000, 10_000], [3_000, 1_000]), [500, 1_500, 3_900])
    expect(low - high).toBeCloseTo(20, 1)
  })
})
