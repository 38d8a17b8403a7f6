import { describe, expect, it } from 'vitest'
import { toDecibels } from './decibels.ts'
import { createResampler } from './resample.ts'
import { rms, sine } from './speech-test-doubles.ts'

interface Rates {
  fromHz: number
  toHz: number
}

/** The rates that synthesizers speak at (eSpeak 22,050; Polly 16,000 and 24,000; other sound 44,100 and 48,000), to both of the telephone's. */
const conversions: Rates[] = [16_000, 22_050, 24_000, 44_100, 48_000].flatMap((fromHz) =>
  [8_000, 16_000].filter((toHz) => toHz !== fromHz).map((toHz) => ({ fromHz, toHz })),
)

const seconds = 0.5

/** What comes out of a full-scale sine, in decibels of what went in; the ends (filter settling) left out. */
function gainDb(frequencyHz: number, convert: (input: Float32Array) => Float32Array, rates: Rates): number {
  const output = convert(sine({ frequencyHz, sampleRateHz: rates.fromHz, seconds }))
  const edge = Math.round(rates.toHz * 0.05)
  return toDecibels(rms(output.slice(edge, -edge)) / Math.SQRT1_2)
}

/** The gains at so many frequencies of a band, spread evenly, its ends among them. */
function sweep(band: { fromHz: number; toHz: number; steps: number }, rates: Rates): number[] {
  const convert = createResampler(rates)
  const stepHz = (band.toHz - band.fromHz) / (band.steps - 1)
  return Array.from({ length: band.steps }, (_, step) => gainDb(band.fromHz + step * stepHz, convert, rates))
}

describe.each(conversions)('createResampler from $fromHz to $toHz Hz', (rates) => {
  const { fromHz, toHz } = rates
  const nyquistHz = toHz / 2

  it('passes everything to 85 % of the new Nyquist frequency within 0.01 dB', () => {
    const gains = sweep({ fromHz: 60, toHz: nyquistHz * 0.85, steps: 40 }, rates)
    expect(Math.max(...gains) - Math.min(...gains)).toBeLessThan(0.01)
    expect(Math.max(...gains.map(Math.abs))).toBeLessThan(0.01)
  })

  it('lets nothing fold back from above the new Nyquist frequency: 70 dB down, to the end of the old band', () => {
    const gains = sweep({ fromHz: nyquistHz * 1.001, toHz: (fromHz / 2) * 0.999, steps: 60 }, rates)
    expect(Math.max(...gains)).toBeLessThan(-70)
  })

  it('keeps a constant as it is and adds none', () => {
    const convert = createResampler(rates)
    const edge = Math.round(toHz * 0.05)
    const constant = convert(new Float32Array(fromHz * seconds).fill(0.5)).slice(edge, -edge)
    expect(Math.max(...constant) - Math.min(...constant)).toBeLessThan(1e-5)
    expect(constant[0]).toBeCloseTo(0.5, 5)
    // Whole periods of a sine have no mean, before and after.
    const tone = convert(sine({ frequencyHz: 200, sampleRateHz: fromHz, seconds })).slice(edge, -edge)
    const mean = tone.reduce((sum, sample) => sum + sample, 0) / tone.length
    expect(Math.abs(mean)).toBeLessThan(1e-5)
  })

  it('keeps the length and every sound where it is in time', () => {
    const input = new Float32Array(fromHz)
    input[fromHz / 2] = 1
    const output = createResampler(rates)(input)
    expect(output).toHaveLength(toHz)
    expect(output.indexOf(Math.max(...output))).toBe(toHz / 2)
  })
})

describe('createResampler', () => {
  it('adds no image when it raises the rate', () => {
    const input = sine({ frequencyHz: 1_000, sampleRateHz: 8_000, seconds: 0.5 })
    const output = createResampler({ fromHz: 8_000, toHz: 16_000 })(input)
    const wanted = sine({ frequencyHz: 1_000, sampleRateHz: 16_000, seconds: 0.5 })
    const difference = output.map((sample, index) => sample - (wanted[index] ?? 0))
    expect(toDecibels(rms(difference.slice(800, -800)))).toBeLessThan(-60)
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
