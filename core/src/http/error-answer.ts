import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify'
import { errorBody, HelpdeskError } from '../errors.ts'
import { fieldAtFault } from './field-at-fault.ts'
import { loggableFailure } from './loggable-failure.ts'

/** The error of the table that tells `error`, or undefined when the service doesn't know it. */
export type KnownError = (error: unknown) => HelpdeskError | undefined

/**
 * Answers any error with the one error body, and with `Retry-After` and `WWW-Authenticate` where they belong; a route
 * may have set a `WWW-Authenticate` of its own. What was not foreseen is logged and told as a constant 500.
 */
export function answerError(
  error: unknown,
  options: { request: FastifyRequest; reply: FastifyReply; knownError: KnownError | undefined },
): void {
  const { request, reply, knownError } = options
  const known = toHelpdeskError(error, knownError)
  logFailure(known, error, request)
  if (known.retryAfterSeconds !== undefined) {
    reply.header('retry-after', String(known.retryAfterSeconds))
  }
  if (known.statusCode === 401 && !reply.hasHeader('www-authenticate')) {
    reply.header('www-authenticate', 'Bearer')
  }
  reply.code(known.statusCode).header('x-request-id', request.id)
  // The serializers of a route's answers are for its schema's types; an error may end any route.
  reply.type('application/json; charset=utf-8').serializer(JSON.stringify)
  reply.send(errorBody(known, request.id))
}

function toHelpdeskError(error: unknown, knownError: KnownError | undefined): HelpdeskError {
  if (error instanceof HelpdeskError) {
    return error
  }
  return knownError?.(error) ?? toRefusal(error) ?? new HelpdeskError('ERRO_INTERNO', { cause: error })
}

/** Fastify's own refusals of a request: 413, 415, and every other 4xx as 400. */
function toRefusal(error: unknown): HelpdeskError | undefined {
  const { code, statusCode, validation, validationContext }: Partial<FastifyError> =
    error instanceof Error ? error : {}
  if (validation !== undefined) {
    return toInvalidRequest(fieldAtFault(validation, validationContext))
  }
  if (code === 'FST_ERR_CTP_BODY_TOO_LARGE') {
    return new HelpdeskError('CORPO_GRANDE_DEMAIS')
  }
  if (code === 'FST_ERR_CTP_INVALID_MEDIA_TYPE') {
    return new HelpdeskError('TIPO_NAO_SUPORTADO')
  }
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new HelpdeskError('REQUISICAO_INVALIDA')
  }
  return undefined
}

function toInvalidRequest(field: string | null): HelpdeskError {
  return field === null
    ? new HelpdeskError('REQUISICAO_INVALIDA')
    : new HelpdeskError('REQUISICAO_INVALIDA', {
        message: `O campo "${field}" é inválido ou está ausente.`,
        field,
      })
}

function logFailure(known: HelpdeskError, thrown: unknown, request: FastifyRequest): void {
  if (known.code === 'ERRO_INTERNO') {
    request.log.error({ err: loggableFailure(thrown) }, 'request failed')
  } else if (known.statusCode >= 500 && known.cause !== undefined) {
    request.log.warn({ errorCode: known.code, err: loggableFailure(known.cause) }, 'request not served')
  }
}
