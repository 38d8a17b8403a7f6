const fullScale = 32_768

/** 16-bit samples as numbers in −1 to 1, the form in which sound is worked on. */
export function toFloatSamples(samples: Int16Array): Float32Array {
  return Float32Array.from(samples, (sample) => sample / fullScale)
}

/** Numbers in −1 to 1 as 16-bit samples; what lies outside is held at the limit. */
export function toInt16Samples(samples: Float32Array): Int16Array {
  return Int16Array.from(samples, (sample) =>
    Math.max(-fullScale, Math.min(fullScale - 1, Math.round(sample * fullScale))),
  )
}

/** The largest magnitude in the samples, 0 when there are none. */
export function peakOf(samples: Float32Array): number {
  let peak = 0
  for (const sample of samples) {
    peak = Math.max(peak, Math.abs(sample))
  }
  return peak
}
