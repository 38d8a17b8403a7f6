import type { Timers } from './timers.ts'

/** Lets a request wait until its message is settled, bounded in time. */
export class Settlements {
  readonly #timers: Timers
  readonly #waiting = new Map<string, Set<() => void>>()

  constructor(timers: Timers) {
    this.#timers = timers
  }

  /** Resolves when the message settles, `waitMs` is over or the gateway closes, whichever is first. */
  async wait(messageId: string, waitMs: number): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    const waiting = this.#waiting.get(messageId) ?? new Set()
    this.#waiting.set(messageId, waiting.add(resolve))
    const cancel = this.#timers.setTimer(resolve, waitMs)
    try {
      await promise
    } finally {
      cancel()
      waiting.delete(resolve)
      if (waiting.size === 0 && this.#waiting.get(messageId) === waiting) {
        this.#waiting.delete(messageId)
      }
    }
  }

  settled(messageId: string): void {
    this.#waiting.get(messageId)?.forEach((resolve) => resolve())
  }

  releaseAll(): void {
    for (const waiting of this.#waiting.values()) {
      waiting.forEach((resolve) => resolve())
    }
  }
}
