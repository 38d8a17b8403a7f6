import { toAmplitude } from './decibels.ts'
import { limitPeaks } from './limiter.ts'
import { createResampler } from './resample.ts'
import { peakOf, toFloatSamples, toInt16Samples } from './samples.ts'
import { measureSpeechLevel } from './speech-level.ts'
import { SpeechInputError, type PcmAudio } from './synthesizer.ts'

/** The one loudness of everything a caller hears: active speech level after ITU-T P.56. */
const activeLevelTargetDbfs = -20
/** No sample is louder than this. */
const peakMaxDbfs = -3
/** Digital silence before and after the speech, in milliseconds. */
const paddingMs = 80

/** Rates that Asterisk plays from a WAV file (22, formats/format_wav.c): 8,000 Hz, or 16,000 Hz as `.wav16`. */
export type TelephonyRateHz = 8_000 | 16_000

/** The file name's ending that Asterisk wants for a rate; a 16,000 Hz file named `.wav` is refused. */
export function wavExtension(sampleRateHz: TelephonyRateHz): '.wav' | '.wav16' {
  return sampleRateHz === 16_000 ? '.wav16' : '.wav'
}

/** Names the way sound is finished here; change it when the outcome changes, so that cached files are made anew. */
export const telephonyAudioVersion = 1

/** Room for rounding to 16 bits. */
const peakCeiling = toAmplitude(peakMaxDbfs - 0.05)
const lookAheadMs = 5
const fadeMs = 5
/** Where speech begins and ends: this far below its level. eSpeak's pauses are digital silence, Polly's nearly. */
const trimBelowLevelDb = 30
/** Quieter than this is no speech. */
const audibleMinDbfs = -70
const levelToleranceDb = 0.05
const levelRoundsMax = 8

/**
 * Speech made fit for a phone call: at the wanted rate, trimmed and padded with 80 ms of silence at either end with
 * short fades (no clicks), at an active speech level of −20 dBFS, peaks held at −3 dBFS.
 *
 * @throws SpeechInputError when the sound is silence
 */
export function toTelephonyAudio(audio: PcmAudio, options: { sampleRateHz: TelephonyRateHz }): PcmAudio {
  const { sampleRateHz } = options
  const convert = resamplerFor(audio.sampleRateHz, sampleRateHz)
  const speech = frameSpeech(convert(toFloatSamples(audio.samples)), sampleRateHz)
  return { sampleRateHz, samples: toInt16Samples(setLevel(speech, sampleRateHz)) }
}

/** The last converter, kept because a synthesizer always speaks at one rate and the filter costs more than a name. */
let kept: { key: string; convert: ReturnType<typeof createResampler> } | undefined

function resamplerFor(fromHz: number, toHz: number): ReturnType<typeof createResampler> {
  const key = `${fromHz}/${toHz}`
  if (kept?.key !== key) {
    kept = { key, convert: createResampler({ fromHz, toHz }) }
  }
  return kept.convert
}

/** Cuts the silence off either end, fades the edges and puts the standard silence around them. */
function frameSpeech(samples: Float32Array, sampleRateHz: number): Float32Array {
  const { activeLevelDbfs } = measureSpeechLevel(samples, sampleRateHz)
  if (activeLevelDbfs < audibleMinDbfs) {
    throw new SpeechInputError('the synthesized speech is silence')
  }
  // Never above the peak, or a sound whose level is odd (one click) would have no speech in it at all.
  const threshold = Math.min(toAmplitude(activeLevelDbfs - trimBelowLevelDb), peakOf(samples))
  const isSpeech = (sample: number): boolean => Math.abs(sample) >= threshold
  const fade = samplesIn(fadeMs, sampleRateHz)
  const from = Math.max(0, samples.findIndex(isSpeech) - fade)
  const to = Math.min(samples.length, samples.findLastIndex(isSpeech) + 1 + fade)
  const speech = samples.slice(from, to)
  fadeEdges(speech, fade)
  const padding = samplesIn(paddingMs, sampleRateHz)
  const framed = new Float32Array(speech.length + 2 * padding)
  framed.set(speech, padding)
  return framed
}

/** Half a cosine up at the start and down at the end, so that neither edge is a step. */
function fadeEdges(samples: Float32Array, length: number): void {
  const fade = Math.min(length, Math.floor(samples.length / 2))
  for (let index = 0; index < fade; index += 1) {
    const gain = (1 - Math.cos((Math.PI * index) / fade)) / 2
    const mirrored = samples.length - 1 - index
    samples[index] = (samples[index] ?? 0) * gain
    samples[mirrored] = (samples[mirrored] ?? 0) * gain
  }
}

/**
 * Limiting takes some of the level away, so gain and limiter are tried together until the result measures right;
 * two rounds do for speech, and the bound is for sounds that no gain can bring there.
 */
function setLevel(samples: Float32Array, sampleRateHz: number): Float32Array {
  const lookAheadSamples = samplesIn(lookAheadMs, sampleRateHz)
  let gainDb = activeLevelTargetDbfs - measureSpeechLevel(samples, sampleRateHz).activeLevelDbfs
  let levelled = applyGain(samples, gainDb, lookAheadSamples)
  for (let round = 1; round < levelRoundsMax; round += 1) {
    const missingDb = activeLevelTargetDbfs - measureSpeechLevel(levelled, sampleRateHz).activeLevelDbfs
    if (Math.abs(missingDb) <= levelToleranceDb) {
      break
    }
    gainDb += missingDb
    levelled = applyGain(samples, gainDb, lookAheadSamples)
  }
  return levelled
}

function applyGain(samples: Float32Array, gainDb: number, lookAheadSamples: number): Float32Array {
  const gain = toAmplitude(gainDb)
  const louder = samples.map((sample) => sample * gain)
  return limitPeaks(louder, { ceiling: peakCeiling, lookAheadSamples })
}

function samplesIn(durationMs: number, sampleRateHz: number): number {
  return Math.round((durationMs * sampleRateHz) / 1_000)
}
