import type { PcmAudio } from '@ura/api/speech/synthesizer'
import { encodeWav } from '@ura/api/speech/wav'
import { createHash } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/**
 * A prompt made of noise that only its name decides: always the same for one name, unlike that of any other, within
 * the telephone's band. Stands in for speech where only *which* prompt was heard matters.
 */
export function noisePrompt(name: string, durationMs = 1_000): PcmAudio {
  const sampleRateHz = 8_000
  const samples = new Int16Array((durationMs * sampleRateHz) / 1_000)
  const random = seededRandom(name)
  let low = 0
  let previous = 0
  for (let index = 0; index < samples.length; index += 1) {
    // A one-pole low-pass, then a difference: a gentle band between about 300 Hz and 2 kHz.
    low += 0.5 * (random() * 2 - 1 - low)
    samples[index] = Math.round((low - 0.8 * previous) * 12_000)
    previous = low
  }
  return { sampleRateHz, samples }
}

/** Writes a noise prompt for each name into a folder, as `name.wav`. */
export async function writeNoisePrompts(folder: string, names: readonly string[]): Promise<void> {
  for (const name of names) await writeFile(join(folder, `${name}.wav`), encodeWav(noisePrompt(name)))
}

/** Numbers in 0…1, the same for the same seed: mulberry32. */
export function seededRandom(seed: string): () => number {
  let state = createHash('sha256').update(seed).digest().readUInt32LE(0)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
