import type { Logger } from '@ura/core/logger'
import {
  BrokenCircuitError,
  circuitBreaker,
  type CircuitBreakerPolicy,
  CircuitState,
  ConsecutiveBreaker,
  DelegateBackoff,
  handleWhen,
  retry,
  TaskCancelledError,
  timeout,
  TimeoutStrategy,
  wrap,
} from 'cockatiel'
import {
  type Mp3Audio,
  type PcmAudio,
  requireSpeakableText,
  SpeechBusyError,
  speechFaultReasonOf,
  SpeechInputError,
  SpeechUnavailableError,
  type Synthesizer,
} from './synthesizer.ts'
import type { TelephonyFinisher } from './telephony-finisher.ts'
import { encodeWav } from './wav.ts'

/** Whether a synthesizer is asked (`closed`), is being tried again with one text, or is left alone. */
export type BreakerState = 'closed' | 'half_open' | 'open'

/** Texts into WAV files fit for a phone call, however the synthesizer fares. */
export interface SpeechProduction {
  /**
   * The bytes of the WAV file that speaks `text` and carries it as its comment; within 9 s.
   *
   * @throws SpeechInputError when the text can't be spoken
   * @throws SpeechBusyError when too many texts are asked for at once
   * @throws SpeechUnavailableError when it can't be had; at once while the breaker is open
   */
  produce(text: string): Promise<Uint8Array>
  breaker(): BreakerState
  /** Ends what is pending, the synthesizer and the finishing thread. */
  close(): Promise<void>
}

export interface SpeechProductionOptions {
  synthesizer: Synthesizer
  finisher: TelephonyFinisher
  voice: string
  /** Told when the synthesizer is left alone and when it speaks again. */
  log: Logger
}

/**
 * Both tries at a text, the pause between them and the finishing, in milliseconds: two adapters' timeouts of 4 s and
 * some. A step of a call has 15 s at the API.
 */
export const triesBudgetMs = 9_000
const retriesMax = 1
const retryDelayMinMs = 50
const retryDelayMaxMs = 250
const failuresToOpen = 5
/** How long an open breaker leaves the synthesizer alone, in milliseconds; then one text tries. */
export const breakerOpenMs = 10_000

/**
 * Two tries at a text; the adapter bounds each and `triesBudgetMs` both. Five texts in a row that fail open the
 * breaker; those whose turn didn't come, or that nobody can speak, say nothing of the synthesizer and don't count.
 */
export function createSpeechProduction(options: SpeechProductionOptions): SpeechProduction {
  const { synthesizer, finisher, voice } = options
  const closing = new AbortController()
  const breaker = circuitBreaker(handleWhen(isFailure), {
    halfOpenAfter: breakerOpenMs,
    breaker: new ConsecutiveBreaker(failuresToOpen),
  })
  const tries = wrap(
    breaker,
    timeout(triesBudgetMs, TimeoutStrategy.Aggressive),
    retry(handleWhen(mayRetry), { maxAttempts: retriesMax, backoff: new DelegateBackoff(retryDelayMs) }),
  )
  logChanges(breaker, options.log)

  async function produceOnce(text: string, signal: AbortSignal): Promise<Uint8Array> {
    // The library's pause between two tries doesn't end with the signal.
    if (signal.aborted) {
      throw new TaskCancelledError()
    }
    const speech = await synthesizer.synthesize({ text, voice }, signal)
    return encodeWav({ ...(await finish(speech, signal)), comment: text })
  }

  /** The text was looked at before: a finisher that finds fault finds it with the sound. */
  async function finish(speech: PcmAudio | Mp3Audio, signal: AbortSignal): Promise<PcmAudio> {
    try {
      return await finisher.finish(speech, signal)
    } catch (error) {
      throw error instanceof SpeechInputError
        ? new SpeechUnavailableError(error.message, { retryable: true, reason: 'no_sound', cause: error })
        : error
    }
  }

  return {
    async produce(text) {
      requireSpeakableText(text)
      try {
        return await tries.execute(async ({ signal }) => produceOnce(text, signal), closing.signal)
      } catch (error) {
        throw asSpeechError(error, closing.signal.aborted)
      }
    },
    breaker: () => breakerStates[breaker.state],
    async close() {
      closing.abort()
      await Promise.all([finisher.close(), synthesizer.close?.()])
    },
  }
}

const breakerStates: Readonly<Record<CircuitState, BreakerState>> = {
  [CircuitState.Closed]: 'closed',
  [CircuitState.HalfOpen]: 'half_open',
  [CircuitState.Open]: 'open',
  [CircuitState.Isolated]: 'open',
}

function isFailure(error: unknown): boolean {
  return !(error instanceof SpeechInputError || error instanceof SpeechBusyError)
}

function mayRetry(error: unknown): boolean {
  return error instanceof SpeechUnavailableError && error.retryable
}

/** Random, so that callers who failed together don't come back together. */
function retryDelayMs(): number {
  return retryDelayMinMs + Math.random() * (retryDelayMaxMs - retryDelayMinMs)
}

/** The library's own errors in the terms of this house. */
function asSpeechError(error: unknown, isClosed: boolean): unknown {
  if (isClosed) {
    return new SpeechUnavailableError('the speech service was closed', { retryable: false, reason: 'closed' })
  }
  if (error instanceof BrokenCircuitError) {
    return new SpeechUnavailableError('the synthesizer is left alone for a while', {
      retryable: false,
      reason: 'breaker_open',
    })
  }
  return error instanceof TaskCancelledError
    ? new SpeechUnavailableError('the tries took too long together', { retryable: false, reason: 'timeout' })
    : error
}

/** One line when the synthesizer is given up and one when it speaks again; none for each vain trial between them. */
function logChanges(breaker: CircuitBreakerPolicy, log: Logger): void {
  let isLeftAlone = false
  breaker.onBreak((failure) => {
    if (!isLeftAlone) {
      isLeftAlone = true
      const error = 'error' in failure ? failure.error : undefined
      const reason = speechFaultReasonOf(asSpeechError(error, false))
      log.warn({ reason }, 'synthesizer keeps failing and is left alone')
    }
  })
  breaker.onReset(() => {
    isLeftAlone = false
    log.info('synthesizer speaks again')
  })
}
