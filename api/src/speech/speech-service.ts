import type { Clock } from '@ura/core/clock'
import type { Logger } from 'pino'
import { createAudioNames, isAudioName } from './audio-names.ts'
import { createAudioStore, type Shelf, type StoredAudio, type SweepOutcome } from './audio-store.ts'
import { createDictation, dictatedDigits } from './dictation.ts'
import { type BreakerState, createSpeechProduction } from './speech-production.ts'
import { createSpeechReport, noReasons, type ReasonCounts } from './speech-report.ts'
import type { PcmAudio, SpeechFaultReason, Synthesizer } from './synthesizer.ts'
import type { TelephonyRateHz } from './telephony-audio.ts'
import { createTelephonyFinisher, type TelephonyFinisher } from './telephony-finisher.ts'
import { decodeWav, encodeWav } from './wav.ts'

/** `personal` tells of one person and expires when unused; the others stay until room is needed. */
export type SpeechKind = 'personal' | 'catalogue' | 'general'

export interface SpeechRequest {
  /** Plain text, 1 to 3,000 characters; the file carries it as its comment. */
  text: string
  kind: SpeechKind
}

export interface SpokenAudio {
  /** For `open`, and the last part of the file's address. */
  audioName: string
}

export interface SpeechFile {
  bytes: Buffer
  sizeBytes: number
  /** Strong, with its quotes, as the header wants it. */
  etag: string
  modifiedAt: Date
}

/** Counts since the start, and how the voices fare. */
export interface SpeechStats {
  /** Texts that were really synthesized. */
  synthesized: number
  /** Characters of those texts: what a cloud would bill. */
  characters: number
  /** Requests answered from a file. */
  cacheHits: number
  /** Requests that shared the synthesis of another. */
  joined: number
  /** Requests that ended without sound, those refused while the breaker is open among them. */
  failures: number
  /** The same by why the last voice failed. */
  silences: ReasonCounts
  /** Requests that the fallback voice spoke, by why the preferred one did not. */
  fallbacks: ReasonCounts
  /** Of each voice by its synthesizer's name, the preferred one first. */
  breakers: readonly { synthesizer: string; state: BreakerState }[]
  /** Whether the last sound that was made could not be written or looked up. */
  isStorageFailing: boolean
}

/** What became of a request: a file, or why there is none. */
export type SpeechOutcome = SpokenAudio | { reason: SpeechFaultReason }

export interface SpeechService {
  /** The sound of a text, synthesized at most once. Null when it can't be had, which is counted and logged. */
  speak(request: SpeechRequest): Promise<SpokenAudio | null>
  /** The file of a name that `speak` gave; null when there is none (any more). */
  open(audioName: string): Promise<SpeechFile | null>
  /** Whether there was such a file. */
  remove(audioName: string): Promise<boolean>
  /** Whether this is a name as `speak` makes them; nothing with a path in it is. */
  isAudioName(name: string): boolean
  /** Removes what has expired and what is over the bound; happens hourly by itself while texts are spoken. */
  sweep(): Promise<SweepOutcome>
  stats(): SpeechStats
  /** Ends pending syntheses, the synthesizer and the threads. */
  close(): Promise<void>
}

/** The speech of one voice. */
export interface VoiceSpeech extends SpeechService {
  /** As `speak`, telling why there is no sound. Never rejects. */
  attempt(request: SpeechRequest): Promise<SpeechOutcome>
}

export interface SpeechServiceOptions {
  folder: string
  /** Closed with the service. */
  synthesizer: Synthesizer
  /** Keys the file names: without it nobody can tell the name of a person's file. */
  secret: string
  clock: Clock
  log: Logger
  voice: string
  sampleRateHz: TelephonyRateHz
  /** What the files may take together. */
  maxBytes: number
  /** Days without use after which personal files go. */
  personalDays: number
  /** Default: in a thread. */
  finisher?: TelephonyFinisher
}

/** Speech as files, made once: cache and single flight around the production, and numbers put together from digits. */
export function createSpeechService(options: SpeechServiceOptions): VoiceSpeech {
  const { sampleRateHz, clock, synthesizer } = options
  const log = options.log.child({ synthesizer: synthesizer.name })
  const finisher = options.finisher ?? createTelephonyFinisher({ sampleRateHz })
  const production = createSpeechProduction({ ...options, log, finisher })
  const report = createSpeechReport({ clock, log, isLeftAlone: () => production.breaker() !== 'closed' })
  const store = createAudioStore({
    ...options,
    bytesMax: options.maxBytes,
    isAudioName,
    damaged: (file) => log.warn(file, 'damaged audio was removed'),
  })
  const audioNameOf = createAudioNames(options)
  const inFlight = new Map<string, Promise<SpeechOutcome>>()
  const dictation = createDictation({ speak: speakDigit, finisher })
  const counts = { synthesized: 0, characters: 0, cacheHits: 0, joined: 0 }

  async function attempt({ text, kind }: SpeechRequest): Promise<SpeechOutcome> {
    const shelf = kind === 'personal' ? 'personal' : 'shared'
    const audioName = audioNameOf(text, shelf)
    const shared = inFlight.get(audioName)
    if (shared !== undefined) {
      counts.joined += 1
      return shared
    }
    const outcome = provide(text, audioName, shelf)
      .catch((error: unknown) => ({ reason: report.failed(error, { kind, characters: text.length }) }))
      .finally(() => inFlight.delete(audioName))
    inFlight.set(audioName, outcome)
    return outcome
  }

  async function provide(text: string, audioName: string, shelf: Shelf): Promise<SpokenAudio> {
    if (await store.use(audioName, shelf).catch(report.storageFailed)) {
      counts.cacheHits += 1
      return { audioName }
    }
    await store.put(audioName, shelf, await make(text)).catch(report.storageFailed)
    report.storageWorked()
    return { audioName }
  }

  async function make(text: string): Promise<Uint8Array> {
    const digits = dictatedDigits(text)
    if (digits !== null) {
      return encodeWav({ ...(await dictation.say(digits)), comment: text })
    }
    const wav = await production.produce(text)
    counts.synthesized += 1
    counts.characters += text.length
    return wav
  }

  /** Kept as a file like any other sound, so that the voice is asked once and not once a start. */
  async function speakDigit(text: string): Promise<PcmAudio> {
    const audioName = audioNameOf(text, 'shared')
    await provide(text, audioName, 'shared')
    const audio = await store.get(audioName).catch(report.storageFailed)
    return audio === null ? report.storageFailed(new Error('it is gone')) : decodeWav(audio.bytes)
  }

  return {
    attempt,
    async speak(request) {
      const outcome = await attempt(request)
      return 'reason' in outcome ? null : outcome
    },
    open: async (audioName) => fileOf(isAudioName(audioName) ? await store.get(audioName) : null),
    remove: async (audioName) => isAudioName(audioName) && store.remove(audioName),
    isAudioName,
    sweep: () => store.sweep(),
    stats: () => ({
      ...counts,
      ...report.counts(),
      fallbacks: noReasons(),
      breakers: [{ synthesizer: synthesizer.name, state: production.breaker() }],
    }),
    async close() {
      report.stop()
      await production.close()
      await Promise.all(inFlight.values())
    },
  }
}

function fileOf(audio: StoredAudio | null): SpeechFile | null {
  if (audio === null) {
    return null
  }
  const { bytes, checksum, modifiedAt } = audio
  const etag = `"${bytes.length.toString(16)}-${checksum.toString(16)}"`
  return { bytes, sizeBytes: bytes.length, etag, modifiedAt }
}
