import type { Selectable } from 'kysely'
import type { Database, Schema } from '../database/schema.ts'
import { isUniqueViolation } from '@ura/core/database/database-errors'
import { hashToken, newToken } from './tokens.ts'

/** What a client may do: the phone's endpoints, reading, working on tickets, everything. */
export const clientRoles = ['phone', 'read', 'agent', 'admin'] as const
export type ClientRole = (typeof clientRoles)[number]

/** A program that may use the API. */
interface Client {
  id: number
  name: string
  networks: readonly string[]
  role: ClientRole
  createdAt: Date
  /** To the minute; null when it never was here. */
  lastUsedAt: Date | null
  revokedAt: Date | null
}

/** The name of the client whose token comes from HELPDESK_API_TOKEN. */
const firstClientName = 'telefonia'

/** Makes a client and gives its token, which is never to be seen again; null when the name is taken. */
export async function createClient(
  db: Database,
  client: { name: string; networks: readonly string[]; role: ClientRole; now: Date },
): Promise<string | null> {
  const token = newToken()
  try {
    await insertClient(db, { ...client, token })
  } catch (error) {
    if (isUniqueViolation(error)) {
      return null
    }
    throw error
  }
  return token
}

/** All clients by name, revoked ones too. */
export async function listClients(db: Database): Promise<Client[]> {
  const rows = await db.selectFrom('clients').selectAll().orderBy('name').execute()
  return rows.map(toClient)
}

/** Ends a client and all its sessions; false when there is no such client in force. */
export async function revokeClient(db: Database, name: string, now: Date): Promise<boolean> {
  const changed = await db
    .updateTable('clients')
    .set({ revoked_at_ms: now.getTime() })
    .where('name', '=', name)
    .where('revoked_at_ms', 'is', null)
    .executeTakeFirst()
  if (changed.numUpdatedRows === 0n) {
    return false
  }
  await revokeSessions(db, name, now)
  return true
}

/**
 * Gives a client a new token, never to be seen again; null when there is no such client in force. The one before and
 * the sessions it opened end now, or after the grace.
 */
export async function rotateClientToken(
  db: Database,
  name: string,
  { now, graceMinutes }: { now: Date; graceMinutes: number },
): Promise<string | null> {
  const token = newToken()
  const endsAtMs = now.getTime() + graceMinutes * 60_000
  const changed = await db
    .updateTable('clients')
    .set((column) => ({
      previous_token_hash: graceMinutes === 0 ? null : column.ref('token_hash'),
      previous_token_until_ms: graceMinutes === 0 ? null : endsAtMs,
    }))
    .where('name', '=', name)
    .where('revoked_at_ms', 'is', null)
    .executeTakeFirst()
  if (changed.numUpdatedRows === 0n) {
    return null
  }
  // A statement of its own: MySQL gives an assignment the new values of those before it.
  await db
    .updateTable('clients')
    .set({ token_hash: hashToken(token) })
    .where('name', '=', name)
    .execute()
  if (graceMinutes === 0) {
    await revokeSessions(db, name, now)
  } else {
    await endSessionsBy(db, name, endsAtMs)
  }
  return token
}

/** The client with that token, unless revoked; `tokenEndsAt` is set for a token that was rotated and has its grace. */
export async function findClientByToken(
  db: Database,
  token: string,
  now: Date,
): Promise<(Client & { tokenEndsAt: Date | null }) | null> {
  // Looked up by the hash of 32 random bytes: what the time of an index tells about it helps nobody.
  const hash = hashToken(token)
  const inForce = db.selectFrom('clients').selectAll().where('revoked_at_ms', 'is', null)
  const row = await inForce.where('token_hash', '=', hash).executeTakeFirst()
  if (row !== undefined) {
    return { ...toClient(row), tokenEndsAt: null }
  }
  const rotated = await inForce
    .where('previous_token_hash', '=', hash)
    .where('previous_token_until_ms', '>', now.getTime())
    .executeTakeFirst()
  return rotated === undefined
    ? null
    : { ...toClient(rotated), tokenEndsAt: new Date(rotated.previous_token_until_ms ?? 0) }
}

/**
 * Makes the configured first client, or gives it the configured token and networks. Another token than before ends
 * its sessions; the token it was revoked with doesn't bring it back.
 */
export async function ensureFirstClient(
  db: Database,
  options: { token: string; networks: readonly string[]; now: Date },
): Promise<void> {
  const { token, networks, now } = options
  const known = await db
    .selectFrom('clients')
    .selectAll()
    .where('name', '=', firstClientName)
    .executeTakeFirst()
  if (known === undefined) {
    await insertClient(db, { name: firstClientName, token, networks, role: 'phone', now })
    return
  }
  const sameToken = known.token_hash === hashToken(token)
  await db
    .updateTable('clients')
    .set({ networks: networks.join(',') })
    .$if(!sameToken, (update) =>
      update.set({ token_hash: hashToken(token), previous_token_hash: null, revoked_at_ms: null }),
    )
    .where('id', '=', known.id)
    .execute()
  if (!sameToken) {
    await revokeSessions(db, firstClientName, now)
  }
}

async function insertClient(
  db: Database,
  client: { name: string; token: string; networks: readonly string[]; role: ClientRole; now: Date },
): Promise<void> {
  await db
    .insertInto('clients')
    .values({
      name: client.name,
      token_hash: hashToken(client.token),
      networks: client.networks.join(','),
      role: client.role,
      created_at_ms: client.now.getTime(),
      revoked_at_ms: null,
    })
    .execute()
}

async function revokeSessions(db: Database, clientName: string, now: Date): Promise<void> {
  await db
    .updateTable('client_sessions')
    .set({ revoked_at_ms: now.getTime() })
    .where('client_id', 'in', (query) =>
      query.selectFrom('clients').select('id').where('name', '=', clientName),
    )
    .where('revoked_at_ms', 'is', null)
    .execute()
}

async function endSessionsBy(db: Database, clientName: string, endsAtMs: number): Promise<void> {
  await db
    .updateTable('client_sessions')
    .set({ expires_at_ms: endsAtMs })
    .where('client_id', 'in', (query) =>
      query.selectFrom('clients').select('id').where('name', '=', clientName),
    )
    .where('expires_at_ms', '>', endsAtMs)
    .execute()
}

function toClient(row: Selectable<Schema['clients']>): Client {
  return {
    id: row.id,
    name: row.name,
    networks: row.networks.split(','),
    role: row.role as ClientRole,
    createdAt: new Date(row.created_at_ms),
    lastUsedAt: row.last_used_at_ms === null ? null : new Date(row.last_used_at_ms),
    revokedAt: row.revoked_at_ms === null ? null : new Date(row.revoked_at_ms),
  }
}
