/**
 * Holds every sample at or below a ceiling without bending the wave: around each peak the gain goes down before it
 * and up after it, over the look-ahead, instead of cutting the peak off. Sound that stays below comes back as it is.
 *
 * @param options.ceiling the largest magnitude allowed, 0 to 1
 * @param options.lookAheadSamples how early the gain starts to move, at least 1
 */
export function limitPeaks(
  samples: Float32Array,
  options: { ceiling: number; lookAheadSamples: number },
): Float32Array {
  const lowestGain = gainsAroundPeaks(samples, options)
  if (lowestGain === undefined) {
    return samples.slice()
  }
  const gain = smooth(lowestGain, options.lookAheadSamples)
  return samples.map((sample, index) => sample * (gain[index] ?? 1))
}

/** The gain that each peak needs, spread over the look-ahead to either side; undefined when nothing is too loud. */
function gainsAroundPeaks(
  samples: Float32Array,
  { ceiling, lookAheadSamples }: { ceiling: number; lookAheadSamples: number },
): Float64Array | undefined {
  let gains: Float64Array | undefined
  for (let index = 0; index < samples.length; index += 1) {
    const needed = ceiling / Math.abs(samples[index] ?? 0)
    if (needed < 1) {
      gains ??= new Float64Array(samples.length).fill(1)
      const last = Math.min(samples.length - 1, index + lookAheadSamples)
      for (let near = Math.max(0, index - lookAheadSamples); near <= last; near += 1) {
        gains[near] = Math.min(gains[near] ?? 1, needed)
      }
    }
  }
  return gains
}

/**
 * The mean over the same width as the spreading above. Every value in a peak's window is at most the gain that the
 * peak needs, so the mean is as well: smooth, and still never too loud.
 */
function smooth(gains: Float64Array, lookAheadSamples: number): Float64Array {
  const width = 2 * lookAheadSamples + 1
  const at = (index: number): number => gains[Math.max(0, Math.min(gains.length - 1, index))] ?? 1
  let sum = 0
  for (let index = -lookAheadSamples; index <= lookAheadSamples; index += 1) {
    sum += at(index)
  }
  return gains.map((_, index) => {
    const mean = sum / width
    sum += at(index + lookAheadSamples + 1) - at(index - lookAheadSamples)
    return mean
  })
}
