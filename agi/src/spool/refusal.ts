import { type ErrorCode, HelpdeskError } from '@ura/core/errors'

/** Of this client or its address rather than of the request: mended by an administrator, and then the request is good. */
const refusalsOfTheClient: ReadonlySet<ErrorCode> = new Set([
  'NAO_AUTENTICADO',
  'SESSAO_INVALIDA',
  'ORIGEM_NAO_PERMITIDA',
  'PAPEL_SEM_PERMISSAO',
  'ROTA_NAO_ENCONTRADA',
  'METODO_NAO_PERMITIDO',
])

/**
 * Whether the API has judged the request itself and will say the same again. Everything else (no answer, 429, 5xx, a
 * refusal of this client) leaves open whether the request took effect or may yet.
 */
export function isRefusal(error: unknown): error is HelpdeskError {
  return (
    error instanceof HelpdeskError &&
    !error.retryable &&
    error.statusCode < 500 &&
    !refusalsOfTheClient.has(error.code)
  )
}
