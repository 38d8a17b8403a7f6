/** Mono sound, 16-bit linear samples. */
export interface PcmAudio {
  sampleRateHz: number
  samples: Int16Array
}

/** Sound as a cloud sends it; decoded off the event loop, by `telephony-worker.ts`. */
export interface Mp3Audio {
  mp3: Uint8Array
}

export interface SynthesisRequest {
  /** Plain text, no markup, 1 to 3,000 characters. */
  text: string
  /** The voice's name as the synthesizer knows it, `pt-br` for eSpeak NG. */
  voice: string
}

/** What turns a text into sound. Every adapter passes the same contract; none writes files or sets levels. */
export interface Synthesizer {
  /** The adapter's name, part of the cache's key and of the logs: `espeak`. */
  readonly name: string
  /**
   * The spoken text, at whatever rate and level the synthesizer likes. The adapter itself bounds the time that a text
   * waits for its turn and the time that it takes: nobody else can tell the one from the other.
   *
   * @throws SpeechInputError when the text or the voice can never be spoken
   * @throws SpeechBusyError when its turn doesn't come in time
   * @throws SpeechUnavailableError when it can't be had now
   */
  synthesize(request: SynthesisRequest, signal: AbortSignal): Promise<PcmAudio | Mp3Audio>
  /**
   * What the sound depends on beside name, voice and text, as a pronunciation; part of the key of caches and packs, so
   * that a text whose sound has changed is spoken anew and no other.
   */
  rendering?(request: SynthesisRequest): string
  /** Gives back threads and connections; what is pending fails. */
  close?(): Promise<void>
}

/** Amazon Polly's limit for one request (billed characters), kept for every adapter so that they are alike. */
const synthesisTextCharactersMax = 3_000

/** A text (or voice) that no try will ever speak. */
export class SpeechInputError extends Error {
  override readonly name = 'SpeechInputError'
  readonly retryable = false
}

/** A synthesizer that can't answer now; `retryable` tells whether a second try may help. */
export class SpeechUnavailableError extends Error {
  override readonly name: string = 'SpeechUnavailableError'
  readonly retryable: boolean

  constructor(message: string, options: { retryable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause })
    this.retryable = options.retryable
  }
}

/**
 * Too many texts at once, which is no fault of the synthesizer's: this one's turn didn't come. Trying again at once
 * would only add to the crowd.
 */
export class SpeechBusyError extends SpeechUnavailableError {
  override readonly name = 'SpeechBusyError'

  constructor(message: string) {
    super(message, { retryable: false })
  }
}

/**
 * Checks a text before it costs anything.
 *
 * @throws SpeechInputError when it holds nothing to say or is longer than 3,000 characters
 */
export function requireSpeakableText(text: string): void {
  if (!/[\p{L}\p{N}]/u.test(text)) {
    throw new SpeechInputError('the text holds no letter and no digit')
  }
  if (text.length > synthesisTextCharactersMax) {
    throw new SpeechInputError(`the text is longer than ${synthesisTextCharactersMax} characters`)
  }
}
