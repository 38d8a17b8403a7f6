import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import { maskPhoneNumber } from '@ura/core/phone-number'
import { isLoggedIn, type DeliveryStatus, type Driver, type OutgoingMessage } from '../drivers/driver.ts'
import { isSettled, type MessageState } from './message-state.ts'
import type { Move, OutboxStore, StoredMessage } from './outbox-store.ts'
import { GivenUpError, moveAfterError, type RetryPolicy } from './send-outcome.ts'
import type { Timers } from './timers.ts'

export interface DispatcherOptions {
  store: OutboxStore
  driver: Driver
  clock: Clock
  timers: Timers
  log: Logger
  /** In [0, 1); spreads retries and the driver's pace. */
  random: () => number
  retry: RetryPolicy
  /** A send without an answer for this long is given up: its message becomes `unknown`. */
  sendTimeoutMs: number
  /** Told of every message that has settled, once that is on disk. */
  onSettled: (messageId: string, state: MessageState) => void
}

/** Pause after the store refused to work (a full disk), before everything is tried again. */
const storeFaultPauseMs = 1_000

/**
 * Hands queued messages to the driver: serial per recipient, at the driver's pace, each marked `sending` on disk
 * before the driver sees it. Sleeps until something is accepted, answered or due; one timer, no polling.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions
  /** What has happened but isn't on disk yet; kept in order until the store takes it. */
  readonly #moves: Move[] = []
  readonly #underWay = new Map<string, AbortController>()
  #run: Promise<void> | null = null
  #runAgain = false
  #cancelTimer = (): void => {}
  #nextHandoverAtMs = 0
  #phase: 'open' | 'draining' | 'closed' = 'open'
  #onDrained = (): void => {}
  #lastSendOk: boolean | null = null

  constructor(options: DispatcherOptions) {
    this.#options = options
    // A driver that must be fed slowly may have been fed right before this start.
    const { driver, clock } = options
    this.#nextHandoverAtMs = clock.now().getTime() + driver.pace.driverIntervalMs
  }

  /** Whether the newest answered send succeeded; null before the first since the start. */
  get lastSendOk(): boolean | null {
    return this.#lastSendOk
  }

  /** Looks at the queue; resolves when everything that could be handed over has been, and what happened is on disk. */
  wake(): Promise<void> {
    if (this.#phase === 'closed') {
      return Promise.resolve()
    }
    this.#runAgain = true
    this.#run ??= this.#runUntilQuiet()
    return this.#run
  }

  /** The provider's word on a message. */
  async report(status: DeliveryStatus): Promise<void> {
    const { store } = this.#options
    const id = status.identifiedBy === 'message' ? status.id : (await store.findByProviderId(status.id))?.id
    if (id !== undefined) {
      await this.#record({ id, to: status.state, at: status.at, reason: 'provider' })
    }
  }

  /** Hands over nothing more, waits up to `graceMs` for what is under way and gives the rest up as `unknown`. */
  async drain(graceMs: number): Promise<void> {
    this.#phase = 'draining'
    this.#cancelTimer()
    // A message being marked right now is still handed over.
    await this.wake()
    if (this.#underWay.size > 0) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#onDrained = resolve
      const cancel = this.#options.timers.setTimer(() => this.#giveUpAll(), graceMs)
      await promise
      cancel()
    }
    await this.wake()
    this.#phase = 'closed'
    this.#cancelTimer()
  }

  #giveUpAll(): void {
    for (const controller of this.#underWay.values()) {
      controller.abort(new GivenUpError('shutdown'))
    }
  }

  async #runUntilQuiet(): Promise<void> {
    // Lets the request that woke us be answered first.
    await nextTurn()
    while (this.#runAgain) {
      this.#runAgain = false
      try {
        await this.#runOnce()
      } catch (error) {
        this.#options.log.error({ errorName: (error as Error).name }, 'outbox store fault')
        this.#setTimer(storeFaultPauseMs)
      }
    }
    this.#run = null
  }

  async #runOnce(): Promise<void> {
    await this.#writeMoves()
    if (this.#phase !== 'open') {
      return
    }
    const { store, clock, driver, onSettled, log } = this.#options
    // Taken before looking, so that what falls due while we look is not slept past.
    const now = clock.now()
    for (const messageId of await store.expireOverdue(now)) {
      log.warn({ messageId, state: 'expired' }, 'message settled')
      onSettled(messageId, 'expired')
    }
    if (isLoggedIn(driver.state().state)) {
      await this.#handOver()
    }
    await this.#sleepUntilDue(now)
  }

  /** Writes what happened, oldest first; an entry stays until the store has it. */
  async #writeMoves(): Promise<void> {
    const { store, onSettled, log } = this.#options
    for (let move = this.#moves[0]; move !== undefined; move = this.#moves[0]) {
      const moved = await store.move(move)
      this.#moves.shift()
      if (moved) {
        log.info({ messageId: move.id, state: move.to, reason: move.reason }, 'message moved')
      }
      if (moved && isSettled(move.to)) {
        onSettled(move.id, move.to)
      }
    }
  }

  async #handOver(): Promise<void> {
    const { store, clock, driver, random } = this.#options
    const { parallelMax, recipientIntervalMs, driverIntervalMs, driverJitterMs = 0 } = driver.pace
    while (this.#phase === 'open' && this.#underWay.size < parallelMax) {
      // First what was answered meanwhile: of a fast driver's answers, a crash must not find many unwritten.
      await this.#writeMoves()
      const now = clock.now()
      if (now.getTime() < this.#nextHandoverAtMs) {
        return
      }
      const message = await store.nextReady({ now, recipientIntervalMs })
      if (message === null) {
        return
      }
      const { id, to, content } = message
      // On disk before the driver sees it: a crash from here on leaves `sending`, which is never sent again.
      const marked = await store.move({ id, to: 'sending', at: now })
      if (marked && content !== null) {
        this.#nextHandoverAtMs = now.getTime() + driverIntervalMs + random() * driverJitterMs
        void this.#send(message, { id, to, content })
      }
    }
  }

  async #send(stored: StoredMessage, outgoing: OutgoingMessage): Promise<void> {
    const { driver, clock, timers, log, random, retry, sendTimeoutMs } = this.#options
    const { id } = outgoing
    const controller = new AbortController()
    this.#underWay.set(id, controller)
    const cancel = timers.setTimer(() => controller.abort(new GivenUpError('timeout')), sendTimeoutMs)
    let move: Move
    try {
      const { providerId } = await this.#answered(outgoing, controller.signal)
      move = { id, to: 'sent', at: clock.now(), providerId }
    } catch (error) {
      move = moveAfterError(error, { id, tries: stored.tries + 1, at: clock.now(), random, retry })
      log.warn(
        {
          messageId: id,
          to: maskPhoneNumber(outgoing.to),
          driver: driver.name,
          errorName: (error as Error).name,
        },
        'message not sent',
      )
    } finally {
      cancel()
    }
    this.#lastSendOk = move.to === 'sent'
    this.#underWay.delete(id)
    await this.#record(move)
    if (this.#underWay.size === 0) {
      this.#onDrained()
    }
  }

  /** The driver's answer, or the signal's reason when that comes first: a driver that hangs holds up nobody. */
  async #answered(outgoing: OutgoingMessage, signal: AbortSignal): Promise<{ providerId: string }> {
    const { promise: aborted, reject } = Promise.withResolvers<never>()
    const giveUp = (): void => reject(signal.reason as GivenUpError)
    signal.addEventListener('abort', giveUp, { once: true })
    const sending = this.#options.driver.send(outgoing, signal)
    try {
      return await Promise.race([sending, aborted])
    } catch (error) {
      if (signal.aborted) {
        this.#recordLateAnswer(outgoing.id, sending)
      }
      throw error
    } finally {
      signal.removeEventListener('abort', giveUp)
    }
  }

  /** An answer after the timeout proves that an `unknown` message was sent; a late error proves nothing. */
  #recordLateAnswer(id: string, sending: Promise<{ providerId: string }>): void {
    void sending.then(
      ({ providerId }) =>
        this.#record({ id, to: 'sent', at: this.#options.clock.now(), reason: 'late_answer', providerId }),
      () => {},
    )
  }

  async #record(move: Move): Promise<void> {
    if (this.#phase !== 'closed') {
      this.#moves.push(move)
      await this.wake()
    }
  }

  async #sleepUntilDue(now: Date): Promise<void> {
    const { store, driver } = this.#options
    const { recipientIntervalMs } = driver.pace
    const dueAt = await store.nextWakeAt({ now, recipientIntervalMs })
    if (dueAt === null) {
      this.#cancelTimer()
      return
    }
    const handoverAtMs = this.#nextHandoverAtMs > now.getTime() ? this.#nextHandoverAtMs : Infinity
    this.#setTimer(Math.max(0, Math.min(dueAt.getTime(), handoverAtMs) - now.getTime()))
  }

  #setTimer(delayMs: number): void {
    this.#cancelTimer()
    if (this.#phase === 'open') {
      this.#cancelTimer = this.#options.timers.setTimer(() => void this.wake(), delayMs)
    }
  }
}
