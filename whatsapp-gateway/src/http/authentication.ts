import { HelpdeskError } from '@ura/core/errors'
import { bearerToken } from '@ura/core/http/bearer-token'
import { secretsEqual } from '@ura/core/secret'
import type { FastifyRequest } from 'fastify'

/**
 * Lets a request pass that carries `Authorization: Bearer <token>`, compared in constant time.
 * @throws HelpdeskError NAO_AUTENTICADO
 */
export function requireBearer(request: FastifyRequest, token: string): void {
  requireSame(bearerToken(request.headers.authorization), token)
}

/**
 * As `requireBearer`, and also takes HTTP Basic (RFC 7617) with the token as password and any user name, so that a
 * browser can open the page.
 * @throws HelpdeskError NAO_AUTENTICADO
 */
export function requireBearerOrBasic(request: FastifyRequest, token: string): void {
  const { authorization } = request.headers
  requireSame(bearerToken(authorization) ?? basicPassword(authorization), token)
}

function requireSame(presented: string | null, token: string): void {
  if (presented === null || !secretsEqual(presented, token)) {
    throw new HelpdeskError('NAO_AUTENTICADO')
  }
}

function basicPassword(authorization: string | undefined): string | null {
  const [, encoded] = /^Basic ([A-Za-z0-9+/]{1,2000}={0,2})$/i.exec(authorization ?? '') ?? []
  if (encoded === undefined) {
    return null
  }
  return /^[^:]*:([^]*)$/.exec(Buffer.from(encoded, 'base64').toString('utf8'))?.[1] ?? null
}
