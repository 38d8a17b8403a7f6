import { SignInAnswer } from '@ura/core/ticket-api/schemas'
import type { ApiContext } from '../context.ts'
import { errorAnswers } from '../http/error-answers.ts'
import type { HttpServer } from '@ura/core/http/server'
import { authenticate, signIn } from './authentication.ts'

declare module 'fastify' {
  interface FastifyRequest {
    /** The client of the request's session; null outside the session. */
    client: { id: number; name: string } | null
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
      const session = await signIn(context, {
        authorization: request.headers.authorization,
        address: request.ip,
        requestId: request.id,
      })
      return { status: true as const, sessao: session.token, expira_em: session.expiresAt.toISOString() }
    },
  )
}

/** Lets only requests with a session in force, from their client's networks, reach the routes of this server scope. */
export function requireSession(server: HttpServer, context: ApiContext): void {
  // preParsing, not onRequest: the rate limit is an onRequest hook of each route and has to come first, and the body
  // of a stranger has not been read yet.
  server.addHook('preParsing', async (request) => {
    request.client = await authenticate(context, {
      authorization: request.headers.authorization,
      address: request.ip,
      requestId: request.id,
    })
  })
}
