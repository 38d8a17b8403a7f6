import { Worker } from 'node:worker_threads'
import { toEspeakText, withoutCommands } from './espeak-text.ts'
import { espeakDelivery, type EspeakJob } from './espeak-voice.ts'
import { brazilianLexicon, type PronunciationLexicon } from './pronunciation-lexicon.ts'
import {
  requireSpeakableText,
  type PcmAudio,
  type SynthesisRequest,
  type Synthesizer,
} from './synthesizer.ts'
import { ThreadQueue } from './thread-queue.ts'

export interface EspeakSynthesizerOptions {
  /** A text that takes longer than this fails, default 4,000 ms. The wait for its turn doesn't count. */
  sentenceTimeoutMs?: number
  /** Texts that may wait for their turn, default 256; the next is refused as busy. */
  waitingMax?: number
  /** A text that waits longer for its turn is refused as busy, default 3,000 ms. */
  waitMaxMs?: number
  /** How words are pronounced; default the one that comes with the voice. Heeded by voices of Portuguese. */
  lexicon?: PronunciationLexicon
}

/** The embedded synthesizer; its thread needs closing. */
export interface EspeakSynthesizer extends Synthesizer {
  synthesize(request: SynthesisRequest, signal: AbortSignal): Promise<PcmAudio>
  rendering(request: SynthesisRequest): string
  close(): Promise<void>
}

/**
 * Every text runs in a fresh WebAssembly memory of 32 MB. A small heap makes V8 collect the used ones early: measured
 * over 500 sentences, the process stays some 100 MB smaller.
 */
const resourceLimits = { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 64 }

/**
 * eSpeak NG 1.52 (WebAssembly, embedded, no account and no network), 22,050 Hz. It runs in a thread of its own,
 * because a sentence takes about 0.1 s of computing and the event loop carries calls.
 */
export function createEspeakSynthesizer(options: EspeakSynthesizerOptions = {}): EspeakSynthesizer {
  const lexicon = options.lexicon ?? brazilianLexicon()
  const forVoice = (text: string, voice: string): string =>
    voice.startsWith('pt') ? toEspeakText(text, lexicon) : withoutCommands(text)
  const queue = new ThreadQueue<EspeakJob, PcmAudio>({
    name: 'eSpeak',
    startWorker: () => new Worker(new URL('espeak-worker.ts', import.meta.url), { resourceLimits }),
    jobTimeoutMs: options.sentenceTimeoutMs ?? 4_000,
    ...options,
  })
  return {
    name: 'espeak',
    async synthesize({ text, voice }, signal) {
      requireSpeakableText(text)
      return queue.run({ espeakText: forVoice(text, voice), voice }, signal)
    },
    rendering: ({ text, voice }) => `${espeakDelivery} ${forVoice(text, voice)}`,
    close: () => queue.close(),
  }
}
