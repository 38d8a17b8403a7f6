/** Decibels of an amplitude, where 1 is full scale; −Infinity for 0. */
export function toDecibels(amplitude: number): number {
  return 20 * Math.log10(amplitude)
}

/** The amplitude of so many decibels, where 0 dB is 1. */
export function toAmplitude(decibels: number): number {
  return 10 ** (decibels / 20)
}
