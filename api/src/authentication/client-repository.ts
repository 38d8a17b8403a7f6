import type { Database } from '../database/schema.ts'
import { isUniqueViolation } from '../database/database-errors.ts'
import { hashToken, newToken } from './tokens.ts'

/** A program that may use the API. */
interface Client {
  id: number
  name: string
  networks: readonly string[]
  createdAt: Date
  revokedAt: Date | null
}

/** The name of the client whose token comes from HELPDESK_API_TOKEN. */
const firstClientName = 'telefonia'

/** Makes a client and gives its token, which is never to be seen again; null when the name is taken. */
export async function createClient(
  db: Database,
  client: { name: string; networks: readonly string[]; now: Date },
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

/** The client with that token, unless revoked. */
export async function findClientByToken(db: Database, token: string): Promise<Client | null> {
  const row = await db
    .selectFrom('clients')
    .selectAll()
    // Looked up by the hash of 32 random bytes: what the time of an index tells about it helps nobody.
    .where('token_hash', '=', hashToken(token))
    .where('revoked_at_ms', 'is', null)
    .executeTakeFirst()
  return row === undefined ? null : toClient(row)
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
    await insertClient(db, { name: firstClientName, token, networks, now })
    return
  }
  const sameToken = known.token_hash === hashToken(token)
  await db
    .updateTable('clients')
    .set({ networks: networks.join(',') })
    .$if(!sameToken, (update) => update.set({ token_hash: hashToken(token), revoked_at_ms: null }))
    .where('id', '=', known.id)
    .execute()
  if (!sameToken) {
    await revokeSessions(db, firstClientName, now)
  }
}

async function insertClient(
  db: Database,
  client: { name: string; token: string; networks: readonly string[]; now: Date },
): Promise<void> {
  await db
    .insertInto('clients')
    .values({
      name: client.name,
      token_hash: hashToken(client.token),
      networks: client.networks.join(','),
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

function toClient(row: {
  id: number
  name: string
  networks: string
  created_at_ms: number
  revoked_at_ms: number | null
}): Client {
  return {
    id: row.id,
    name: row.name,
    networks: row.networks.split(','),
    createdAt: new Date(row.created_at_ms),
    revokedAt: row.revoked_at_ms === null ? null : new Date(row.revoked_at_ms),
  }
}
