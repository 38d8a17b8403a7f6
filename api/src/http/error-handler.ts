import { errorBody, HelpdeskError } from '@ura/core/errors'
import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { isBusy } from '../database/dialect.ts'
import { fieldAtFault } from './field-at-fault.ts'

/** Answers any error with the one error body; what was not foreseen is logged and told as a constant 500. */
export function answerError(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const known = toHelpdeskError(error)
  if (known.code === 'ERRO_INTERNO') {
    request.log.error({ err: error }, 'request failed')
  }
  if (known.retryAfterSeconds !== undefined) {
    reply.header('retry-after', String(known.retryAfterSeconds))
  }
  // The serializers of a route's answers are for its schema's types; an error may end any route.
  reply.code(known.statusCode).type('application/json; charset=utf-8').serializer(JSON.stringify)
  reply.send(errorBody(known, request.id))
}

/** The error of the table that tells `error`: Fastify's own refusals become 400, 413 and 415, the rest 500. */
export function toHelpdeskError(error: unknown): HelpdeskError {
  if (error instanceof HelpdeskError) {
    return error
  }
  if (isBusy(error)) {
    return new HelpdeskError('SERVICO_INDISPONIVEL', { retryAfterSeconds: 2, cause: error })
  }
  const { code, statusCode, validation, validationContext } = error as Partial<FastifyError>
  if (validation !== undefined) {
    const field = fieldAtFault(validation, validationContext)
    const message = field === null ? 'Requisição inválida.' : `O campo "${field}" é inválido ou está ausente.`
    return new HelpdeskError('REQUISICAO_INVALIDA', { message, ...(field === null ? {} : { field }) })
  }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new HelpdeskError('CORPO_GRANDE_DEMAIS')
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new HelpdeskError('TIPO_NAO_SUPORTADO')
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new HelpdeskError('REQUISICAO_INVALIDA', { cause: error })
  }
  return new HelpdeskError('ERRO_INTERNO', { cause: error })
}
