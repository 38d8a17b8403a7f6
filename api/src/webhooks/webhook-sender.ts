import { randomUUID } from 'node:crypto'
import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import { recordAudit } from '../audit/audit-log.ts'
import type { Database } from '../database/schema.ts'
import { inTransaction } from '../database/transaction.ts'
import { findOwed, keepAttempt, type WebhookDelivery } from './webhook-delivery-repository.ts'
import {
  listEndpoints,
  releaseLease,
  switchEndpoint,
  takeLease,
  type WebhookEndpoint,
} from './webhook-endpoint-repository.ts'
import { postWebhook, type WebhookResult } from './webhook-request.ts'
import { signedHeaders } from '@ura/core/webhook-signature'

/**
 * Delivers what is owed to endpoints: each in its own order, one at a time, by one instance at a time. A failure is
 * tried again for a day, and what comes after it waits; then it is a dead letter. A slow endpoint keeps no other
 * waiting. One that says that it is gone for good (410) is switched off, until the administrator switches it on.
 */
export interface WebhookSender {
  /** Begins to deliver what is due now, at most 100 to each endpoint, where nothing is under way yet. */
  begin(): Promise<void>
  /** Waits until nothing is under way. */
  idle(): Promise<void>
  /** Begins no other delivery and waits for those under way. */
  close(): Promise<void>
}

const deliveriesMax = 100
const defaultTimeoutMs = 10_000

/** Longer than a delivery can take, so that nobody else begins the same one. */
const leaseMs = 60_000

const firstPauseMs = 5_000
const pauseMsMax = 2 * 3_600_000

interface SenderOptions {
  db: Database
  clock: Clock
  log: Logger
  /** Networks that are not public and may be called all the same. */
  privateNetworks: readonly string[]
  /** Default 10,000. */
  timeoutMs?: number
}

export function createWebhookSender(options: SenderOptions): WebhookSender {
  const { db, clock, log } = options
  const closing = new AbortController()
  /** Runs by endpoint. */
  const underway = new Map<number, Promise<void>>()

  async function run(endpoint: WebhookEndpoint): Promise<void> {
    const { id, name } = endpoint
    try {
      await deliverTo(endpoint)
    } catch (error) {
      log.warn({ err: error, endpoint: name }, 'webhooks could not be delivered')
    } finally {
      underway.delete(id)
    }
  }

  async function deliverTo(endpoint: WebhookEndpoint): Promise<void> {
    const lease = { endpointId: endpoint.id, token: randomUUID() }
    let isLeased = false
    try {
      for (let sent = 0; sent < deliveriesMax && !closing.signal.aborted; sent += 1) {
        const now = clock.now()
        const first = await findOwed(db, endpoint.id)
        if (first === null || first.nextAttemptAt > now) {
          return
        }
        if (!(await takeLease(db, { ...lease, now, untilMs: now.getTime() + leaseMs }))) {
          return
        }
        isLeased = true
        // Another instance may have delivered the one seen before the lease.
        const delivery = await findOwed(db, endpoint.id)
        if (
          delivery === null ||
          delivery.nextAttemptAt > now ||
          !(await attempt(options, endpoint, delivery))
        ) {
          return
        }
      }
    } finally {
      if (isLeased) {
        await releaseLease(db, lease)
      }
    }
  }

  async function idle(): Promise<void> {
    await Promise.all(underway.values())
  }

  return {
    async begin() {
      for (const endpoint of await listEndpoints(db)) {
        const isIdle = endpoint.switchedOffAt === null && !underway.has(endpoint.id)
        if (isIdle && !closing.signal.aborted) {
          underway.set(endpoint.id, run(endpoint))
        }
      }
    },
    idle,
    async close() {
      closing.abort()
      await idle()
    },
  }
}

/** Sends one delivery and keeps what became of it; false when the next one has to wait. */
async function attempt(
  options: SenderOptions,
  endpoint: WebhookEndpoint,
  delivery: WebhookDelivery,
): Promise<boolean> {
  const { db, clock, log, privateNetworks, timeoutMs = defaultTimeoutMs } = options
  const { messageId: id, body } = delivery
  const headers = signedHeaders(endpoint.secret, { id, at: clock.now(), body })
  const request = { headers, body }
  const result = await postWebhook(new URL(endpoint.url), request, { timeoutMs, privateNetworks })
  if (result === 'http_410') {
    await switchOff(options, endpoint, delivery)
    return false
  }
  const now = clock.now()
  const nextAttemptAt = nextAttempt(delivery, result, now)
  const state = isTaken(result) ? 'delivered' : nextAttemptAt === null ? 'dead' : 'pending'
  await keepAttempt(db, delivery, { state, result, nextAttemptAt, now })
  if (state !== 'delivered') {
    const { name } = endpoint
    log.warn({ endpoint: name, delivery: delivery.id, result, state }, 'webhook was not delivered')
  }
  return nextAttemptAt === null
}

/** Of an endpoint that is gone: what it refused stays owed, and is the first to be sent when it is switched on. */
async function switchOff(
  { db, clock, log }: SenderOptions,
  { id, name }: WebhookEndpoint,
  delivery: WebhookDelivery,
): Promise<void> {
  const now = clock.now()
  const result = 'http_410'
  await inTransaction(db, async (trx) => {
    await keepAttempt(trx, delivery, { state: 'pending', result, nextAttemptAt: now, now })
    if (await switchEndpoint(trx, id, now)) {
      const detail = { webhook: name, result }
      await recordAudit(trx, { event: 'webhook_switched_off', source: { actor: 'sistema' }, at: now, detail })
    }
  })
  log.warn({ endpoint: name, delivery: delivery.id, result }, 'webhook endpoint is gone and was switched off')
}

function isTaken(result: WebhookResult): boolean {
  return /^http_2\d\d$/.test(result)
}

/**
 * When a delivery is tried again: 5 s after the first failure, then three times as long each time up to 2 h, less up to
 * a half by chance, so that many don't come at once. Null when it needs no other try, or gets none: the day is over.
 */
export function nextAttempt(
  { attempts, giveUpAt }: Pick<WebhookDelivery, 'attempts' | 'giveUpAt'>,
  result: WebhookResult,
  now: Date,
): Date | null {
  if (isTaken(result)) {
    return null
  }
  const pauseMs = Math.min(firstPauseMs * 3 ** Math.min(attempts, 20), pauseMsMax)
  const at = new Date(now.getTime() + pauseMs * (1 - Math.random() / 2))
  return at > giveUpAt ? null : at
}
