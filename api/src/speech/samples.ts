const fullScale = 32_768

// Loops, since `from` with a function takes many times as long.

/** 16-bit samples as numbers in −1 to 1, the form in which sound is worked on. */
export function toFloatSamples(samples: Int16Array): Float32Array {
  const floats = new Float32Array(samples.length)
  for (let index = 0; index < samples.length; index += 1) {
    floats[index] = (samples[index] ?? 0) / fullScale
  }
  return floats
}

/** Numbers in −1 to 1 as 16-bit samples; what lies outside is held at the limit. */
export function toInt16Samples(samples: Float32Array): Int16Array {
  const rounded = new Int16Array(samples.length)
  for (let index = 0; index < samples.length; index += 1) {
    const sample = Math.round((samples[index] ?? 0) * fullScale)
    rounded[index] = Math.max(-fullScale, Math.min(fullScale - 1, sample))
  }
  return rounded
}

/** The largest magnitude in the samples, 0 when there are none. */
export function peakOf(samples: Float32Array): number {
  let peak = 0
  for (const sample of samples) {
    peak = Math.max(peak, Math.abs(sample))
  }
  return peak
}
