import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import type { Timers } from '../../outbox/timers.ts'
import { addWebhookRoutes } from '../../webhooks/webhook-routes.ts'
import { WebhookWorker } from '../../webhooks/webhook-worker.ts'
import type { Webhooks, WebhookHost } from '../driver.ts'
import { deliveryStatusOf } from './delivery-status.ts'
import type { EarlyStatuses } from './early-statuses.ts'
import { type CloudStatus, readWebhook } from './webhook-payload.ts'

export interface CloudApiWebhooksOptions {
  clock: Clock
  timers: Timers
  log: Logger
  channel: string
  phoneNumberId: string
  appSecret: string
  verifyToken: string
  retentionDays: number
  early: EarlyStatuses
  /** Told of each status, for what it says about the channel. */
  heard: (status: CloudStatus) => void
}

/** The webhook of one phone number: its route, and the worker that gives its calls their effects. */
export async function openCloudApiWebhooks(
  options: CloudApiWebhooksOptions,
  host: WebhookHost,
): Promise<Webhooks> {
  const { clock, timers, log, channel, phoneNumberId, appSecret, verifyToken, retentionDays } = options
  const { server, calls, metrics, receive } = host
  const worker = new WebhookWorker({
    calls,
    clock,
    timers,
    log,
    retentionDays,
    async work(body) {
      const { messages, statuses, ignored } = readWebhook(body, { phoneNumberId, channel })
      for (let index = 0; index < ignored; index += 1) {
        metrics.status('ignored')
      }
      for (const status of statuses) {
        await settleStatus(status, options, host)
      }
      for (const message of messages) {
        await receive(message)
      }
    },
  })
  await addWebhookRoutes(server, {
    calls,
    clock,
    appSecret,
    verifyToken,
    onCall: (result) => {
      metrics.webhookCall(result)
      if (result !== 'accepted') {
        log.warn({ result }, 'webhook call refused')
      }
    },
    onAccepted: () => void worker.wake(),
  })
  return { wake: () => worker.wake(), close: () => worker.close() }
}

async function settleStatus(
  status: CloudStatus,
  { early, heard, clock }: CloudApiWebhooksOptions,
  { settle, metrics }: WebhookHost,
): Promise<void> {
  const now = clock.now()
  const { messageId } = status
  let result = messageId === null ? 'unknown' : await settle(deliveryStatusOf(status, messageId, now))
  if (result === 'unknown') {
    result = await settle(deliveryStatusOf(status, null, now))
  }
  if (result === 'unknown') {
    early.keep(status, now)
  } else if (result === 'moved') {
    // Not of a repeated one, which may be days old.
    heard(status)
  }
  metrics.status(result)
}
