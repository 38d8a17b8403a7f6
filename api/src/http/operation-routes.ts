import { sql } from 'kysely'
import { type Static, Type } from 'typebox'
import type { ApiContext } from '../context.ts'
import { errorAnswers } from './error-answers.ts'
import { networkGuard } from './network-guard.ts'
import type { HttpServer } from '@ura/core/http/server'

const Readiness = Type.Object(
  {
    status: Type.Boolean(),
    banco: Type.String({ examples: ['ok', 'indisponivel'] }),
    whatsapp: Type.String({ examples: ['ok', 'indisponivel'], description: 'Informativo' }),
    voz: Type.String({ examples: ['ok', 'indisponivel'], description: 'Informativo' }),
  },
  {
    description: 'O estado do serviço e de suas dependências',
    'x-examples': {
      pronto: {
        summary: 'Pronto',
        value: { status: true, banco: 'ok', whatsapp: 'ok', voz: 'ok' },
      },
      semBanco: {
        summary: 'O banco de dados não responde (503)',
        value: { status: false, banco: 'indisponivel', whatsapp: 'ok', voz: 'ok' },
      },
    },
  },
)

const MetricsText = {
  description: 'Métricas',
  content: {
    'text/plain': {
      schema: Type.String(),
      example: '# TYPE ura_tickets_opened_total counter\nura_tickets_opened_total 12\n',
    },
  },
} as const

const whatsappProbeMs = 2_000
const notReadyRetrySeconds = 5

/** `/healthz`, `/readyz` and `/metrics`, for those who run the service. */
export function operationRoutes(server: HttpServer, context: ApiContext): void {
  const { config, metrics } = context
  const isWhatsappAvailable = whatsappProbe(context)
  server.get(
    '/healthz',
    {
      config: { rateLimit: false },
      schema: {
        tags: ['Operação'],
        summary: 'O processo está vivo',
        operationId: 'verificarProcesso',
        description: 'Não consulta nada: responde enquanto o processo responde.',
        response: {
          200: Type.Object(
            { status: Type.Literal(true) },
            { description: 'O processo responde', examples: [{ status: true }] },
          ),
        },
      },
    },
    async () => ({ status: true as const }),
  )
  server.get(
    '/readyz',
    {
      config: { rateLimit: false },
      schema: {
        tags: ['Operação'],
        summary: 'O banco de dados responde e as migrações estão feitas',
        operationId: 'verificarProntidao',
        description: '503 quando o banco de dados não responde. `whatsapp` e `voz` são informativos.',
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const readiness = await readinessOf(context, isWhatsappAvailable)
      if (!readiness.status) {
        reply.header('retry-after', String(notReadyRetrySeconds))
      }
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
        operationId: 'lerMetricas',
        description: 'Só para as redes de `METRICS_NETWORKS`.',
        errors: ['ORIGEM_NAO_PERMITIDA'],
        response: { 200: MetricsText, ...errorAnswers },
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
async function readinessOf(
  context: ApiContext,
  isWhatsappAvailable: () => Promise<boolean>,
): Promise<Static<typeof Readiness>> {
  const database = await sql`select 1`.execute(context.db).then(
    () => true,
    () => false,
  )
  return {
    status: database,
    banco: database ? 'ok' : 'indisponivel',
    whatsapp: (await isWhatsappAvailable()) ? 'ok' : 'indisponivel',
    voz: context.speech.stats().isBreakerOpen ? 'indisponivel' : 'ok',
  }
}

/** Asks the gateway at most once in 2 s, however often readiness is asked for: nobody signs in for that. */
function whatsappProbe({ gateway, clock }: ApiContext): () => Promise<boolean> {
  let askedAtMs = -Infinity
  let answer = Promise.resolve(false)
  return async () => {
    const nowMs = clock.now().getTime()
    // Either way: a clock set back must not keep an old answer.
    if (Math.abs(nowMs - askedAtMs) >= whatsappProbeMs) {
      askedAtMs = nowMs
      answer = gateway.isAvailable()
    }
    return await answer
  }
}
