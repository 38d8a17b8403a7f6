import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import {
  type SpeechFaultReason,
  speechFaultReasonOf,
  speechFaultReasons,
  SpeechUnavailableError,
} from './synthesizer.ts'

/** How often something happened since the start, by reason. */
export type ReasonCounts = Readonly<Record<SpeechFaultReason, number>>

/** Of each reason: none. */
export function noReasons(): Record<SpeechFaultReason, number> {
  const none = speechFaultReasons.map((reason) => [reason, 0])
  return Object.fromEntries(none) as Record<SpeechFaultReason, number>
}

/** Counts what goes wrong with one voice, and tells it without a line for each text. */
export interface SpeechReport {
  /** Counts a text without sound, and gives why. Each reason is told once a minute at most. */
  failed(error: unknown, text: { kind: string; characters: number }): SpeechFaultReason
  /**
   * The audio folder failed; told once until it works again.
   *
   * @throws SpeechUnavailableError always, with the reason `storage`
   */
  storageFailed: (error: unknown) => never
  /** A file was written. */
  storageWorked(): void
  counts(): { failures: number; silences: ReasonCounts; isStorageFailing: boolean }
  /** From now on nothing is news: what fails, fails because of the stop. */
  stop(): void
}

const tellEveryMs = 60_000

/**
 * @param options.isLeftAlone whether the breaker keeps the synthesizer from being asked, which it tells by itself
 */
export function createSpeechReport(options: {
  clock: Clock
  log: Logger
  isLeftAlone: () => boolean
}): SpeechReport {
  const { clock, log, isLeftAlone } = options
  const silences = noReasons()
  const toldAtMs = new Map<SpeechFaultReason, number>()
  let failures = 0
  let isStorageFailing = false
  let isStopped = false

  function isNews(reason: SpeechFaultReason): boolean {
    const nowMs = clock.now().getTime()
    const isTold = Math.abs(nowMs - (toldAtMs.get(reason) ?? -Infinity)) < tellEveryMs
    if (isStopped || isTold || reason === 'storage' || isLeftAlone()) {
      return false
    }
    toldAtMs.set(reason, nowMs)
    return true
  }

  return {
    failed(error, text) {
      const reason = speechFaultReasonOf(error)
      failures += 1
      silences[reason] += 1
      const detail = error instanceof Error ? error.message : 'unknown'
      log[isNews(reason) ? 'warn' : 'debug']({ reason, detail, ...text }, 'speech could not be had')
      return reason
    },
    storageFailed(error) {
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown'
      if (!isStorageFailing && !isStopped) {
        isStorageFailing = true
        log.error({ code }, 'audio can not be kept')
      }
      throw new SpeechUnavailableError(`the audio folder failed (${code})`, {
        retryable: false,
        reason: 'storage',
        cause: error,
      })
    },
    storageWorked() {
      if (isStorageFailing) {
        isStorageFailing = false
        log.info('audio can be kept again')
      }
    },
    counts: () => ({ failures, silences: { ...silences }, isStorageFailing }),
    stop() {
      isStopped = true
    },
  }
}
