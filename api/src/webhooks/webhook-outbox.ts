import { randomUUID } from 'node:crypto'
import { isMissingReference } from '@ura/core/database/database-errors'
import type { Database } from '../database/schema.ts'

/** What other programs can be told of. */
export const webhookEventTypes = [
  'ticket.opened',
  'ticket.status_changed',
  'ticket.assigned',
  'ticket.service_changed',
  'ticket.noted',
] as const
export type WebhookEventType = (typeof webhookEventTypes)[number]

/** One event as it is sent: which ticket and what changed, and nothing about people; the rest can be read by protocol. */
export interface WebhookEvent {
  type: WebhookEventType | 'webhook.test'
  at: Date
  data: Readonly<Record<string, string | number | null>>
}

/** How long a delivery is tried. */
export const triedMs = 24 * 3_600_000

/**
 * Keeps that events are owed to every endpoint that asked for their type and isn't switched off; to be called inside
 * the transaction that makes them, so that both are there or neither is.
 */
export async function announce(trx: Database, ...announced: readonly WebhookEvent[]): Promise<void> {
  const endpoints = await trx
    .selectFrom('webhook_endpoints')
    .select(['id', 'events'])
    .where('switched_off_at_ms', 'is', null)
    .orderBy('id')
    .execute()
  for (const { id, events } of endpoints) {
    const types = events.split(',')
    await oweUnlessRemoved(
      trx,
      id,
      announced.filter(({ type }) => types.includes(type)),
    )
  }
}

/** An endpoint that is removed between the look at it and now has nobody to tell: no reason to refuse a ticket. */
async function oweUnlessRemoved(
  trx: Database,
  endpointId: number,
  events: readonly WebhookEvent[],
): Promise<void> {
  try {
    await owe(trx, endpointId, ...events)
  } catch (error) {
    if (!isMissingReference(error)) {
      throw error
    }
  }
}

/** Keeps that events are owed to one endpoint. */
export async function owe(
  db: Database,
  endpointId: number,
  ...events: readonly WebhookEvent[]
): Promise<void> {
  if (events.length > 0) {
    const rows = events.map((event) => deliveryOf(endpointId, event))
    await db.insertInto('webhook_deliveries').values(rows).execute()
  }
}

function deliveryOf(endpointId: number, event: WebhookEvent) {
  const atMs = event.at.getTime()
  const { type, data } = event
  return {
    endpoint_id: endpointId,
    message_id: `msg_${randomUUID()}`,
    type,
    body: JSON.stringify({ type, timestamp: event.at.toISOString(), data }),
    state: 'pending' satisfies DeliveryState,
    created_at_ms: atMs,
    next_attempt_at_ms: atMs,
    give_up_at_ms: atMs + triedMs,
  }
}

/** A dead delivery was given up, after a day. */
export type DeliveryState = 'pending' | 'delivered' | 'dead'
