import type { HttpServer } from '@ura/core/http/server'
import { Type } from 'typebox'
import { namesWeakly } from './entity-tag.ts'

/** The answer to a GET of what the client has already, for a route's `response` schema. */
export const notModified = { 304: Type.Null({ description: 'Não mudou.' }) } as const

/**
 * Answers each GET and HEAD of a scope whose `If-None-Match` names the answer's `ETag` with 304 and no body (RFC 9110,
 * sections 13.1.2 and 15.4.5). An answer with an `ETag` is the client's own and to be asked for again each time, unless
 * its route says otherwise (`cache-control`).
 */
export function answerConditionalRequests(scope: HttpServer): void {
  scope.addHook('onSend', (request, reply, payload, done) => {
    const etag = reply.getHeader('etag')
    // The ETag of a change is for the next If-Match.
    const isRead = request.method === 'GET' || request.method === 'HEAD'
    if (typeof etag !== 'string' || !isRead || reply.statusCode !== 200) {
      done(null, payload)
      return
    }
    if (!reply.hasHeader('cache-control')) {
      reply.header('cache-control', 'private, no-cache')
    }
    const ifNoneMatch = request.headers['if-none-match']
    if (ifNoneMatch === undefined || !namesWeakly(ifNoneMatch, etag)) {
      done(null, payload)
      return
    }
    reply.code(304).removeHeader('content-type').removeHeader('content-length')
    // Fastify takes the body from the answer to HEAD by itself, behind this hook, and can't where there is none.
    done(null, request.method === 'HEAD' ? payload : null)
  })
}
