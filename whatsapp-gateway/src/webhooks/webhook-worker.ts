import type { Clock } from '@ura/core/clock'
import { isBusy, isUnavailable } from '@ura/core/database/database-errors'
import type { Logger } from '@ura/core/logger'
import type { Timers } from '../outbox/timers.ts'
import type { WebhookCallStore } from './webhook-call-store.ts'

export interface WebhookWorkerOptions {
  calls: WebhookCallStore
  /** Gives a call its effects, on disk when it resolves; it may be asked again after a crash or an error. */
  work: (body: string) => Promise<void>
  clock: Clock
  timers: Timers
  log: Logger
  retentionDays: number
}

const faultPauseMs = 1_000
/** A call that fails this often for another reason than the database is set aside, or it would hold up all others. */
const triesMax = 3

/** Works webhook calls through, oldest first, each until its effects are on disk. */
export class WebhookWorker {
  readonly #options: WebhookWorkerOptions
  #run: Promise<void> | null = null
  #runAgain = false
  #closed = false
  #failures = 0
  #cancelTimer = (): void => {}

  constructor(options: WebhookWorkerOptions) {
    this.#options = options
  }

  /** Works through what waits; resolves when nothing does, or after a fault that is tried again later. */
  wake(): Promise<void> {
    if (this.#closed) {
      return Promise.resolve()
    }
    this.#runAgain = true
    this.#run ??= this.#runUntilQuiet()
    return this.#run
  }

  /** Begins no other call and waits for the one that is being worked through. */
  async close(): Promise<void> {
    this.#closed = true
    this.#cancelTimer()
    await this.#run
  }

  async #runUntilQuiet(): Promise<void> {
    while (this.#runAgain && !this.#closed) {
      this.#runAgain = false
      try {
        await this.#workThrough()
      } catch (error) {
        this.#options.log.error({ errorName: (error as Error).name }, 'webhook call not worked through')
        this.#cancelTimer()
        this.#cancelTimer = this.#options.timers.setTimer(() => void this.wake(), faultPauseMs)
      }
    }
    this.#run = null
  }

  async #workThrough(): Promise<void> {
    const { calls, work, clock, retentionDays } = this.#options
    await calls.prune(new Date(clock.now().getTime() - retentionDays * 86_400_000))
    for (let call = await calls.next(); call !== null && !this.#closed; call = await calls.next()) {
      try {
        await work(call.body)
      } catch (error) {
        await this.#failed(call.place, error)
        throw error
      }
      await calls.done(call.place)
      this.#failures = 0
    }
  }

  /** Counts towards setting the call aside, unless it is the database that failed or no room was left. */
  async #failed(place: number, error: unknown): Promise<void> {
    const mayPass =
      isUnavailable(error) || isBusy(error) || (error as { retryable?: unknown }).retryable === true
    this.#failures += mayPass ? 0 : 1
    if (this.#failures >= triesMax) {
      this.#failures = 0
      await this.#options.calls.setAside(place, this.#options.clock.now())
      this.#options.log.error({ place }, 'webhook call set aside')
    }
  }
}
