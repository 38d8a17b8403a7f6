import type { Database } from '../database/schema.ts'
import type { ClientRole } from './client-repository.ts'
import { hashToken, newToken } from './tokens.ts'

/** The client behind a session in force. */
export interface SessionClient {
  id: number
  name: string
  networks: readonly string[]
  role: ClientRole
}

/** Opens a session and gives its token, which only the client keeps; sessions past their end are removed. */
export async function openSession(
  db: Database,
  session: { clientId: number; now: Date; expiresAt: Date },
): Promise<string> {
  const token = newToken()
  await db.deleteFrom('client_sessions').where('expires_at_ms', '<', session.now.getTime()).execute()
  await db
    .insertInto('client_sessions')
    .values({
      client_id: session.clientId,
      token_hash: hashToken(token),
      created_at_ms: session.now.getTime(),
      expires_at_ms: session.expiresAt.getTime(),
      revoked_at_ms: null,
    })
    .execute()
  return token
}

/** The client of a session that is neither expired nor revoked, itself not revoked, and when the session expires. */
export async function findSessionClient(
  db: Database,
  tokenHash: string,
  now: Date,
): Promise<{ client: SessionClient; expiresAt: Date } | null> {
  const row = await db
    .selectFrom('client_sessions')
    .innerJoin('clients', 'clients.id', 'client_sessions.client_id')
    .select([
      'clients.id',
      'clients.name',
      'clients.networks',
      'clients.role',
      'client_sessions.expires_at_ms',
    ])
    .where('client_sessions.token_hash', '=', tokenHash)
    .where('client_sessions.expires_at_ms', '>', now.getTime())
    .where('client_sessions.revoked_at_ms', 'is', null)
    .where('clients.revoked_at_ms', 'is', null)
    .executeTakeFirst()
  if (row === undefined) {
    return null
  }
  const client = {
    id: row.id,
    name: row.name,
    networks: row.networks.split(','),
    role: row.role as ClientRole,
  }
  return { client, expiresAt: new Date(row.expires_at_ms) }
}

/** Ends the session with that token; false when it was over already. */
export async function revokeSession(db: Database, token: string, now: Date): Promise<boolean> {
  const changed = await db
    .updateTable('client_sessions')
    .set({ revoked_at_ms: now.getTime() })
    .where('token_hash', '=', hashToken(token))
    .where('revoked_at_ms', 'is', null)
    .executeTakeFirst()
  return changed.numUpdatedRows > 0n
}
