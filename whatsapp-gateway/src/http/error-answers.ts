import type { FastifyInstance } from 'fastify'
import { errorBody, HelpdeskError, type ErrorCode } from '@ura/core/errors'
import type { Logger } from '@ura/core/logger'

/** Fastify's own refusals that have a code of the error table; its other 4xx are REQUISICAO_INVALIDA. */
const codesByStatus: Readonly<Record<number, ErrorCode>> = {
  413: 'CORPO_GRANDE_DEMAIS',
  415: 'TIPO_NAO_SUPORTADO',
}

/** Makes every error of the server an answer of the error table. What went wrong inside is logged, not told. */
export function installErrorAnswers(fastify: FastifyInstance, log: Logger): void {
  fastify.setErrorHandler((thrown, request, reply) => {
    const error = toHelpdeskError(thrown)
    if (error.statusCode >= 500) {
      const { name, stack } = thrown as Error
      log.error({ requestId: request.id, errorName: name, stack }, 'request failed')
    }
    if (error.retryAfterSeconds !== undefined) {
      reply.header('retry-after', error.retryAfterSeconds)
    }
    if (error.statusCode === 401) {
      reply.header('www-authenticate', 'Bearer')
    }
    return reply.code(error.statusCode).send(errorBody(error, request.id))
  })
  fastify.setNotFoundHandler((request, reply) => {
    const error = new HelpdeskError('ROTA_NAO_ENCONTRADA')
    return reply.code(error.statusCode).send(errorBody(error, request.id))
  })
}

function toHelpdeskError(thrown: unknown): HelpdeskError {
  if (thrown instanceof HelpdeskError) {
    return thrown
  }
  const { statusCode, validation } = thrown as { statusCode?: number; validation?: unknown }
  if (Array.isArray(validation)) {
    const field = fieldAtFault(validation[0])
    return new HelpdeskError('REQUISICAO_INVALIDA', field === undefined ? {} : { field })
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new HelpdeskError(codesByStatus[statusCode] ?? 'REQUISICAO_INVALIDA')
  }
  return new HelpdeskError('ERRO_INTERNO', { cause: thrown })
}

/** The field's path, as `otp.code`, from TypeBox's first validation error. */
function fieldAtFault(error: unknown): string | undefined {
  const { instancePath = '', params } = error as {
    instancePath?: string
    params?: { requiredProperties?: string[]; additionalProperties?: string[] }
  }
  const property = params?.requiredProperties?.[0] ?? params?.additionalProperties?.[0]
  const path = [...instancePath.split('/').slice(1), ...(property === undefined ? [] : [property])]
  // A property that we don't know is the client's text: bounded before it is told back.
  return path.length === 0 ? undefined : path.join('.').slice(0, 64)
}
