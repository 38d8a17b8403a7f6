import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import { isLoggedIn, type DeliveryStatus, type Driver, type OutgoingMessage } from '../drivers/driver.ts'
import { answerWithin } from './answer-within.ts'
import { type Channel, maskRecipient } from './channel.ts'
import type { MessageState } from './message-state.ts'
import { MoveJournal } from './move-journal.ts'
import type { Move, OutboxStore, StoredMessage } from './outbox-store.ts'
import { GivenUpError, moveAfterError, type RetryPolicy } from './send-outcome.ts'
import type { Timers } from './timers.ts'
import type { ToldMove } from './told-move.ts'

export interface DispatcherOptions {
  /** Whose messages it hands over. */
  channel: Channel
  store: OutboxStore
  driver: Driver
  clock: Clock
  timers: Timers
  log: Logger
  /** In [0, 1); spreads retries and what a driver wants spread. */
  random: () => number
  retry: RetryPolicy
  /** A send without an answer for this long is given up: its message becomes `unknown`. */
  sendTimeoutMs: number
  /** When the quiet hours of an instant end; null when it lies in none. */
  quietUntil: (instant: Date) => Date | null
  /** How long a notice that was held over quiet hours may still be sent after them. */
  noticeLifeMs: number
  /** Told of every message that has settled, once that is on disk. */
  onSettled: (messageId: string, state: MessageState) => void
}

/** Pause after the store refused to work (a full disk), before everything is tried again. */
const storeFaultPauseMs = 1_000
/**
 * Hands queued messages of a channel to its driver: serial per recipient, at the driver's pace, each marked `sending` on disk
 * before the driver sees it. Sleeps until something is accepted, answered or due; one timer, no polling.
 */
export class Dispatcher {
  readonly #options: DispatcherOptions
  readonly #journal: MoveJournal
  readonly #underWay = new Map<string, AbortController>()
  #run: Promise<void> | null = null
  #runAgain = false
  #cancelTimer = (): void => {}
  #nextHandoverAtMs = 0
  #phase: 'open' | 'draining' | 'closed' = 'open'
  #onDrained = (): void => {}
  #lastSendOk: boolean | null = null
  /** When the next held notice may go, as of the last look at the queue; 0 = not looked yet. */
  #heldUntilMs = 0

  constructor(options: DispatcherOptions) {
    this.#options = options
    this.#journal = new MoveJournal(options)
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

  /**
   * The provider's word on a message; resolves when the store has it, or at a fault, after which it is kept in memory
   * and in its order until the store works again.
   */
  async report(status: DeliveryStatus): Promise<void> {
    if (this.#journal.addReport(status)) {
      await this.wake()
    }
  }

  /**
   * The provider's word on a message, for who must know that it is on disk: whether it moved the message, found it
   * further on already, or was about none of ours.
   * @throws what the store throws; nothing has happened then
   */
  async settle(status: DeliveryStatus): Promise<'moved' | 'unmoved' | 'unknown'> {
    const result = await this.#journal.settle(status)
    if (result === 'moved') {
      // The recipient's next message may go now.
      void this.wake()
    }
    return result
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
    await this.#journal.write()
    if (this.#phase !== 'open') {
      return
    }
    const { channel, store, clock, driver, onSettled, log } = this.#options
    // Taken before looking, so that what falls due while we look is not slept past.
    const now = clock.now()
    for (const messageId of await store.expireOverdue({ channel, now })) {
      log.warn({ messageId, state: 'expired' }, 'message settled')
      onSettled(messageId, 'expired')
    }
    await this.#releaseHeld(now)
    if (isLoggedIn(driver.state().state)) {
      await this.#handOver()
    }
    await this.#sleepUntilDue(now)
  }

  /** Lets go what was held over quiet hours that are over; asks the store only when something was. */
  async #releaseHeld(now: Date): Promise<void> {
    if (now.getTime() >= this.#heldUntilMs) {
      const { store, channel } = this.#options
      this.#heldUntilMs = (await store.releaseHeld({ channel, now }))?.getTime() ?? Infinity
    }
  }

