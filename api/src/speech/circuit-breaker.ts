import type { Clock } from '@ura/core/clock'

/** Spares callers the wait for something that keeps failing. */
export interface CircuitBreaker {
  /** Whether to try now. After the pause one caller may, and the others wait for how it fares. */
  mayTry(): boolean
  succeeded(): void
  failed(): void
  isOpen(): boolean
}

/**
 * @param options.failuresToOpen failures in a row that stop the tries, default 5
 * @param options.openMs how long they stop, default 10,000 ms
 */
export function createCircuitBreaker(options: {
  clock: Clock
  failuresToOpen?: number
  openMs?: number
}): CircuitBreaker {
  const { clock, failuresToOpen = 5, openMs = 10_000 } = options
  let failures = 0
  let openUntilMs = 0
  const nowMs = (): number => clock.now().getTime()
  return {
    mayTry() {
      if (failures < failuresToOpen) {
        return true
      }
      if (nowMs() < openUntilMs) {
        return false
      }
      openUntilMs = nowMs() + openMs
      return true
    },
    succeeded() {
      failures = 0
    },
    failed() {
      failures += 1
      openUntilMs = nowMs() + openMs
    },
    isOpen: () => failures >= failuresToOpen,
  }
}
