import { toDecibels } from './decibels.ts'
import { peakOf, toFloatSamples } from './samples.ts'
import type { PcmAudio } from './synthesizer.ts'

/** Time constant of the envelope, in seconds (P.56, clause 7.4: T). */
const envelopeSeconds = 0.03
/** A pause shorter than this belongs to the speech, in seconds (P.56: H). */
const hangoverSeconds = 0.2
/** How far above the activity threshold active speech lies, in decibels (P.56: M). */
const marginDb = 15.9
/** Thresholds of activity in steps of 6.02 dB, from 2⁻¹⁵ of full scale to full scale (P.56: c). */
const thresholds = Array.from({ length: 16 }, (_, step) => 2 ** (step - 15))

export interface SpeechLevel {
  /** Power while somebody speaks, pauses left out; 0 dBFS is a full-scale square wave. −Infinity for silence. */
  activeLevelDbfs: number
  /** The part of the time that counts as speech, 0 to 1. */
  activityFactor: number
  /** The largest sample, 0 dBFS being full scale. */
  peakDbfs: number
}

/**
 * The active speech level after ITU-T P.56 method B: the samples are rectified and smoothed twice into an envelope;
 * for each of 16 thresholds the time above it (with a hangover of 200 ms, so that pauses inside a word count) gives
 * the power of the active part; the level is the one that lies 15.9 dB above its own threshold, interpolated
 * between the two thresholds on either side. 0 dBFS is P.56's 0 dBov: a full-scale sine measures −3.01 dBFS.
 *
 * @param samples in −1 to 1
 */
export function measureSpeechLevel(samples: Float32Array, sampleRateHz: number): SpeechLevel {
  const energy = energyOf(samples)
  const peakDbfs = toDecibels(peakOf(samples))
  if (energy === 0) {
    return { activeLevelDbfs: -Infinity, activityFactor: 0, peakDbfs }
  }
  const activeLevelDbfs = interpolateLevel(energy, countActiveSamples(samples, sampleRateHz), samples.length)
  const activeSamples = energy / 10 ** (activeLevelDbfs / 10)
  return { activeLevelDbfs, activityFactor: Math.min(1, activeSamples / samples.length), peakDbfs }
}

function energyOf(samples: Float32Array): number {
  let energy = 0
  for (const sample of samples) {
    energy += sample * sample
  }
  return energy
}

/** {@link measureSpeechLevel} of 16-bit sound. */
export function speechLevelOf(audio: PcmAudio): SpeechLevel {
  return measureSpeechLevel(toFloatSamples(audio.samples), audio.sampleRateHz)
}

/**
 * For each threshold, the samples during which the envelope was above it at most a hangover ago. Counted where the
 * envelope crosses a threshold, which it does some hundred times a second, and not at each sample.
 */
function countActiveSamples(samples: Float32Array, sampleRateHz: number): number[] {
  const keep = Math.exp(-1 / (sampleRateHz * envelopeSeconds))
  const hangover = Math.ceil(sampleRateHz * hangoverSeconds)
  const active = thresholds.map(() => 0)
  /** Where the envelope last rose to a threshold or fell below it; −1 before it ever rose there. */
  const crossedAt = thresholds.map(() => -1)
  let smoothed = 0
  let envelope = 0
  let stepsBelow = 0

  function rise(step: number, index: number): void {
    const fellAt = crossedAt[step] ?? -1
    active[step] = (active[step] ?? 0) + (fellAt < 0 ? 0 : Math.min(index - fellAt, hangover))
    crossedAt[step] = index
  }
  function fall(step: number, index: number): void {
    active[step] = (active[step] ?? 0) + index - (crossedAt[step] ?? index)
    crossedAt[step] = index
  }

  for (let index = 0; index < samples.length; index += 1) {
    smoothed = keep * smoothed + (1 - keep) * Math.abs(samples[index] ?? 0)
    envelope = keep * envelope + (1 - keep) * smoothed
    while (stepsBelow < thresholds.length && envelope >= (thresholds[stepsBelow] ?? 1)) {
      rise(stepsBelow, index)
      stepsBelow += 1
    }
    while (stepsBelow > 0 && envelope < (thresholds[stepsBelow - 1] ?? 1)) {
      stepsBelow -= 1
      fall(stepsBelow, index)
    }
  }
  for (let step = 0; step < stepsBelow; step += 1) {
    fall(step, samples.length)
  }
  return active.map((count, step) => {
    const fellAt = crossedAt[step] ?? -1
    return fellAt < 0 ? 0 : count + Math.min(samples.length - fellAt, hangover)
  })
}

function interpolateLevel(energy: number, active: number[], sampleCount: number): number {
  let below: { levelDb: number; excessDb: number } | undefined
  for (const [step, count] of active.entries()) {
    if (count === 0) {
      break
    }
    const levelDb = 10 * Math.log10(energy / count)
    const excessDb = levelDb - toDecibels(thresholds[step] ?? 1) - marginDb
    if (excessDb <= 0) {
      if (below === undefined) {
        return levelDb
      }
      const part = below.excessDb / (below.excessDb - excessDb)
      return below.levelDb + part * (levelDb - below.levelDb)
    }
    below = { levelDb, excessDb }
  }
  // Nothing passed a threshold (a lone click, or a level near the last bit): the whole counts as speech.
  return below?.levelDb ?? 10 * Math.log10(energy / sampleCount)
}
