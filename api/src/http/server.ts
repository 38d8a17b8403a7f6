import rateLimit from '@fastify/rate-limit'
import underPressure from '@fastify/under-pressure'
import { HelpdeskError } from '@ura/core/errors'
import { createHttpServer, type HttpServer } from '@ura/core/http/server'
import type { Logger } from '@ura/core/logger'
import type { ApiConfiguration } from '../config.ts'
import { sendBrowserHeaders } from './browser-headers.ts'
import { isBusy, isUnavailable } from '@ura/core/database/database-errors'

/** Connections open at once, far above what phones and programs of one installation hold. */
const connectionsMax = 1_000

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of `@fastify/under-pressure`, whose types leave it out. */
    pressureHandler?: () => undefined
  }
}

const bytesPerMegabyte = 1024 * 1024

/** Of a route that answers however busy the process is: those who run it look there then. */
export const neverShed = { pressureHandler: () => undefined } as const

class OverloadedError extends HelpdeskError {
  constructor() {
    super('SERVICO_INDISPONIVEL', { retryAfterSeconds: 5 })
  }
}

/** The house's server with what the API adds for all its routes: limits, browser headers, sign-in without a body. */
export async function createServer(config: ApiConfiguration, log: Logger): Promise<HttpServer> {
  const server = createHttpServer({
    log,
    connectionsMax,
    ...(config.trustedProxies === undefined ? {} : { trustedProxies: config.trustedProxies }),
    knownError: unusableDatabase,
    logFields: (request) => ({ client: request.client?.name ?? null }),
  })
  server.decorateRequest('client', null)
  acceptEmptyJson(server)
  sendBrowserHeaders(server)
  await server.register(rateLimit, {
    max: config.requestsPerMinute,
    timeWindow: 60_000,
    errorResponseBuilder: (_request, { ttl }) =>
      new HelpdeskError('LIMITE_DE_REQUISICOES', { retryAfterSeconds: Math.max(1, Math.ceil(ttl / 1000)) }),
  })
  limitUnknownRoutes(server)
  await server.register(underPressure, {
    maxEventLoopDelay: config.eventLoopDelayMaxMs,
    // 0 is no bound.
    maxHeapUsedBytes: config.heapMaxMegabytes * bytesPerMegabyte,
    maxRssBytes: config.memoryMaxMegabytes * bytesPerMegabyte,
    retryAfter: 5,
    pressureHandler: shedLoad,
  })
  return server
}

/**
 * The plugin takes a second in which its timer came before any sample for an endless delay (9.2.0, index.js:
 * updateEventLoopDelay). That is a machine that stood still, not one with too much to do; what it was shows in the next.
 */
function shedLoad(_request: unknown, _reply: unknown, type: string, value: number | undefined): undefined {
  if (type !== underPressure.TYPE_EVENT_LOOP_DELAY || value !== Infinity) {
    throw new OverloadedError()
  }
}

/** The plugin's limit is a hook of each route; what has no route counts for the same limit. */
function limitUnknownRoutes(server: HttpServer): void {
  const limit = server.rateLimit()
  server.addHook('onRequest', async (request, reply) => {
    if (request.is404) {
      await limit.call(server, request, reply)
    }
  })
}

function unusableDatabase(error: unknown): HelpdeskError | undefined {
  return isBusy(error) || isUnavailable(error)
    ? new HelpdeskError('SERVICO_INDISPONIVEL', { retryAfterSeconds: 2, cause: error })
    : undefined
}

/** Sign-in has no body, yet common clients declare JSON on every POST: no body is then no fault. */
function acceptEmptyJson(server: HttpServer): void {
  const parseJson = server.getDefaultJsonParser('error', 'error')
  server.removeContentTypeParser('application/json')
  server.addContentTypeParser('application/json', { parseAs: 'string' }, (request, body, done) => {
    if (body === '') {
      done(null)
      return
    }
    void parseJson(request, body as string, done)
  })
}
