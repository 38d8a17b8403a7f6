import { HelpdeskError } from '@ura/core/errors'

/**
 * An ISO 8601 instant in milliseconds since 1970-01-01 UTC.
 * @throws HelpdeskError REQUISICAO_INVALIDA for what the schema takes and Date can't read: second 60 and RFC 9557's suffixes
 */
export function parseInstantMs(instant: string, field: string): number {
  const atMs = Date.parse(instant)
  if (Number.isNaN(atMs)) {
    throw new HelpdeskError('REQUISICAO_INVALIDA', {
      message: `O campo "${field}" é inválido ou está ausente.`,
      field,
    })
  }
  return atMs
}
