import { HelpdeskError } from '@ura/core/errors'
import { bearerToken } from '@ura/core/http/bearer-token'
import { inTransaction } from '../database/transaction.ts'
import type { AuditEntry, AuditEvent } from '../audit/audit-log.ts'
import { recordAudit } from '../audit/audit-log.ts'
import type { ApiContext } from '../context.ts'
import { findClientByToken } from './client-repository.ts'
import { addressInNetworks } from './networks.ts'
import { findSessionClient, openSession, revokeSession, type SessionClient } from './session-repository.ts'
import { hashToken } from './tokens.ts'

/** What a request shows of itself before anybody is believed. */
export interface Credentials {
  /** Undefined when there is none, or more than one. */
  authorization: string | undefined
  /** The socket's address, or a trusted proxy's word for it. */
  address: string
  requestId: string
}

type AuthenticationContext = Pick<
  ApiContext,
  'db' | 'clock' | 'config' | 'sessions' | 'lastUse' | 'recordRefusal'
>

/**
 * First step: a client's token becomes a session.
 * @throws HelpdeskError NAO_AUTENTICADO; ORIGEM_NAO_PERMITIDA when the token is right and the address is not
 */
export async function signIn(
  context: AuthenticationContext,
  credentials: Credentials,
): Promise<{ token: string; expiresAt: Date }> {
  const { db, clock, config } = context
  const token = bearerToken(credentials.authorization)
  const now = clock.now()
  const client = token === null ? null : await findClientByToken(db, token, now)
  if (client === null) {
    await refuse(context, credentials, { event: 'sign_in_refused', actor: 'desconhecido' })
    throw new HelpdeskError('NAO_AUTENTICADO')
  }
  await requireNetwork(context, credentials, client)
  const longestMs = now.getTime() + config.sessionHours * 3_600_000
  // What a token opens doesn't outlive it.
  const expiresAt = new Date(Math.min(longestMs, client.tokenEndsAt?.getTime() ?? longestMs))
  const session = await inTransaction(db, async (trx) => {
    const { address, requestId } = credentials
    await recordAudit(trx, { event: 'sign_in', source: { actor: client.name, address, requestId }, at: now })
    return await openSession(trx, { clientId: client.id, now, expiresAt })
  })
  context.lastUse.note(client.id, now)
  return { token: session, expiresAt }
}

/**
 * Second step: the client of a request's session.
 * @throws HelpdeskError SESSAO_INVALIDA; ORIGEM_NAO_PERMITIDA when the session is right and the address is not
 */
export async function authenticate(
  context: AuthenticationContext,
  credentials: Credentials,
): Promise<SessionClient> {
  const token = bearerToken(credentials.authorization)
  const client = token === null ? null : await clientOfSession(context, hashToken(token))
  const now = context.clock.now()
  if (client === null) {
    await refuse(context, credentials, { event: 'session_refused', actor: 'desconhecido' })
    throw new HelpdeskError('SESSAO_INVALIDA')
  }
  await requireNetwork(context, credentials, client)
  context.lastUse.note(client.id, now)
  return client
}

async function clientOfSession(
  { db, clock, sessions }: AuthenticationContext,
  tokenHash: string,
): Promise<SessionClient | null> {
  return await sessions.get(tokenHash, () => findSessionClient(db, tokenHash, clock.now()))
}

/** Ends the session of an authenticated request, at once here, at other instances when they have forgotten it. */
export async function endSession(
  { db, clock, sessions }: Pick<ApiContext, 'db' | 'clock' | 'sessions'>,
  session: { credentials: Credentials; client: string },
): Promise<void> {
  const { authorization, address, requestId } = session.credentials
  const token = bearerToken(authorization) ?? ''
  const at = clock.now()
  await inTransaction(db, async (trx) => {
    if (await revokeSession(trx, token, at)) {
      const source = { actor: session.client, address, requestId }
      await recordAudit(trx, { event: 'session_ended', source, at })
    }
  })
  sessions.forget(hashToken(token))
}

async function requireNetwork(
  context: AuthenticationContext,
  credentials: Credentials,
  client: Pick<SessionClient, 'name' | 'networks'>,
): Promise<void> {
  if (!addressInNetworks(credentials.address, client.networks)) {
    await refuse(context, credentials, { event: 'network_refused', actor: client.name })
    throw new HelpdeskError('ORIGEM_NAO_PERMITIDA')
  }
}

async function refuse(
  context: AuthenticationContext,
  credentials: Credentials,
  refusal: { event: AuditEvent; actor: string },
): Promise<void> {
  const { address, requestId } = credentials
  const entry: AuditEntry = {
    event: refusal.event,
    source: { actor: refusal.actor, address, requestId },
    at: context.clock.now(),
  }
  await context.recordRefusal(entry)
}
