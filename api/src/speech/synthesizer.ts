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

/**
 * Why a text has no sound of a voice, as counted and logged: no answer in time; too many requests for the cloud; key,
 * rights or name refused; not to be reached; answered with an error or died; something that is no whole sound; too
 * many texts at once; left alone after failing in a row; a text or voice that nobody can speak; a sound that can't be
 * kept; a stop of the service; slower than a caller should wait for.
 */
export const speechFaultReasons = [
  'timeout',
  'throttled',
  'refused',
  'unreachable',
  'failed',
  'no_sound',
  'busy',
  'breaker_open',
  'bad_text',
  'storage',
  'closed',
  'slow',
] as const
export type SpeechFaultReason = (typeof speechFaultReasons)[number]

interface UnavailableOptions {
  retryable: boolean
  /** Default `failed`. */
  reason?: SpeechFaultReason
  cause?: unknown
}

/** A synthesizer that can't answer now; `retryable` tells whether a second try may help. */
export class SpeechUnavailableError extends Error {
  override readonly name: string = 'SpeechUnavailableError'
  readonly retryable: boolean
  readonly reason: SpeechFaultReason

  constructor(message: string, { retryable, reason = 'failed', cause }: UnavailableOptions) {
    super(message, { cause })
    this.retryable = retryable
    this.reason = reason
  }
}

/** The reason that an error of this file stands for; any other error is `failed`. */
export function speechFaultReasonOf(error: unknown): SpeechFaultReason {
  if (error instanceof SpeechUnavailableError) {
    return error.reason
  }
  return error instanceof SpeechInputError ? 'bad_text' : 'failed'
}

/**
 * Too many texts at once, which is no fault of the synthesizer's: this one's turn didn't come. Trying again at once
 * would only add to the crowd.
 */
export class SpeechBusyError extends SpeechUnavailableError {
  override readonly name = 'SpeechBusyError'

  constructor(message: string) {
    super(message, { retryable: false, reason: 'busy' })
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
