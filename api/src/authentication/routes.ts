import type { FastifyRequest } from 'fastify'
import { EndSessionAnswer, SignInAnswer } from '@ura/core/ticket-api/schemas'
import type { ApiContext } from '../context.ts'
import { errorAnswers } from '../http/error-answers.ts'
import { clientOf } from '../http/request-source.ts'
import type { HttpServer } from '@ura/core/http/server'
import { authenticate, type Credentials, endSession, signIn } from './authentication.ts'
import type { ClientRole } from './client-repository.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The client of the request's session; null outside the session. */
    client: { id: number; name: string; role: ClientRole } | null
  }
}

export function signInRoutes(server: HttpServer, context: ApiContext): void {
  server.post(
    '/autenticar_sessao',
    {
      config: { rateLimit: { max: context.config.signInsPerMinute } },
      schema: {
        tags: ['Sessão'],
        summary: 'Troca o token do cliente por uma sessão',
        operationId: 'autenticarSessao',
        description:
          'Não tem corpo. A sessão dura 12 horas, se a instalação não disser outra coisa, e vale em qualquer instância da API.',
        security: [{ token: [] }],
        response: { 200: SignInAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      const session = await signIn(context, credentialsOf(request))
      context.metrics.signIns.inc()
      return { status: true as const, sessao: session.token, expira_em: session.expiresAt.toISOString() }
    },
  )
}

/** Lets only requests with a session in force, from their client's networks, reach the routes of this server scope. */
export function requireSession(server: HttpServer, context: ApiContext): void {
  // preParsing, not onRequest: the rate limit is an onRequest hook of each route and has to come first, and the body
  // of a stranger has not been read yet.
  server.addHook('preParsing', async (request) => {
    request.client = await authenticate(context, credentialsOf(request))
  })
}

/** `POST /encerrar_sessao`, for a scope behind the session: the client ends the one that it sends. */
export function endSessionRoute(server: HttpServer, context: ApiContext): void {
  server.post(
    '/encerrar_sessao',
    {
      config: { access: 'session' },
      schema: {
        tags: ['Sessão'],
        summary: 'Encerra a sessão enviada',
        operationId: 'encerrarSessao',
        description:
          'Não tem corpo. Termina na hora nesta instância da API, e em poucos segundos nas outras (`SESSION_CACHE_SECONDS`).',
        security: [{ sessao: [] }],
        response: { 200: EndSessionAnswer, ...errorAnswers },
      },
    },
    async (request) => {
      await endSession(context, { credentials: credentialsOf(request), client: clientOf(request).name })
      return { status: true as const }
    },
  )
}

function credentialsOf(request: FastifyRequest): Credentials {
  return { authorization: authorizationOf(request), address: request.ip, requestId: request.id }
}

/** Of two Authorization headers Node takes the first, a proxy before it perhaps the other: neither is believed. */
function authorizationOf({ headers, raw }: FastifyRequest): string | undefined {
  const names = raw.rawHeaders.filter((_name, index) => index % 2 === 0)
  const count = names.filter((name) => name.toLowerCase() === 'authorization').length
  return count === 1 ? headers.authorization : undefined
}
