import type { Selectable } from 'kysely'
import { removeOlder } from '../database/remove-older.ts'
import type { Database, Schema } from '../database/schema.ts'
import { type DeliveryState, triedMs } from './webhook-outbox.ts'

/** One event owed to one endpoint. */
export interface WebhookDelivery {
  id: number
  messageId: string
  type: string
  body: string
  state: DeliveryState
  attempts: number
  createdAt: Date
  nextAttemptAt: Date
  giveUpAt: Date
  lastResult: string | null
}

/** The oldest delivery that is still owed to an endpoint; what is behind it waits for it. */
export async function findOwed(db: Database, endpointId: number): Promise<WebhookDelivery | null> {
  const row = await db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('endpoint_id', '=', endpointId)
    .where('state', '=', 'pending')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? null : toDelivery(row)
}

/** Keeps the outcome of an attempt; `nextAttemptAt` null settles the delivery as delivered or dead. */
export async function keepAttempt(
  db: Database,
  delivery: WebhookDelivery,
  outcome: { state: DeliveryState; result: string; nextAttemptAt: Date | null; now: Date },
): Promise<void> {
  const { state, result, nextAttemptAt, now } = outcome
  await db
    .updateTable('webhook_deliveries')
    .set({
      state,
      attempts: delivery.attempts + 1,
      last_result: result,
      ...(nextAttemptAt === null
        ? { settled_at_ms: now.getTime() }
        : { next_attempt_at_ms: nextAttemptAt.getTime() }),
    })
    .where('id', '=', delivery.id)
    .where('state', '=', 'pending')
    .execute()
}

/** An endpoint's deliveries, the newest first. */
export async function listDeliveries(
  db: Database,
  endpointId: number,
  options: { state: DeliveryState | null; max: number },
): Promise<WebhookDelivery[]> {
  const rows = await db
    .selectFrom('webhook_deliveries')
    .selectAll()
    .where('endpoint_id', '=', endpointId)
    .$if(options.state !== null, (query) => query.where('state', '=', options.state ?? 'dead'))
    .orderBy('id', 'desc')
    .limit(options.max)
    .execute()
  return rows.map(toDelivery)
}

/** Owes an endpoint's dead deliveries again, for another day, under their old message ids; gives how many. */
export async function replayDead(db: Database, endpointId: number, now: Date): Promise<number> {
  const { numUpdatedRows } = await db
    .updateTable('webhook_deliveries')
    .set({
      state: 'pending' satisfies DeliveryState,
      attempts: 0,
      next_attempt_at_ms: now.getTime(),
      give_up_at_ms: now.getTime() + triedMs,
      settled_at_ms: null,
    })
    .where('endpoint_id', '=', endpointId)
    .where('state', '=', 'dead')
    .executeTakeFirst()
  return Number(numUpdatedRows)
}

const keptDays = { delivered: 7, dead: 30 } as const

/** Forgets what was delivered more than 7 days ago and what was given up more than 30 days ago. */
export async function pruneDeliveries(db: Database, now: Date, signal?: AbortSignal): Promise<void> {
  for (const state of ['delivered', 'dead'] as const) {
    const beforeMs = now.getTime() - keptDays[state] * 86_400_000
    const older = {
      table: 'webhook_deliveries',
      column: 'settled_at_ms',
      beforeMs,
      equal: { state },
    } as const
    await removeOlder(db, older, { signal })
  }
}

function toDelivery(row: Selectable<Schema['webhook_deliveries']>): WebhookDelivery {
  return {
    id: row.id,
    messageId: row.message_id,
    type: row.type,
    body: row.body,
    state: row.state as DeliveryState,
    attempts: row.attempts,
    createdAt: new Date(row.created_at_ms),
    nextAttemptAt: new Date(row.next_attempt_at_ms),
    giveUpAt: new Date(row.give_up_at_ms),
    lastResult: row.last_result,
  }
}
