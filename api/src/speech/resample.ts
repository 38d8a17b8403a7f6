/** Attenuation in the stop band; the Kaiser window's formulas below give the filter that reaches it. */
const stopBandDb = 70
/** The pass band's end as a part of the lower rate's Nyquist frequency: 3,400 Hz of 4,000 for telephony. */
const passBandPart = 0.85
/** Bounds the filter table; 22,050 → 8,000 Hz needs 160 phases. */
const phasesMax = 1_000

/**
 * A rate converter by windowed sinc: each output sample is the input weighed by a low-pass filter centred on its
 * instant, so that what lies above the lower rate's Nyquist frequency is filtered out instead of folding back as a
 * whistle. Flat to 85 % of that frequency, 70 dB down from it on; no delay is added.
 *
 * The filter is made once for a pair of rates; keep the converter when many sounds follow.
 *
 * @throws RangeError when a rate is not a positive integer or the two are in no simple ratio
 */
export function createResampler(rates: {
  fromHz: number
  toHz: number
}): (samples: Float32Array) => Float32Array {
  const { fromHz, toHz } = rates
  if (!Number.isInteger(fromHz) || !Number.isInteger(toHz) || fromHz <= 0 || toHz <= 0) {
    throw new RangeError('sample rates are positive integers')
  }
  if (fromHz === toHz) {
    return (samples) => samples.slice()
  }
  const divisor = greatestCommonDivisor(fromHz, toHz)
  const phases = toHz / divisor
  const step = fromHz / divisor
  if (phases > phasesMax) {
    throw new RangeError(`no simple ratio between ${fromHz} Hz and ${toHz} Hz`)
  }
  const filter = createFilter(phases, rates)
  return (samples) => {
    const output = new Float32Array(Math.ceil((samples.length * phases) / step))
    for (let index = 0; index < output.length; index += 1) {
      const position = index * step
      output[index] = weigh(samples, Math.floor(position / phases), filter, position % phases)
    }
    return output
  }
}

interface PolyphaseFilter {
  /** One row of `2 × reach` weights for each phase. */
  weights: Float32Array
  /** Input samples taken on either side of an output sample's instant. */
  reach: number
}

function weigh(samples: Float32Array, centre: number, filter: PolyphaseFilter, phase: number): number {
  const { weights, reach } = filter
  const row = phase * 2 * reach
  const first = centre - reach + 1
  const from = Math.max(0, -first)
  const to = Math.min(2 * reach, samples.length - first)
  let sum = 0
  for (let tap = from; tap < to; tap += 1) {
    sum += (weights[row + tap] ?? 0) * (samples[first + tap] ?? 0)
  }
  return sum
}

/** Kaiser's design rules: Oppenheim and Schafer, Discrete-Time Signal Processing, section 7.6. */
function createFilter(phases: number, rates: { fromHz: number; toHz: number }): PolyphaseFilter {
  const nyquistHz = Math.min(rates.fromHz, rates.toHz) / 2
  const transition = (2 * Math.PI * nyquistHz * (1 - passBandPart)) / rates.fromHz
  const reach = Math.ceil((stopBandDb - 8) / (2.285 * transition) / 2) + 1
  const cutoff = (nyquistHz * (1 + passBandPart)) / rates.fromHz
  const beta = 0.1102 * (stopBandDb - 8.7)
  const weights = new Float32Array(phases * 2 * reach)
  for (let phase = 0; phase < phases; phase += 1) {
    const row = Float64Array.from({ length: 2 * reach }, (_, tap) => {
      const distance = tap - reach + 1 - phase / phases
      return cutoff * sinc(cutoff * distance) * kaiser(distance / reach, beta)
    })
    // Each phase gets the same gain at 0 Hz, or a constant input would come out with a ripple at the phase rate.
    const gain = row.reduce((sum, weight) => sum + weight, 0)
    weights.set(
      row.map((weight) => weight / gain),
      phase * 2 * reach,
    )
  }
  return { weights, reach }
}

function sinc(value: number): number {
  return value === 0 ? 1 : Math.sin(Math.PI * value) / (Math.PI * value)
}

function kaiser(position: number, beta: number): number {
  return Math.abs(position) > 1 ? 0 : besselI0(beta * Math.sqrt(1 - position * position)) / besselI0(beta)
}

/** The modified Bessel function of order zero, by its power series (converges fast for the β used here). */
function besselI0(value: number): number {
  let term = 1
  let sum = 1
  for (let k = 1; k <= 50 && term > sum * 1e-12; k += 1) {
    term *= (value / (2 * k)) ** 2
    sum += term
  }
  return sum
}

function greatestCommonDivisor(one: number, other: number): number {
  return other === 0 ? one : greatestCommonDivisor(other, one % other)
}
