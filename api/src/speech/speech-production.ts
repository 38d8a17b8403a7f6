import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '@ura/core/clock'
import { createCircuitBreaker } from './circuit-breaker.ts'
import {
  SpeechBusyError,
  SpeechInputError,
  SpeechUnavailableError,
  requireSpeakableText,
  type Synthesizer,
} from './synthesizer.ts'
import type { TelephonyFinisher } from './telephony-finisher.ts'
import { encodeWav } from './wav.ts'

/** Texts into WAV files fit for a phone call, however the synthesizer fares. */
export interface SpeechProduction {
  /**
   * The bytes of the WAV file that speaks `text` and carries it as its comment.
   *
   * @throws SpeechInputError when the text can't be spoken
   * @throws SpeechBusyError when too many texts are asked for at once
   * @throws SpeechUnavailableError when it can't be had; at once while the breaker is open
   */
  produce(text: string): Promise<Uint8Array>
  /** Whether the synthesizer is being left alone after failing in a row. */
  isBreakerOpen(): boolean
  /** Ends what is pending, the synthesizer and the finishing thread. */
  close(): Promise<void>
}

export interface SpeechProductionOptions {
  synthesizer: Synthesizer
  finisher: TelephonyFinisher
  voice: string
  clock: Clock
}

const triesMax = 2
const retryDelayMinMs = 50
const retryDelayMaxMs = 250

/**
 * Two tries at a text; synthesizer and finisher bound the time of each. Five texts in a row that fail open the breaker
 * for 10 s; those whose turn didn't come say nothing of the synthesizer and don't count.
 */
export function createSpeechProduction(options: SpeechProductionOptions): SpeechProduction {
  const { synthesizer, finisher, voice } = options
  const breaker = createCircuitBreaker({ clock: options.clock })
  const closing = new AbortController()

  async function produceOnce(text: string): Promise<Uint8Array> {
    const speech = await synthesizer.synthesize({ text, voice }, closing.signal)
    return encodeWav({ ...(await finisher.finish(speech, closing.signal)), comment: text })
  }

  return {
    async produce(text) {
      requireSpeakableText(text)
      if (!breaker.mayTry()) {
        throw new SpeechUnavailableError('the synthesizer is left alone for a while', { retryable: false })
      }
      try {
        const wav = await unlessClosed(
          () => retryOnce(() => produceOnce(text), closing.signal),
          closing.signal,
        )
        breaker.succeeded()
        return wav
      } catch (error) {
        if (error instanceof SpeechInputError) {
          breaker.succeeded()
        } else if (!(error instanceof SpeechBusyError)) {
          breaker.failed()
        }
        throw error
      }
    },
    isBreakerOpen: () => breaker.isOpen(),
    async close() {
      closing.abort()
      await Promise.all([finisher.close(), synthesizer.close?.()])
    },
  }
}

/** A second try after a short random pause, so that callers who failed together don't come back together. */
async function retryOnce<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      const mayRetry = error instanceof SpeechUnavailableError && error.retryable
      if (!mayRetry || attempt === triesMax) {
        throw error
      }
      await delay(retryDelayMinMs + Math.random() * (retryDelayMaxMs - retryDelayMinMs), undefined, {
        signal,
      })
    }
  }
}

/** What `work` gives, but no later than the closing: an adapter may not heed its signal. */
async function unlessClosed<Result>(work: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
  const { promise: closed, reject } = Promise.withResolvers<never>()
  const onAbort = (): void =>
    reject(new SpeechUnavailableError('the speech service was closed', { retryable: false }))
  if (signal.aborted) {
    onAbort()
    return closed
  }
  signal.addEventListener('abort', onAbort, { once: true })
  try {
    return await Promise.race([work(), closed])
  } finally {
    signal.removeEventListener('abort', onAbort)
  }
}
