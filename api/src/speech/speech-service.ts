import { createHmac } from 'node:crypto'
import type { Clock } from '@ura/core/clock'
import type { Logger } from 'pino'
import { createAudioStore, type Shelf, type StoredAudio, type SweepOutcome } from './audio-store.ts'
import { createSpeechProduction } from './speech-production.ts'
import type { Synthesizer } from './synthesizer.ts'
import { telephonyAudioVersion, wavExtension, type TelephonyRateHz } from './telephony-audio.ts'
import { createTelephonyFinisher, type TelephonyFinisher } from './telephony-finisher.ts'

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

/** Counts since the start. */
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
  /** Whether the synthesizer is being left alone after failing in a row. */
  isBreakerOpen: boolean
}

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

const audioNamePattern = /^[0-9a-f]{64}\.wav(16)?$/

function isAudioName(name: string): boolean {
  return audioNamePattern.test(name)
}

/** Speech as files, made once: cache and single flight around the production. */
export function createSpeechService(options: SpeechServiceOptions): SpeechService {
  const { sampleRateHz, log } = options
  const finisher = options.finisher ?? createTelephonyFinisher({ sampleRateHz })
  const production = createSpeechProduction({ ...options, finisher })
  const store = createAudioStore({ ...options, bytesMax: options.maxBytes, isAudioName })
  const inFlight = new Map<string, Promise<SpokenAudio | null>>()
  let closing = false
  const counts = { synthesized: 0, characters: 0, cacheHits: 0, joined: 0, failures: 0 }

  async function speak(request: SpeechRequest): Promise<SpokenAudio | null> {
    const shelf = request.kind === 'personal' ? 'personal' : 'shared'
    const audioName = audioNameOf(request.text, shelf, options)
    const shared = inFlight.get(audioName)
    if (shared !== undefined) {
      counts.joined += 1
      return shared
    }
    const spoken = provide(request.text, audioName, shelf)
      .catch((error: unknown) => reportFailure(error, request))
      .finally(() => inFlight.delete(audioName))
    inFlight.set(audioName, spoken)
    return spoken
  }

  async function provide(text: string, audioName: string, shelf: Shelf): Promise<SpokenAudio> {
    if (await store.use(audioName, shelf)) {
      counts.cacheHits += 1
      return { audioName }
    }
    const wav = await production.produce(text)
    counts.synthesized += 1
    counts.characters += text.length
    await store.put(audioName, shelf, wav)
    return { audioName }
  }

  function reportFailure(error: unknown, { text, kind }: SpeechRequest): null {
    counts.failures += 1
    const reason = error instanceof Error ? error.message : 'unknown'
    const level = closing ? 'debug' : 'warn' // a stop in mid-sentence is nobody's fault
    log[level]({ reason, kind, characters: text.length }, 'speech could not be had')
    return null
  }

  return {
    speak,
    open: async (audioName) => (isAudioName(audioName) ? fileOf(await store.get(audioName)) : null),
    remove: async (audioName) => isAudioName(audioName) && store.remove(audioName),
    isAudioName,
    sweep: () => store.sweep(),
    stats: () => ({ ...counts, isBreakerOpen: production.isBreakerOpen() }),
    async close() {
      closing = true
      await production.close()
      await Promise.all(inFlight.values())
    },
  }
}

/** Two shelves never share a file, or what is personal would stay because it was also said in general. */
function audioNameOf(text: string, shelf: Shelf, options: SpeechServiceOptions): string {
  const { synthesizer, voice, sampleRateHz, secret } = options
  const key = JSON.stringify([telephonyAudioVersion, synthesizer.name, voice, sampleRateHz, shelf, text])
  return createHmac('sha256', secret).update(key).digest('hex') + wavExtension(sampleRateHz)
}

function fileOf(audio: StoredAudio | null): SpeechFile | null {
  if (audio === null) {
    return null
  }
  const { bytes, checksum, modifiedAt } = audio
  const etag = `"${bytes.length.toString(16)}-${checksum.toString(16)}"`
  return { bytes, sizeBytes: bytes.length, etag, modifiedAt }
}
