import { randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import Fastify from 'fastify'
import { TypeBoxValidatorCompiler, type TypeBoxTypeProvider } from '@fastify/type-provider-typebox'
import type { Logger } from '@ura/core/logger'
import { closePromptly } from '@ura/core/prompt-close'
import { installErrorAnswers } from './error-answers.ts'

const bodyBytesMax = 16 * 1_024
const requestTimeoutMs = 10_000
const connectionsMax = 1_000

/**
 * A Fastify server of the house: request ids, bounded bodies, times and connections, error answers of the table, one
 * log line a request. The line names the route and never the address asked for, which may hold a phone number.
 */
export function createServer(log: Logger) {
  const fastify = Fastify({
    logger: false,
    bodyLimit: bodyBytesMax,
    requestTimeout: requestTimeoutMs,
    genReqId: requestId,
  }).withTypeProvider<TypeBoxTypeProvider>()
  fastify.server.maxConnections = connectionsMax
  fastify.setValidatorCompiler(TypeBoxValidatorCompiler)
  installErrorAnswers(fastify, log)
  fastify.addHook('onRequest', async (request, reply) => {
    reply.header('x-request-id', request.id)
  })
  closePromptly(fastify)
  fastify.addHook('onResponse', async (request, reply) => {
    log.info(
      {
        requestId: request.id,
        method: request.method,
        route: request.routeOptions.url ?? 'none',
        statusCode: reply.statusCode,
        durationMs: Math.round(reply.elapsedTime),
      },
      'request answered',
    )
  })
  return fastify
}

export type GatewayServer = ReturnType<typeof createServer>

/** The caller's own id when it is a plain one, so that one id follows a call through the services. */
function requestId(request: IncomingMessage): string {
  const given = request.headers['x-request-id']
  return typeof given === 'string' && /^[\w.:-]{1,64}$/.test(given) ? given : randomUUID()
}
