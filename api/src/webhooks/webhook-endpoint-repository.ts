import { isUniqueViolation } from '@ura/core/database/database-errors'
import type { Database } from '../database/schema.ts'
import type { WebhookEventType } from './webhook-outbox.ts'

/** A program that is told of events. */
export interface WebhookEndpoint {
  id: number
  name: string
  url: string
  secret: string
  events: readonly WebhookEventType[]
  createdAt: Date
  /** Null while it is told of events. */
  switchedOffAt: Date | null
}

/** Endpoints at most: each is written to in every transaction that changes a ticket. */
export const endpointsMax = 20

/** Adds an endpoint; false when the name is taken. */
export async function addEndpoint(
  db: Database,
  endpoint: Omit<WebhookEndpoint, 'id' | 'createdAt' | 'switchedOffAt'>,
  now: Date,
): Promise<boolean> {
  const { name, url, secret, events } = endpoint
  try {
    await db
      .insertInto('webhook_endpoints')
      .values({ name, url, secret, events: events.join(','), created_at_ms: now.getTime() })
      .execute()
    return true
  } catch (error) {
    if (isUniqueViolation(error)) {
      return false
    }
    throw error
  }
}

/** All endpoints by name. */
export async function listEndpoints(db: Database): Promise<WebhookEndpoint[]> {
  const rows = await db.selectFrom('webhook_endpoints').selectAll().orderBy('name').execute()
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    url: row.url,
    secret: row.secret,
    events: row.events.split(',') as WebhookEventType[],
    createdAt: new Date(row.created_at_ms),
    switchedOffAt: row.switched_off_at_ms === null ? null : new Date(row.switched_off_at_ms),
  }))
}

/**
 * Switches an endpoint off, at an instant, or on again (null); false when it is so already. What it is owed then stays
 * owed; what happens while it is off isn't.
 */
export async function switchEndpoint(db: Database, endpointId: number, offAt: Date | null): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('webhook_endpoints')
    .set({ switched_off_at_ms: offAt?.getTime() ?? null })
    .where('id', '=', endpointId)
    .where('switched_off_at_ms', offAt === null ? 'is not' : 'is', null)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Removes an endpoint and what is owed to it; to be called inside a transaction. */
export async function removeEndpoint(trx: Database, endpointId: number): Promise<void> {
  // Locks its row: from now on nobody adds a delivery that would refer to it.
  await trx
    .updateTable('webhook_endpoints')
    .set((column) => ({ lease_token: column.ref('lease_token') }))
    .where('id', '=', endpointId)
    .execute()
  await trx.deleteFrom('webhook_deliveries').where('endpoint_id', '=', endpointId).execute()
  await trx.deleteFrom('webhook_endpoints').where('id', '=', endpointId).execute()
}

/** Who delivers to an endpoint, until when. */
interface Lease {
  endpointId: number
  token: string
  now: Date
  untilMs: number
}

/** Takes or prolongs the lease of an endpoint; false while another instance has it, and when it is switched off. */
export async function takeLease(db: Database, { endpointId, token, now, untilMs }: Lease): Promise<boolean> {
  const { numUpdatedRows } = await db
    .updateTable('webhook_endpoints')
    .set({ lease_token: token, leased_until_ms: untilMs })
    .where('id', '=', endpointId)
    .where('switched_off_at_ms', 'is', null)
    .where((where) =>
      where.or([where('lease_token', '=', token), where('leased_until_ms', '<', now.getTime())]),
    )
    .executeTakeFirst()
  return numUpdatedRows > 0n
}

/** Gives a lease back. */
export async function releaseLease(
  db: Database,
  { endpointId, token }: Omit<Lease, 'now' | 'untilMs'>,
): Promise<void> {
  await db
    .updateTable('webhook_endpoints')
    .set({ lease_token: null, leased_until_ms: 0 })
    .where('id', '=', endpointId)
    .where('lease_token', '=', token)
    .execute()
}
