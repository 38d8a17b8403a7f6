import { NotSentError } from '../drivers/driver.ts'
import type { Move } from './outbox-store.ts'

/** How often and how far apart a message that is known unsent is tried again. */
export interface RetryPolicy {
  /** Tries in all, the first included. */
  readonly triesMax: number
  /** Delay after the first try; it doubles with every further one. */
  readonly delayMs: number
  readonly delayMaxMs: number
}

/** Why a send that nobody answered was given up. */
export class GivenUpError extends Error {
  override readonly name = 'GivenUpError'
  readonly reason: 'timeout' | 'shutdown'

  constructor(reason: 'timeout' | 'shutdown') {
    super(reason)
    this.reason = reason
  }
}

/**
 * What becomes of a message whose send failed: again later when it is known unsent and tries are left, `failed` when
 * it is known unsent for good, `unknown` when it may have left.
 */
export function moveAfterError(
  error: unknown,
  context: { id: string; tries: number; at: Date; random: () => number; retry: RetryPolicy },
): Move {
  const { id, tries, at, random, retry } = context
  if (!(error instanceof NotSentError)) {
    return { id, to: 'unknown', at, reason: error instanceof GivenUpError ? error.reason : 'driver_error' }
  }
  if (!error.retryable || (tries >= retry.triesMax && !error.untilDeadline)) {
    return { id, to: 'failed', at, reason: error.reason }
  }
  const delayMs = Math.max(error.retryAfterMs, retryDelayMs(tries, random(), retry))
  const dueAt = new Date(at.getTime() + delayMs)
  return { id, to: 'queued', at, reason: error.reason, dueAt }
}

/** Exponential with jitter: half to all of `delayMs · 2^(tries-1)`, bounded; `random` is in [0, 1). */
export function retryDelayMs(tries: number, random: number, retry: RetryPolicy): number {
  const fullMs = Math.min(retry.delayMaxMs, retry.delayMs * 2 ** (tries - 1))
  return Math.round(fullMs * (0.5 + random / 2))
}
