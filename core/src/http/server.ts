import { TypeBoxValidatorCompiler, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
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
import { HelpdeskError } from '../errors.ts'
import type { Logger } from '../logger.ts'
import { answerClientError } from './client-error.ts'
import { answerError, type KnownError } from './error-answer.ts'
import { closePromptly } from './prompt-close.ts'
import { requestIdOf } from './request-id.ts'

/** The Fastify instance whose routes take their types from TypeBox schemas. */
export type HttpServer = FastifyInstance<
  RawServerDefault,
  RawRequestDefaultExpression,
  RawReplyDefaultExpression,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>

export interface HttpServerOptions {
  log: Logger
  /** Within this time a request's head and body must be here, to the second. Default: 15,000. */
  requestTimeoutMs?: number
  /** Connections open at once; one more is closed unheard. Default: no limit. */
  connectionsMax?: number
  /** Networks of the proxies whose X-Forwarded-For is believed. Default: none. */
  trustedProxies?: readonly string[]
  /** The answer to a failure that this service foresees, as a locked database; undefined leaves it to the house. */
  knownError?: KnownError
  /** What else the line of an answered request tells; never a secret, nor anything of its address or body. */
  logFields?: (request: FastifyRequest) => Readonly<Record<string, unknown>>
}

const bodyBytesMax = 16 * 1024
const requestTimeoutMsDefault = 15_000
/** Node looks for late requests this often; by default every 30 s, which would let them be late by as much. */
const lateRequestsCheckMs = 1_000
const pathParameterCharactersMax = 200

/**
 * A server with what holds for every route of the house: request ids, bounded bodies and times, TypeBox schemas that
 * validate, every error as an answer of the error table, one log line a request, prompt closing. It has no route yet.
 */
export function createHttpServer(options: HttpServerOptions): HttpServer {
  const { knownError, trustedProxies, connectionsMax } = options
  const requestTimeout = options.requestTimeoutMs ?? requestTimeoutMsDefault
  const loggerInstance: FastifyBaseLogger = options.log
  const fastify = Fastify({
    loggerInstance,
    logController: new LogController({ disableRequestLogging: true, requestIdLogLabel: 'requestId' }),
    bodyLimit: bodyBytesMax,
    requestTimeout,
    // Given to Node as well, since it bounds the time for the head by the time for all only when it makes the server.
    http: { requestTimeout, connectionsCheckingInterval: lateRequestsCheckMs },
    routerOptions: { maxParamLength: pathParameterCharactersMax },
    trustProxy: trustedProxies === undefined ? false : [...trustedProxies],
    // What still comes while it closes is answered, as the last on its connection: see closePromptly.
    return503OnClosing: false,
    requestIdHeader: false,
    genReqId: requestIdOf,
    clientErrorHandler: (error, socket) => answerClientError(error, socket, options.log),
    // Of an address that can't be decoded; no hook runs for it.
    frameworkErrors(error, request, reply) {
      answerError(error, { request, reply, knownError })
      logRequest(request, reply, options)
    },
  })
  if (connectionsMax !== undefined) {
    fastify.server.maxConnections = connectionsMax
  }
  // What is not JSON is a type we don't take, rather than a body of the wrong shape.
  fastify.removeContentTypeParser('text/plain')
  fastify.setErrorHandler((error, request, reply) => answerError(error, { request, reply, knownError }))
  fastify.setNotFoundHandler((request, reply) => {
    answerError(new HelpdeskError('ROTA_NAO_ENCONTRADA'), { request, reply, knownError })
  })
  closePromptly(fastify)
  ignoreUnknownExpectations(fastify)
  rememberAddresses(fastify)
  fastify.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  fastify.addHook('onResponse', async (request, reply) => logRequest(request, reply, options))
  return fastify.withTypeProvider<TypeBoxTypeProvider>().setValidatorCompiler(TypeBoxValidatorCompiler)
}

/**
 * Node answers `Expect` with anything but `100-continue` by an empty 417, past every hook; RFC 9110 (10.1.1) leaves a
 * server free to take the request as if nothing were expected.
 */
function ignoreUnknownExpectations({ server }: FastifyInstance): void {
  server.on('checkExpectation', (request, response) => server.emit('request', request, response))
}

/**
 * A request may be at work when its socket is destroyed, as for garbage that follows it; Node then still knows the
 * address if somebody has asked for it before, and networks and limits are decided by it.
 */
function rememberAddresses({ server }: FastifyInstance): void {
  server.on('connection', (socket) => void socket.remoteAddress)
}

/** The route's pattern and not the address asked for, which may hold a phone number or an audio's name. */
function logRequest(request: FastifyRequest, reply: FastifyReply, { logFields }: HttpServerOptions): void {
  request.log.info(
    {
      method: request.method,
      route: request.routeOptions.url ?? null,
      statusCode: reply.statusCode,
      durationMs: Math.round(reply.elapsedTime),
      ...logFields?.(request),
    },
    'request answered',
  )
}
