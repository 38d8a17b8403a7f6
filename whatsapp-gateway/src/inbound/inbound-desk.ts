import { randomUUID } from 'node:crypto'
import type { Clock } from '@ura/core/clock'
import { HelpdeskError } from '@ura/core/errors'
import type { Logger } from '@ura/core/logger'
import { maskPhoneNumber } from '@ura/core/phone-number'
import { hashRequest } from '../messages/message-request.ts'
import type { NewMessage } from '../outbox/outbox-store.ts'
import type { Timers } from '../outbox/timers.ts'
import type { AnswerableMessage, InboundConsumer, InboundDecision } from './inbound-consumer.ts'
import type { InboundOutcome, InboundStore, StoredInbound } from './inbound-store.ts'
import { receivedRawMax, receivedTextMax, type ReceivedMessage } from './received-message.ts'

export interface InboundDeskOptions {
  store: InboundStore
  /** null = messages are kept and nobody answers. */
  consumer: InboundConsumer | null
  clock: Clock
  timers: Timers
  log: Logger
  /** Secret that keys the hashes of bodies. */
  hashKey: string
  /** As for messages that are asked to be sent. */
  queuedMax: number
  retentionDays: number
  /** Told that a reply is in the outbox. */
  onReply: () => void
  /** Told of each message worked through, and of those that came again or found no room. */
  onCounted: (result: InboundOutcome | 'repeated' | 'full') => void
}

/** Messages that may wait to be worked through; more are refused, and the provider brings them again. */
const unprocessedMax = 10_000
/** Older messages are not answered: WhatsApp takes free text for a day, and the question has been settled since. */
const answerableMs = 23 * 60 * 60 * 1_000
/** How long a reply may wait to be sent. */
const replyLifeMs = 60 * 60 * 1_000
const recentMs = 60 * 60 * 1_000
const triesMax = 6
const retryDelayMs = 1_000
const faultPauseMs = 1_000
const pruneIntervalMs = 60 * 60 * 1_000

/**
 * Takes received messages in, each once, and works them through one after another: what the consumer decides is
 * committed together with its reply, so that a crash at any moment neither loses a message nor answers it twice.
 */
export class InboundDesk {
  readonly #options: InboundDeskOptions
  #run: Promise<void> | null = null
  #runAgain = false
  #closed = false
  #pruneAtMs = 0
  #cancelTimer = (): void => {}

  constructor(options: InboundDeskOptions) {
    this.#options = options
  }

  /**
   * Keeps a message, on disk when this resolves; a known one changes nothing.
   * @throws HelpdeskError SERVICO_INDISPONIVEL when too many wait; what the store throws
   */
  async receive(message: ReceivedMessage): Promise<void> {
    const { store, clock, onCounted } = this.#options
    const receivedAt = clock.now()
    const result = await store.receive(
      {
        ...message,
        // A provider's clock that runs ahead must not hold a window open.
        sentAt: message.sentAt > receivedAt ? receivedAt : message.sentAt,
        text: message.text?.slice(0, receivedTextMax) ?? null,
        raw: message.raw.slice(0, receivedRawMax),
      },
      { receivedAt, unprocessedMax },
    )
    if (result !== 'stored') {
      onCounted(result)
    }
    if (result === 'full') {
      throw new HelpdeskError('SERVICO_INDISPONIVEL', { retryAfterSeconds: 60 })
    }
    void this.wake()
  }

  /** Works through what waits; resolves when nothing is due. */
  wake(): Promise<void> {
    if (this.#closed) {
      return Promise.resolve()
    }
    this.#runAgain = true
    this.#run ??= this.#runUntilQuiet()
    return this.#run
  }

