import type { FastifyRequest } from 'fastify'
import type { AuditSource } from '../audit/audit-log.ts'

/** Who sends an authenticated request, for the audit log. */
export function sourceOf(request: FastifyRequest): AuditSource {
  return { actor: clientOf(request).name, address: request.ip, requestId: request.id }
}

/** The client of an authenticated request. */
export function clientOf(request: FastifyRequest): NonNullable<FastifyRequest['client']> {
  if (request.client === null) {
    throw new Error('The route is outside the session')
  }
  return request.client
}
