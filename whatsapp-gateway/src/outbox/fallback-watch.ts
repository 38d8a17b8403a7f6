import { randomUUID } from 'node:crypto'
import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import { type MessageState, isDead } from './message-state.ts'
import type { OutboxStore } from './outbox-store.ts'
import type { Timers } from './timers.ts'

export interface FallbackWatchOptions {
  store: OutboxStore
  clock: Clock
  timers: Timers
  log: Logger
  /** Whether there is an e-mail channel; without one, planned fallbacks are only ended. */
  isPossible: boolean
  /** Told of each fallback that is on disk and waits to be sent. */
  onTaken: () => void
}

const faultPauseMs = 1_000

/**
 * Sends a code by e-mail when its first message did not arrive in time, or came to a dead end. What is planned and what
 * is decided lies in the outbox; this only looks there when something is due.
 */
export class FallbackWatch {
  readonly #options: FallbackWatchOptions
  #run: Promise<void> | null = null
  #runAgain = false
  #closed = false
  #timer: { atMs: number; cancel: () => void } | null = null

  constructor(options: FallbackWatchOptions) {
    this.#options = options
  }

  /** A fallback was planned for that time. */
  planned(dueAt: Date): void {
    if (this.#timer === null || dueAt.getTime() < this.#timer.atMs) {
      this.#setTimer(dueAt.getTime())
    }
  }

  /** A message has settled: at a dead end its fallback is due. */
  settled(state: MessageState): void {
    if (isDead(state)) {
      void this.wake()
    }
  }

  /** Carries out what is due; resolves when nothing is, or after a fault that is tried again later. */
  wake(): Promise<void> {
    if (this.#closed) {
      return Promise.resolve()
    }
    this.#runAgain = true
    this.#run ??= this.#runUntilQuiet()
    return this.#run
  }

  /** Begins nothing more and waits for what is being written. */
  async close(): Promise<void> {
    this.#closed = true
    this.#timer?.cancel()
    await this.#run
  }

  async #runUntilQuiet(): Promise<void> {
    while (this.#runAgain && !this.#closed) {
      this.#runAgain = false
      try {
        await this.#takeDue()
      } catch (error) {
        this.#options.log.error({ errorName: (error as Error).name }, 'fallback store fault')
        // At the commit it may have come after it: whoever sends looks for it all the same.
        this.#options.onTaken()
        this.#setTimer(this.#options.clock.now().getTime() + faultPauseMs)
      }
    }
    this.#run = null
  }

  async #takeDue(): Promise<void> {
    const { store, clock, log, isPossible, onTaken } = this.#options
    const take = () => store.takeFallback({ now: clock.now(), newId: randomUUID(), isPossible })
    for (let taken = await take(); taken !== null; taken = this.#closed ? null : await take()) {
      const { first, second } = taken
      if (second !== null) {
        log.warn({ messageId: first.id, fallbackId: second.id, state: first.state }, 'code goes by e-mail')
        onTaken()
      }
    }
    const nextAt = await store.nextFallbackAt()
    if (nextAt !== null) {
      this.#setTimer(nextAt.getTime())
    }
  }

  #setTimer(atMs: number): void {
    this.#timer?.cancel()
    if (!this.#closed) {
      const cancel = this.#options.timers.setTimer(
        () => {
          this.#timer = null
          void this.wake()
        },
        Math.max(0, atMs - this.#options.clock.now().getTime()),
      )
      this.#timer = { atMs, cancel }
    }
  }
}
