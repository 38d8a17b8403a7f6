import type { Clock } from '@ura/core/clock'
import { HelpdeskError } from '@ura/core/errors'
import type { HttpServer } from '@ura/core/http/server'
import { secretsEqual } from '@ura/core/secret'
import { Type } from 'typebox'
import type { WebhookCallStore } from './webhook-call-store.ts'
import { isSignedBy } from './webhook-signature.ts'

export interface WebhookRoutesOptions {
  calls: WebhookCallStore
  clock: Clock
  /** Signs what Meta sends. */
  appSecret: string
  /** What Meta repeats when the address is set up. */
  verifyToken: string
  /** Told of each call: taken in, not signed by Meta, or refused because too many wait. */
  onCall: (result: 'accepted' | 'bad_signature' | 'full') => void
  /** Told that a call waits to be worked through, after its answer. */
  onAccepted: () => void
}

/** Meta's own bound of a payload ("payloads can be up to 3 MB"). */
const bodyBytesMax = 3 * 1024 * 1024
/** Calls between their 200 and their effect; one more is refused, and Meta tries it again for days. */
const waitingMax = 1_000
const fullRetryAfterSeconds = 30

const VerificationQuery = Type.Object({
  'hub.mode': Type.Literal('subscribe'),
  'hub.verify_token': Type.String({ minLength: 1, maxLength: 500 }),
  // Given back as it is: a number today, so nothing that a browser could take for a page.
  'hub.challenge': Type.String({ pattern: '^[A-Za-z0-9_-]{1,200}$' }),
})

/**
 * `GET /webhooks/whatsapp` proves to Meta that the address is ours; `POST` takes its calls. A call is answered once it
 * is on disk and before any of it is looked at, for Meta gives up on slow addresses. Both are outside the gateway's
 * token: the verify token and the signature stand in for it.
 */
export async function addWebhookRoutes(server: HttpServer, options: WebhookRoutesOptions): Promise<void> {
  const { calls, clock, appSecret, verifyToken, onCall, onAccepted } = options
  await server.register(async (webhook: HttpServer) => {
    // The signature is of the bytes, so nothing may parse them before it has been checked.
    webhook.removeContentTypeParser('application/json')
    webhook.addContentTypeParser('application/json', { parseAs: 'buffer' }, (_request, body, done) =>
      done(null, body),
    )
    webhook.get(
      '/webhooks/whatsapp',
      { schema: { querystring: VerificationQuery } },
      async (request, reply) => {
        if (!secretsEqual(request.query['hub.verify_token'], verifyToken)) {
          throw new HelpdeskError('NAO_AUTENTICADO')
        }
        reply.type('text/plain; charset=utf-8').header('x-content-type-options', 'nosniff')
        return request.query['hub.challenge']
      },
    )
    webhook.post('/webhooks/whatsapp', { bodyLimit: bodyBytesMax }, async (request) => {
      const { body } = request
      if (!Buffer.isBuffer(body) || !isSignedBy(appSecret, body, request.headers['x-hub-signature-256'])) {
        onCall('bad_signature')
        throw new HelpdeskError('NAO_AUTENTICADO')
      }
      if (!(await calls.keep(body.toString('utf8'), { receivedAt: clock.now(), waitingMax }))) {
        onCall('full')
        throw new HelpdeskError('SERVICO_INDISPONIVEL', { retryAfterSeconds: fullRetryAfterSeconds })
      }
      onCall('accepted')
      onAccepted()
      return { status: true }
    })
  })
}