  async #handOver(): Promise<void> {
    const { channel, store, clock, driver, random } = this.#options
    const { parallelMax, recipientIntervalMs, driverIntervalMs, driverJitterMs = 0 } = driver.pace
    while (this.#phase === 'open' && this.#underWay.size < parallelMax) {
      // First what was answered meanwhile: of a fast driver's answers, a crash must not find many unwritten.
      await this.#journal.write()
      const now = clock.now()
      if (now.getTime() < this.#nextHandoverAtMs) {
        return
      }
      const message = await store.nextReady({ channel, now, recipientIntervalMs })
      if (message === null) {
        return
      }
      if (message.isNotice && (await this.#held(message, now))) {
        continue
      }
      const { id, to, content } = message
      // On disk before the driver sees it: a crash from here on leaves `sending`, which is never sent again.
      const marked = await this.#mark(id, now)
      if (marked && content !== null) {
        // From the very handover: marking takes its time, and the next one may take less.
        const handedAtMs = clock.now().getTime()
        this.#nextHandoverAtMs = handedAtMs + driverIntervalMs + random() * driverJitterMs
        void this.#send(message, { id, to, content })
      }
    }
  }

  /** Whether a notice has to wait for the end of quiet hours; if so it does, and is not looked at again before. */
  async #held({ id }: StoredMessage, now: Date): Promise<boolean> {
    const { store, quietUntil, noticeLifeMs } = this.#options
    const until = quietUntil(now)
    if (until === null) {
      return false
    }
    await store.hold(id, { at: now, until, deadline: new Date(until.getTime() + noticeLifeMs) })
    return true
  }

  /** A fault may come after the mark was written, and then nothing but this would take it back: the driver knows of nothing. */
  async #mark(id: string, now: Date): Promise<boolean> {
    try {
      return await this.#options.store.move({ id, to: 'sending', at: now })
    } catch (error) {
      this.#journal.add({ id, to: 'queued', at: now, dueAt: now, reason: 'store_fault' })
      throw error
    }
  }

  async #send(stored: StoredMessage, outgoing: OutgoingMessage): Promise<void> {
    const { channel, driver, clock, timers, log, random, retry, sendTimeoutMs } = this.#options
    const { id } = outgoing
    const controller = new AbortController()
    this.#underWay.set(id, controller)
    const cancel = timers.setTimer(() => controller.abort(new GivenUpError('timeout')), sendTimeoutMs)
    let move: Move
    try {
      const { providerId } = await answerWithin(controller.signal, {
        sending: driver.send(outgoing, controller.signal),
        // Proves that an `unknown` message was sent; a late error proves nothing.
        onLateAnswer: (late) =>
          void this.#record({ id, to: 'sent', at: clock.now(), reason: 'late_answer', ...late }),
      })
      move = { id, to: 'sent', at: clock.now(), providerId }
    } catch (error) {
      move = moveAfterError(error, { id, tries: stored.tries + 1, at: clock.now(), random, retry })
      log.warn(
        {
          messageId: id,
          to: maskRecipient(outgoing.to),
          channel,
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

  async #record(move: ToldMove): Promise<void> {
    if (this.#phase !== 'closed') {
      this.#journal.add(move)
      await this.wake()
    }
  }

  async #sleepUntilDue(now: Date): Promise<void> {
    const { channel, store, driver } = this.#options
    const { recipientIntervalMs } = driver.pace
    this.#heldUntilMs = (await store.heldUntil(channel))?.getTime() ?? Infinity
    const dueAt = await store.nextWakeAt({ channel, now, recipientIntervalMs })
    if (dueAt === null) {
      this.#cancelTimer()
      return
    }
    const lookAtMs = Math.min(dueAt.getTime(), this.#heldUntilMs)
    const handoverAtMs = this.#nextHandoverAtMs > now.getTime() ? this.#nextHandoverAtMs : Infinity
    this.#setTimer(Math.max(0, Math.min(lookAtMs, handoverAtMs) - now.getTime()))
  }

  #setTimer(delayMs: number): void {
    this.#cancelTimer()
    if (this.#phase === 'open') {
      this.#cancelTimer = this.#options.timers.setTimer(() => void this.wake(), delayMs)
    }
  }
}