  /** Begins nothing more and waits for the message that is being worked through. */
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
        this.#options.log.error({ errorName: (error as Error).name }, 'inbound store fault')
        // At the commit of a reply it may have come after it: whoever sends looks for it all the same.
        this.#options.onReply()
        this.#setTimer(faultPauseMs)
      }
    }
    this.#run = null
  }

  async #workThrough(): Promise<void> {
    const { store, clock } = this.#options
    await this.#pruneNowAndThen(clock.now())
    for (
      let message = await store.next(clock.now());
      message !== null && !this.#closed;
      message = await store.next(clock.now())
    ) {
      await this.#process(message)
    }
    const dueAt = await store.nextDueAt()
    if (dueAt !== null) {
      this.#setTimer(Math.max(1, dueAt.getTime() - clock.now().getTime()))
    }
  }

  async #process(message: StoredInbound): Promise<void> {
    const { store, clock, log, queuedMax, onReply, onCounted } = this.#options
    const { place } = message
    const now = clock.now()
    let decision: InboundDecision | { outcome: 'stale'; reply: null }
    try {
      decision = await this.#decide(message, now)
    } catch (error) {
      const errorName = error instanceof HelpdeskError ? error.code : (error as Error).name
      log.warn({ place, tries: message.tries + 1, errorName }, 'received message could not be answered yet')
      await store.postpone(place, new Date(now.getTime() + retryDelayMs * 2 ** message.tries))
      return
    }
    const { outcome } = decision
    const reply = decision.reply === null ? null : this.#replyTo(message, decision.reply, clock.now())
    if (!(await store.complete(place, { outcome, at: clock.now(), reply, queuedMax }))) {
      // The outbox is full: the decision is made anew once there is room.
      await store.postpone(
        place,
        new Date(now.getTime() + retryDelayMs * 2 ** Math.min(message.tries, triesMax)),
      )
      return
    }
    const from = message.from === null ? null : maskPhoneNumber(message.from)
    log.info({ place, from, kind: message.kind, outcome }, 'received message worked through')
    onCounted(outcome)
    if (reply !== null) {
      onReply()
    }
  }

  async #decide(
    message: StoredInbound,
    now: Date,
  ): Promise<InboundDecision | { outcome: 'stale'; reply: null }> {
    const { store, consumer } = this.#options
    const { from } = message
    if (consumer === null || from === null || !isAnswerable(message)) {
      return { outcome: 'ignored', reply: null }
    }
    if (now.getTime() - message.sentAt.getTime() > answerableMs) {
      return { outcome: 'stale', reply: null }
    }
    const recent = await store.recentOutcomes(from, new Date(now.getTime() - recentMs))
    const answerable: AnswerableMessage = { ...message, from }
    return message.tries >= triesMax
      ? consumer.giveUp(answerable, recent)
      : await consumer.consume(answerable, recent)
  }

  #replyTo({ channel, id, from }: StoredInbound, text: string, acceptedAt: Date): NewMessage {
    const content = { kind: 'text', text, replyTo: id } as const
    const to = from ?? ''
    return {
      id: randomUUID(),
      idempotencyKey: `inbound:${channel}:${id}`,
      bodyHash: hashRequest({ phone: to, content }, this.#options.hashKey),
      to,
      content,
      acceptedAt,
      deadline: new Date(acceptedAt.getTime() + replyLifeMs),
    }
  }

  async #pruneNowAndThen(now: Date): Promise<void> {
    if (now.getTime() >= this.#pruneAtMs) {
      this.#pruneAtMs = now.getTime() + pruneIntervalMs
      const { store, retentionDays } = this.#options
      await store.prune(new Date(now.getTime() - retentionDays * 86_400_000))
    }
  }

  #setTimer(delayMs: number): void {
    this.#cancelTimer()
    if (!this.#closed) {
      this.#cancelTimer = this.#options.timers.setTimer(() => void this.wake(), delayMs)
    }
  }
}

/** Groups, statuses, reactions and what our own account wrote are nobody's question. */
function isAnswerable({ isPrivate, kind }: StoredInbound): boolean {
  return isPrivate && (kind === 'text' || kind === 'media')
}
