import type { FastifyRequest } from 'fastify'
import { HelpdeskError } from '@ura/core/errors'
import { secretsEqual } from '@ura/core/secret'

/**
 * Lets a request pass that carries `Authorization: Bearer <token>`, compared in constant time.
 * @throws HelpdeskError NAO_AUTENTICADO
 */
export function requireBearer(request: FastifyRequest, token: string): void {
  const [scheme, presented] = splitAuthorization(request)
  if (scheme !== 'bearer' || !secretsEqual(presented, token)) {
    throw new HelpdeskError('NAO_AUTENTICADO')
  }
}

/**
 * As `requireBearer`, and also takes HTTP Basic (RFC 7617) with the token as password and any user name, so that a
 * browser can open the page.
 * @throws HelpdeskError NAO_AUTENTICADO
 */
export function requireBearerOrBasic(request: FastifyRequest, token: string): void {
  const [scheme, presented] = splitAuthorization(request)
  if (scheme !== 'basic') {
    requireBearer(request, token)
    return
  }
  const credentials = Buffer.from(presented, 'base64').toString('utf8')
  if (!secretsEqual(credentials.slice(credentials.indexOf(':') + 1), token)) {
    throw new HelpdeskError('NAO_AUTENTICADO')
  }
}

function splitAuthorization(request: FastifyRequest): [scheme: string, credentials: string] {
  const [scheme = '', credentials = ''] = (request.headers.authorization ?? '').split(' ', 2)
  return [scheme.toLowerCase(), credentials]
}
