import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '@ura/core/clock'
import { HelpdeskError } from '@ura/core/errors'
import type { Driver } from '../drivers/driver.ts'
import type { Channel } from '../outbox/channel.ts'
import { isAvailable } from '../outbox/channel-line.ts'
import {
  type NewMessage,
  type OutboxStore,
  type PlannedFallback,
  prunedMax,
  type StoredMessage,
} from '../outbox/outbox-store.ts'
import { deadlineOf, hashRequest, type MessageRequest } from './message-request.ts'

export interface MessageDeskOptions {
  store: OutboxStore
  channels: Readonly<Record<Channel, { readonly driver: Driver; readonly isConfigured: boolean }>>
  clock: Clock
  /** Secret that keys the hashes of bodies. */
  hashKey: string
  queuedMax: number
  retentionDays: number
  /** After so long a code that WhatsApp has not delivered goes by e-mail as well. */
  fallbackAfterMs: number
  /** When the quiet hours of an instant end; null when it lies in none. */
  quietUntil: (instant: Date) => Date | null
  /** Told that a message waits on a channel. */
  onAccepted: (channel: Channel) => void
  /** Told when a message that was accepted may have to go by e-mail. */
  onFallbackPlanned: (dueAt: Date) => void
  /** Told of a notice whose place a newer one took. */
  onSuperseded: (message: StoredMessage) => void
}

const queueFullRetryAfterSeconds = 30
const pruneIntervalMs = 60 * 60 * 1_000
/** Bounds what one message waits for; what is left goes with the next. */
const pruneRoundsMax = 10

/** Takes messages into the outbox: once a key, only while a channel can send them, never more than fit. */
export class MessageDesk {
  readonly #options: MessageDeskOptions
  #pruneAtMs = 0

  constructor(options: MessageDeskOptions) {
    this.#options = options
  }

  /**
   * Accepts a message, on disk when this resolves; the same key with the same content gives the first one back, in
   * its present state. It goes by WhatsApp where it may and can, else by e-mail. Resolves with null when no channel that it
   * names is available.
   * @throws HelpdeskError CHAVE_REUTILIZADA, LIMITE_DE_REQUISICOES, REQUISICAO_INVALIDA (a code that has expired)
   */
  async accept(request: MessageRequest, idempotencyKey: string | null): Promise<StoredMessage | null> {
    const { store, clock, hashKey, queuedMax, onAccepted, onFallbackPlanned, onSuperseded } = this.#options
    const bodyHash = hashRequest(request, hashKey)
    const earlier = idempotencyKey === null ? null : await store.findByIdempotencyKey(idempotencyKey)
    if (earlier !== null) {
      return sameBody(earlier, bodyHash)
    }
    const way = this.#wayTo(request)
    if (way === null) {
      return null
    }
    const acceptedAt = clock.now()
    const timing = this.#timingOf(request, acceptedAt)
    const fallback = this.#fallbackOf(request, way.channel, acceptedAt)
    await this.#pruneNowAndThen(acceptedAt)
    const { content } = request
    const message: NewMessage = {
      id: randomUUID(),
      idempotencyKey,
      bodyHash,
      ...way,
      content,
      acceptedAt,
      ...timing,
      ...(fallback === null ? {} : { fallback }),
    }
    const acceptance = await store.accept(message, queuedMax).catch((error: unknown) => {
      // A fault at the commit may come after it: whoever sends looks for it all the same.
      onAccepted(way.channel)
      if (fallback !== null) {
        onFallbackPlanned(fallback.dueAt)
      }
      throw error
    })
    if (acceptance.outcome === 'full') {
      throw new HelpdeskError('LIMITE_DE_REQUISICOES', { retryAfterSeconds: queueFullRetryAfterSeconds })
    }
    if (acceptance.outcome === 'repeated') {
      return sameBody(acceptance.message, bodyHash)
    }
    acceptance.superseded.forEach(onSuperseded)
    onAccepted(way.channel)
    if (fallback !== null) {
      onFallbackPlanned(fallback.dueAt)
    }
    return acceptance.message
  }

  #wayTo({ phone, email }: MessageRequest): { channel: Channel; to: string } | null {
    const { channels } = this.#options
    if (phone !== null && isAvailable(channels.whatsapp)) {
      return { channel: 'whatsapp', to: phone }
    }
    return email !== null && isAvailable(channels.email) ? { channel: 'email', to: email } : null
  }

  #timingOf(
    { phone, email, content, isNotice, topic }: MessageRequest,
    acceptedAt: Date,
  ): Pick<NewMessage, 'deadline' | 'notice'> {
    if (!isNotice) {
      return { deadline: deadlineOf(content, acceptedAt) }
    }
    const heldUntil = this.#options.quietUntil(acceptedAt)
    const recipients = [phone, email].filter((recipient) => recipient !== null)
    return {
      deadline: deadlineOf(content, heldUntil ?? acceptedAt),
      notice: { heldUntil, topic, recipients },
    }
  }

  #fallbackOf(
    { email, content }: MessageRequest,
    channel: Channel,
    acceptedAt: Date,
  ): PlannedFallback | null {
    const { channels, fallbackAfterMs } = this.#options
    if (channel !== 'whatsapp' || email === null || content.kind !== 'otp' || !channels.email.isConfigured) {
      return null
    }
    return {
      to: email,
      dueAt: new Date(acceptedAt.getTime() + fallbackAfterMs),
      unless: channels.whatsapp.driver.tellsDelivery === true ? 'delivered' : 'sent',
    }
  }

  /** Old messages go when new ones come, all of them once an hour, so that an idle gateway does nothing. */
  async #pruneNowAndThen(now: Date): Promise<void> {
    const nowMs = now.getTime()
    if (nowMs < this.#pruneAtMs) {
      return
    }
    this.#pruneAtMs = nowMs + pruneIntervalMs
    const before = new Date(nowMs - this.#options.retentionDays * 86_400_000)
    for (let round = 1; round <= pruneRoundsMax; round += 1) {
      if ((await this.#options.store.prune(before)) < prunedMax) {
        return
      }
      // Other requests have their turn.
      await nextTurn()
    }
    this.#pruneAtMs = nowMs
  }
}

function sameBody(earlier: StoredMessage, bodyHash: string): StoredMessage {
  if (earlier.bodyHash !== bodyHash) {
    throw new HelpdeskError('CHAVE_REUTILIZADA', { field: 'Idempotency-Key' })
  }
  return earlier
}
