/** A complex signal whose length is a power of two. */
export type Complex = { real: Float64Array; imaginary: Float64Array }

/**
 * The discrete Fourier transform in place (iterative radix 2, Cooley and Tukey 1965); `inverse` undoes it, with its
 * scaling.
 */
export function transform(signal: Complex, direction: 'forward' | 'inverse'): void {
  const { real, imaginary } = signal
  const size = real.length
  reorder(real)
  reorder(imaginary)
  const turn = (direction === 'forward' ? -2 : 2) * Math.PI
  for (let width = 2; width <= size; width *= 2) {
    const half = width / 2
    for (let step = 0; step < half; step += 1) {
      const cosine = Math.cos((turn * step) / width)
      const sine = Math.sin((turn * step) / width)
      for (let even = step; even < size; even += width) {
        const odd = even + half
        const oddReal = real[odd]! * cosine - imaginary[odd]! * sine
        const oddImaginary = real[odd]! * sine + imaginary[odd]! * cosine
        real[odd] = real[even]! - oddReal
        imaginary[odd] = imaginary[even]! - oddImaginary
        real[even]! += oddReal
        imaginary[even]! += oddImaginary
      }
    }
  }
  if (direction === 'forward') return
  for (let index = 0; index < size; index += 1) {
    real[index]! /= size
    imaginary[index]! /= size
  }
}

/** Puts each value where its index, its bits read backwards, says. */
function reorder(values: Float64Array): void {
  const size = values.length
  for (let index = 1, reversed = 0; index < size; index += 1) {
    let bit = size >> 1
    for (; (reversed & bit) !== 0; bit >>= 1) reversed ^= bit
    reversed ^= bit
    if (index >= reversed) continue
    const kept = values[index]!
    values[index] = values[reversed]!
    values[reversed] = kept
  }
}
