import { randomUUID } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '@ura/core/clock'
import { HelpdeskError } from '@ura/core/errors'
import { isLoggedIn, type Driver } from '../drivers/driver.ts'
import { prunedMax, type OutboxStore, type StoredMessage } from '../outbox/outbox-store.ts'
import { deadlineOf, hashRequest, type MessageRequest } from './message-request.ts'

export interface MessageDeskOptions {
  store: OutboxStore
  driver: Driver
  clock: Clock
  /** Secret that keys the hashes of bodies. */
  hashKey: string
  queuedMax: number
  retentionDays: number
  /** Told that a message was accepted. */
  onAccepted: () => void
}

const queueFullRetryAfterSeconds = 30
const pruneIntervalMs = 60 * 60 * 1_000
/** Bounds what one message waits for; what is left goes with the next. */
const pruneRoundsMax = 10

/** Takes messages into the outbox: once a key, only while they can be sent, never more than fit. */
export class MessageDesk {
  readonly #options: MessageDeskOptions
  #pruneAtMs = 0

  constructor(options: MessageDeskOptions) {
    this.#options = options
  }

  /**
   * Accepts a message, on disk when this resolves; the same key with the same content gives the first one back, in
   * its present state. Resolves with null when WhatsApp is not logged in.
   * @throws HelpdeskError CHAVE_REUTILIZADA, LIMITE_DE_REQUISICOES, REQUISICAO_INVALIDA (a code that has expired)
   */
  async accept(request: MessageRequest, idempotencyKey: string | null): Promise<StoredMessage | null> {
    const { store, driver, clock, hashKey, queuedMax, onAccepted } = this.#options
    const bodyHash = hashRequest(request, hashKey)
    const earlier = idempotencyKey === null ? null : await store.findByIdempotencyKey(idempotencyKey)
    if (earlier !== null) {
      return sameBody(earlier, bodyHash)
    }
    if (!isLoggedIn(driver.state().state)) {
      return null
    }
    const acceptedAt = clock.now()
    const deadline = deadlineOf(request.content, acceptedAt)
    await this.#pruneNowAndThen(acceptedAt)
    const message = { id: randomUUID(), idempotencyKey, bodyHash, ...request, acceptedAt, deadline }
    const acceptance = await store.accept(message, queuedMax).catch((error: unknown) => {
      // A fault at the commit may come after it: whoever sends looks for it all the same.
      onAccepted()
      throw error
    })
    if (acceptance.outcome === 'full') {
      throw new HelpdeskError('LIMITE_DE_REQUISICOES', { retryAfterSeconds: queueFullRetryAfterSeconds })
    }
    if (acceptance.outcome === 'repeated') {
      return sameBody(acceptance.message, bodyHash)
    }
    onAccepted()
    return acceptance.message
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
