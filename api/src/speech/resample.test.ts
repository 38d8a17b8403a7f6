import { describe, expect, it } from 'vitest'
import { toDecibels } from './decibels.ts'
import { createResampler } from './resample.ts'
import { rms, sine } from './speech-test-doubles.ts'

/** What comes out of a full-scale sine, in decibels of what went in; the ends (filter settling) left out. */
function gainDb(frequencyHz: number, rates: { fromHz: number; toHz: number }): number {
  const input = sine({ frequencyHz, sampleRateHz: rates.fromHz, seconds: 0.5 })
  const output = createResampler(rates)(input)
  const edge = Math.round(rates.toHz * 0.05)
  return toDecibels(rms(output.slice(edge, -edge)) / Math.SQRT1_2)
}

describe('createResampler', () => {
  it('lets speech through unchanged from 22,050 to 8,000 Hz', () => {
    for (const frequencyHz of [60, 300, 1_000, 2_500, 3_300]) {
      expect(gainDb(frequencyHz, { fromHz: 22_050, toHz: 8_000 })).toBeCloseTo(0, 1)
    }
  })

  it('lets nothing above the new Nyquist frequency fold back: at least 65 dB down', () => {
    for (let frequencyHz = 4_050; frequencyHz < 11_000; frequencyHz += 350) {
      expect(gainDb(frequencyHz, { fromHz: 22_050, toHz: 8_000 })).toBeLessThan(-65)
    }
  })

  it.each([
    { fromHz: 22_050, toHz: 16_000, passHz: 6_700, stopHz: 8_200 },
    { fromHz: 16_000, toHz: 8_000, passHz: 3_300, stopHz: 4_100 },
    { fromHz: 24_000, toHz: 8_000, passHz: 3_300, stopHz: 4_100 },
    { fromHz: 44_100, toHz: 8_000, passHz: 3_300, stopHz: 4_100 },
  ])('keeps and refuses the same way from $fromHz to $toHz Hz', ({ fromHz, toHz, passHz, stopHz }) => {
    expect(gainDb(passHz, { fromHz, toHz })).toBeCloseTo(0, 1)
    expect(gainDb(stopHz, { fromHz, toHz })).toBeLessThan(-65)
  })

  it('adds no image when it raises the rate', () => {
    const input = sine({ frequencyHz: 1_000, sampleRateHz: 8_000, seconds: 0.5 })
    const output = createResampler({ fromHz: 8_000, toHz: 16_000 })(input)
    const wanted = sine({ frequencyHz: 1_000, sampleRateHz: 16_000, seconds: 0.5 })
    const difference = output.map((sample, index) => sample - (wanted[index] ?? 0))
    expect(toDecibels(rms(difference.slice(800, -800)))).toBeLessThan(-60)
  })

  it('keeps a sound where it is in time', () => {
    const input = new Float32Array(22_050)
    input[11_025] = 1
    const output = createResampler({ fromHz: 22_050, toHz: 8_000 })(input)
    const loudest = output.indexOf(Math.max(...output))
    expect(output).toHaveLength(8_000)
    expect(loudest).toBe(4_000)
  })

  it('copies when there is nothing to convert', () => {
    const input = Float32Array.of(0.5, -0.5)
    const output = createResampler({ fromHz: 8_000, toHz: 8_000 })(input)
    expect(output).toEqual(input)
    expect(output).not.toBe(input)
  })

  it.each([
    { fromHz: 0, toHz: 8_000 },
    { fromHz: 22_050.5, toHz: 8_000 },
    { fromHz: 7_919, toHz: 8_000 },
  ])('refuses $fromHz to $toHz Hz', (rates) => {
    expect(() => createResampler(rates)).toThrow(RangeError)
  })
})
