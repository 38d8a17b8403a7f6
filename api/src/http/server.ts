import helmet from '@fastify/helmet'
import rateLimit from '@fastify/rate-limit'
import { TypeBoxValidatorCompiler, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import underPressure from '@fastify/under-pressure'
import { HelpdeskError } from '@ura/core/errors'
import type { Logger } from '@ura/core/logger'
import { closePromptly } from '@ura/core/prompt-close'
import Fastify, {
  type FastifyBaseLogger,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
  LogController,
  type RawReplyDefaultExpression,
  type RawRequestDefaultExpression,
  type RawServerDefault,
} from 'fastify'
import type { ApiConfiguration } from '../config.ts'
import { answerError } from './error-handler.ts'
import { requestIdOf } from './request-id.ts'

/** The Fastify instance whose routes take their types from TypeBox schemas. */
export type ApiServer = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

const bodyBytesMax = 16 * 1024
/** A request's head and body must be here within this time, whatever a slow client does. */
const requestTimeoutMs = 15_000
/** Event loop so late that answers would miss the caller's 15 s: new requests are refused at once. */
const eventLoopDelayMaxMs = 3_000

class OverloadedError extends HelpdeskError {
  constructor() {
    super('SERVICO_INDISPONIVEL', { retryAfterSeconds: 5 })
  }
}

/** A server with everything that holds for all routes: errors, request ids, limits, headers; no route yet. */
export async function createServer(config: ApiConfiguration, log: Logger): Promise<ApiServer> {
  const loggerInstance: FastifyBaseLogger = log
  const server = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: bodyBytesMax,
    requestTimeout: requestTimeoutMs,
    routerOptions: { maxParamLength: 200 },
    trustProxy: config.trustedProxies === undefined ? false : [...config.trustedProxies],
    requestIdHeader: false,
    genReqId: requestIdOf,
    frameworkErrors: (error, request, reply) => answerError(error, request, reply),
  })
    .withTypeProvider<TypeBoxTypeProvider>()
    .setValidatorCompiler(TypeBoxValidatorCompiler)
  server.setErrorHandler(answerError)
  server.setNotFoundHandler((request, reply) => {
    answerError(new HelpdeskError('ROTA_NAO_ENCONTRADA'), request, reply)
  })
  server.decorateRequest('client', null)
  closePromptly(server)
  acceptEmptyJson(server)
  server.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  server.addHook('onResponse', async (request, reply) => logRequest(request, reply))
  await server.register(helmet, {
    // Plain HTTP inside a private network is the usual installation; TLS is the proxy's affair.
    strictTransportSecurity: false,
    contentSecurityPolicy: { directives: { 'upgrade-insecure-requests': null } },
  })
  await server.register(rateLimit, {
    max: config.requestsPerMinute,
    timeWindow: 60_000,
    errorResponseBuilder: (_request, { ttl }) =>
      new HelpdeskError('LIMITE_DE_REQUISICOES', { retryAfterSeconds: Math.max(1, Math.ceil(ttl / 1000)) }),
  })
  await server.register(underPressure, {
    maxEventLoopDelay: eventLoopDelayMaxMs,
    retryAfter: 5,
    customError: OverloadedError,
  })
  return server
}

/** Sign-in has no body, yet common clients declare JSON on every POST: no body is then no fault. */
function acceptEmptyJson(server: ApiServer): void {
  const parseJson = server.getDefaultJsonParser('error', 'error')
  server.removeContentTypeParser(['application/json', 'text/plain'])
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') {
      done(null)
      return
    }
    void parseJson(request, body as string, done)
  })
}

/** One line a request: the route's pattern and not its address, since an audio's name is a secret of a kind. */
function logRequest(request: FastifyRequest, reply: FastifyReply): void {
  request.log.info(
    {
      method: request.method,
      route: request.routeOptions.url ?? null,
      statusCode: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime),
      client: request.client?.name ?? null,
    },
    'request answered',
  )
}
