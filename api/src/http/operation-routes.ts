import { sql } from 'kysely'
import { type Static, Type } from 'typebox'
import type { ApiContext } from '../context.ts'
import { errorAnswers } from './error-answers.ts'
import { networkGuard } from './network-guard.ts'
import type { HttpServer } from '@ura/core/http/server'

const Readiness = Type.Object({
  status: Type.Boolean(),
  banco: Type.String({ examples: ['ok', 'indisponivel'] }),
  whatsapp: Type.String({ examples: ['ok', 'indisponivel'], description: 'Informativo' }),
  voz: Type.String({ examples: ['ok', 'indisponivel'], description: 'Informativo' }),
})

/** `/healthz`, `/readyz` and `/metrics`, for those who run the service. */
export function operationRoutes(server: HttpServer, context: ApiContext): void {
  const { config, metrics } = context
  server.get(
    '/healthz',
    {
      config: { rateLimit: false },
      schema: {
        tags: ['Operação'],
        summary: 'O processo está vivo',
        response: { 200: Type.Object({ status: Type.Literal(true) }) },
      },
    },
    async () => ({ status: true as const }),
  )
  server.get(
    '/readyz',
    {
      schema: {
        tags: ['Operação'],
        summary: 'O banco de dados responde e as migrações estão feitas',
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const readiness = await readinessOf(context)
      return await reply.code(readiness.status ? 200 : 503).send(readiness)
    },
  )
  server.get(
    '/metrics',
    {
      onRequest: networkGuard(config.metricsNetworks),
      schema: {
        tags: ['Operação'],
        summary: 'Métricas do Prometheus',
        response: { 200: Type.String(), ...errorAnswers },
      },
    },
    async (_request, reply) => {
      return await reply
        .code(200)
        .type(metrics.registry.contentType)
        .send(await metrics.registry.metrics())
    },
  )
}

/** Migrations are done before the server listens, so a database that answers is one that is migrated. */
async function readinessOf(context: ApiContext): Promise<Static<typeof Readiness>> {
  const database = await sql`select 1`.execute(context.db).then(
    () => true,
    () => false,
  )
  return {
    status: database,
    banco: database ? 'ok' : 'indisponivel',
    whatsapp: (await context.gateway.isAvailable()) ? 'ok' : 'indisponivel',
    voz: context.speech.stats().isBreakerOpen ? 'indisponivel' : 'ok',
  }
}
