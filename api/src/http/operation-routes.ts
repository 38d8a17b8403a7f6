import { type Static, Type } from 'typebox'
import type { ApiContext } from '../context.ts'
import { errorAnswers } from './error-answers.ts'
import { type Dependencies, type DependencyName, dependencyNames } from './dependencies.ts'
import { networkGuard } from './network-guard.ts'
import { neverShed } from './server.ts'
import type { HttpServer } from '@ura/core/http/server'

const Readiness = Type.Object(
  {
    status: Type.Boolean(),
    banco: Type.String({ examples: ['ok', 'indisponivel'] }),
    whatsapp: Type.String({ examples: ['ok', 'indisponivel'], description: 'Informativo' }),
    voz: Type.String({
      examples: ['ok', 'degradada', 'indisponivel'],
      description: 'Informativo. `degradada`: a voz embutida fala no lugar do Amazon Polly',
    }),
    motivos: Type.Optional(
      Type.Object(Object.fromEntries(dependencyNames.map((name) => [name, Type.Optional(Type.String())])), {
        description: 'Por que está indisponível ou degradado, só do que está',
      }),
    ),
  },
  {
    description: 'O estado do serviço e de suas dependências',
    'x-examples': {
      pronto: {
        summary: 'Pronto',
        value: { status: true, banco: 'ok', whatsapp: 'ok', voz: 'ok' },
      },
      vozDegradada: {
        summary: 'O Amazon Polly falha e a voz embutida fala no lugar dele',
        value: {
          status: true,
          banco: 'ok',
          whatsapp: 'ok',
          voz: 'degradada',
          motivos: {
            voz: 'O Amazon Polly falhou várias vezes seguidas; a voz embutida fala no lugar dele.',
          },
        },
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

const notReadyRetrySeconds = 5

/** `/healthz`, `/readyz` and `/metrics`, for those who run the service. */
export function operationRoutes(server: HttpServer, context: ApiContext): void {
  const { config, metrics } = context
  server.get(
    '/healthz',
    {
      config: { ...neverShed, rateLimit: false },
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
      config: { ...neverShed, rateLimit: false },
      schema: {
        tags: ['Operação'],
        summary: 'O banco de dados responde e as migrações estão feitas',
        operationId: 'verificarProntidao',
        description: '503 quando o banco de dados não responde. `whatsapp` e `voz` são informativos.',
        response: { 200: Readiness, 503: Readiness },
      },
    },
    async (_request, reply) => {
      const readiness = await readinessOf(context.dependencies)
      if (!readiness.status) {
        reply.header('retry-after', String(notReadyRetrySeconds))
      }
      return await reply.code(readiness.status ? 200 : 503).send(readiness)
    },
  )
  server.get(
    '/metrics',
    {
      config: neverShed,
      onRequest: networkGuard(context, config.metricsNetworks),
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

/** Only the database decides; what else is down is told with its reason. */
async function readinessOf(dependencies: Dependencies): Promise<Static<typeof Readiness>> {
  const states = await dependencies.check()
  const word = (name: DependencyName) => {
    const { isUp, isDegraded } = states[name]
    return isUp ? (isDegraded ? 'degradada' : 'ok') : 'indisponivel'
  }
  const reasons = dependencyNames.flatMap((name) => {
    const { reason } = states[name]
    return reason === null ? [] : [[name, reason]]
  })
  return {
    status: states.banco.isUp,
    banco: word('banco'),
    whatsapp: word('whatsapp'),
    voz: word('voz'),
    ...(reasons.length === 0 ? {} : { motivos: Object.fromEntries(reasons) }),
  }
}
