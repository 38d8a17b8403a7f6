import { HelpdeskError, type ErrorCode } from '@ura/core/errors'

/** The words of `URA_RESULT` that a step script ends with, and what each means to a dialplan. */
export const stepResults = {
  ok: 'done',
  not_found: 'no such user, ticket or audio; or a ticket of somebody else',
  undeliverable: 'no access code could be sent: no WhatsApp on file, or it is down',
  limit: 'too many access codes in a short time',
  wrong: 'another access code; there are tries left',
  expired: 'the access code is not valid any more, or none was asked for',
  blocked: 'too many wrong tries: the access code is over',
  not_identified: 'no access code of this user was verified in this call',
  unknown_service: 'the catalogue has no such service',
  invalid: 'an argument is missing or malformed',
  unavailable: 'no answer in time: nobody knows',
} as const

export type StepResult = keyof typeof stepResults

/** `URA_RESULT` while a step is under way: what stays when the service is lost in mid-step. */
export const stepStarted = 'started'

const words: Partial<Record<ErrorCode, StepResult>> = {
  USUARIO_NAO_ENCONTRADO: 'not_found',
  USUARIO_NAO_IDENTIFICADO: 'not_identified',
  SERVICO_INEXISTENTE: 'unknown_service',
  AUDIO_INVALIDO: 'invalid',
  REQUISICAO_INVALIDA: 'invalid',
  // The dialplan's own number of the step was used for something else.
  CHAVE_REUTILIZADA: 'invalid',
}

/** What a failure of a step is to the dialplan. */
export function resultOfFailure(error: unknown): StepResult {
  return (error instanceof HelpdeskError ? words[error.code] : undefined) ?? 'unavailable'
}
