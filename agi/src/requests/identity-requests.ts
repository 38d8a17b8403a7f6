import { HelpdeskError } from '@ura/core/errors'
import type { MessageChannel, VerifyCodeAnswer } from '@ura/core/ticket-api/schemas'
import type { Requesting } from './requesting.ts'

/** Whether a registration code exists; false as well for every code once this calling number has guessed too often. */
export async function isKnownUser(call: Requesting, userCode: string): Promise<boolean> {
  const { callId, callingNumber } = call
  const verified = call.ticketApi.verifyUser({ userCode, callId, callingNumber }, call.signal)
  try {
    return await call.line.waitFor(verified)
  } catch (error) {
    if (error instanceof HelpdeskError && error.code === 'LIMITE_DE_TENTATIVAS') {
      return false
    }
    throw error
  }
}

/** An access code on its way. */
export interface CodeUnderWay {
  sent: true
  digits: number
  /** By which it goes, as far as is known. */
  channel: MessageChannel
}

/** An access code on its way, or why there will be none. */
export type CodeSent = CodeUnderWay | { sent: false; reason: 'undeliverable' | 'limit' }

/** Has an access code sent to the user's WhatsApp or e-mail. @throws HelpdeskError for what is neither undeliverable nor a limit */
export async function sendAccessCode(call: Requesting, userCode: string): Promise<CodeSent> {
  const { callId } = call
  const idempotencyKey = call.nextIdempotencyKey('send-code')
  try {
    const request = call.ticketApi.requestAccessCode({ userCode, callId, idempotencyKey }, call.signal)
    const { digitos: digits, canal: channel = 'whatsapp' } = await call.line.waitFor(request)
    return { sent: true, digits, channel }
  } catch (error) {
    const reason = error instanceof HelpdeskError ? reasons[error.code] : undefined
    if (reason === undefined) {
      throw error
    }
    return { sent: false, reason }
  }
}

const reasons: Partial<Record<HelpdeskError['code'], 'undeliverable' | 'limit'>> = {
  SEM_TELEFONE: 'undeliverable',
  WHATSAPP_INDISPONIVEL: 'undeliverable',
  LIMITE_DE_CODIGOS: 'limit',
}

/** Tries an access code; a right one identifies the user in this call. */
export async function verifyAccessCode(
  call: Requesting,
  userCode: string,
  code: string,
): Promise<VerifyCodeAnswer> {
  const { callId } = call
  const idempotencyKey = call.nextIdempotencyKey('verify-code')
  return call.line.waitFor(
    call.ticketApi.verifyAccessCode({ userCode, code, callId, idempotencyKey }, call.signal),
  )
}
