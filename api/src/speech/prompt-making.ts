import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { writeFileAtomic } from './atomic-file.ts'
import type { PromptManifestEntry } from './prompt-manifest.ts'
import { speechLevelOf } from './speech-level.ts'
import { SpeechUnavailableError, type PcmAudio, type Synthesizer } from './synthesizer.ts'
import type { TelephonyRateHz } from './telephony-audio.ts'
import { createTelephonyFinisher, type TelephonyFinisher } from './telephony-finisher.ts'
import { encodeWav } from './wav.ts'

/** Who speaks prompts, and how. */
export interface PromptMakingOptions {
  synthesizer: Synthesizer
  /** Default `pt-br`. */
  voice?: string
  /** Default 8,000 Hz; at 16,000 Hz the files end in `.wav16`. */
  sampleRateHz?: TelephonyRateHz
  /** After each prompt that was made. */
  onProgress?: (progress: { id: string; done: number; total: number }) => void
  /** Pause before a prompt is tried again, default 1,000 ms, growing with each try. */
  retryDelayMs?: number
}

/** One text may take this long; nobody waits on the phone. */
const promptTimeoutMs = 30_000
/** One text is finished while the next is synthesized: each has a thread. */
const textsAtOnce = 2
/** Nobody waits: one that is throttled or away for a moment is asked again, each time later. */
const triesMax = 4
const retryDelayMs = 1_000

/** A prompt that a pack is to have. */
export interface WantedPrompt {
  id: string
  text: string
  file: string
  hash: string
}

/** What became of a list of prompts. */
export interface MadePrompts {
  made: Map<string, PromptManifestEntry>
  /** The first prompt that could not be had; none was begun after it. */
  failure: { id: string; cause: unknown } | null
}

/**
 * Speaks prompts into the folder, several at once, and tells what became of each. Stops at the first that can't be had.
 */
export async function makePrompts(
  folder: string,
  prompts: WantedPrompt[],
  options: PromptMakingOptions,
): Promise<MadePrompts> {
  const finisher = createTelephonyFinisher({ sampleRateHz: options.sampleRateHz ?? 8_000 })
  const outcome: MadePrompts = { made: new Map(), failure: null }
  const { made } = outcome
  const queue = prompts.values()
  async function work(): Promise<void> {
    for (const prompt of queue) {
      if (outcome.failure !== null) {
        return
      }
      try {
        const audio = await makePromptPatiently(prompt, finisher, options)
        await writeFileAtomic(join(folder, prompt.file), encodeWav({ ...audio, comment: prompt.text }), {
          mode: 0o644,
        })
        made.set(prompt.id, describe(prompt, audio))
        options.onProgress?.({ id: prompt.id, done: made.size, total: prompts.length })
      } catch (cause) {
        outcome.failure ??= { id: prompt.id, cause }
      }
    }
  }
  try {
    await Promise.all(Array.from({ length: textsAtOnce }, work))
  } finally {
    await finisher.close()
  }
  return outcome
}

async function makePromptPatiently(
  prompt: WantedPrompt,
  finisher: TelephonyFinisher,
  options: PromptMakingOptions,
): Promise<PcmAudio> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await makePrompt(prompt, finisher, options)
    } catch (error) {
      const mayRetry = error instanceof SpeechUnavailableError && error.retryable
      if (!mayRetry || attempt === triesMax) {
        throw error
      }
      await delay(attempt * (options.retryDelayMs ?? retryDelayMs))
    }
  }
}

async function makePrompt(
  { text }: WantedPrompt,
  finisher: TelephonyFinisher,
  { synthesizer, voice = 'pt-br' }: PromptMakingOptions,
): Promise<PcmAudio> {
  const signal = AbortSignal.timeout(promptTimeoutMs)
  return finisher.finish(await synthesizer.synthesize({ text, voice }, signal), signal)
}

function describe({ id, file, text, hash }: WantedPrompt, audio: PcmAudio): PromptManifestEntry {
  const { activeLevelDbfs, peakDbfs } = speechLevelOf(audio)
  return {
    id,
    file,
    text,
    durationMs: Math.round((audio.samples.length / audio.sampleRateHz) * 1_000),
    levelDbfs: roundToHundredths(activeLevelDbfs),
    peakDbfs: roundToHundredths(peakDbfs),
    hash,
  }
}

function roundToHundredths(decibels: number): number {
  return Math.round(decibels * 100) / 100
}
