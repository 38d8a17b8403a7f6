import { setTimeout as sleep } from 'node:timers/promises'
import { withDeadline } from '../deadline.ts'
import { HelpdeskError } from '../errors.ts'

export interface Budget {
  /** Milliseconds for everything: all attempts and the pauses between them. */
  totalMs: number
  /** Milliseconds for one attempt. */
  attemptMs: number
  /** Attempts at most; default: as many as there is time for. */
  attemptsMax?: number
}

const firstPauseMs = 100
const longestPauseMs = 2_000

/**
 * Runs `attempt` until it succeeds, fails for good, or the budget is spent. Pauses grow from 100 ms to 2 s with
 * full jitter (so that many calls don't come back at once); an error's own `retryAfterSeconds` is kept to.
 * @throws the last error; the signal's reason when it is aborted.
 */
export async function withinBudget<T>(
  budget: Budget,
  signal: AbortSignal | undefined,
  attempt: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const endsAt = performance.now() + budget.totalMs
  for (let failures = 0; ; failures += 1) {
    const remainingMs = endsAt - performance.now()
    const limitMs = Math.max(1, Math.min(budget.attemptMs, Math.ceil(remainingMs)))
    try {
      return await withDeadline({ limitMs, signal }, attempt)
    } catch (error) {
      signal?.throwIfAborted()
      const failure = asHelpdeskError(error)
      const pauseMs = pauseAfter(failure, failures)
      const isLast = failures + 1 >= (budget.attemptsMax ?? Infinity)
      if (isLast || !failure.retryable || performance.now() + pauseMs >= endsAt) {
        throw failure
      }
      await sleep(pauseMs, undefined, signal === undefined ? {} : { signal }).catch(() =>
        signal?.throwIfAborted(),
      )
    }
  }
}

function pauseAfter(error: HelpdeskError, failures: number): number {
  if (error.retryAfterSeconds !== undefined) {
    return error.retryAfterSeconds * 1_000
  }
  return Math.random() * Math.min(longestPauseMs, firstPauseMs * 2 ** failures) + firstPauseMs / 2
}

function asHelpdeskError(error: unknown): HelpdeskError {
  return error instanceof HelpdeskError ? error : new HelpdeskError('SERVICO_INDISPONIVEL', { cause: error })
}
