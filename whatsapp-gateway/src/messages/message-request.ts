import { createHmac } from 'node:crypto'
import type { Static } from 'typebox'
import { HelpdeskError } from '@ura/core/errors'
import { parsePhoneNumber } from '@ura/core/phone-number'
import type { MessageContent } from '../drivers/driver.ts'
import type { SendBody } from './schemas.ts'

/** What is asked to be sent, understood. */
export interface MessageRequest {
  /** E.164. */
  readonly to: string
  readonly content: MessageContent
}

/** How long a text may wait to be sent, and the longest an access code may be valid. */
const deadlineMaxMs = 24 * 60 * 60 * 1_000

/** RFC 3339, 5.6: a date, a time, and a zone that is never left to a guess. */
const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/

/**
 * Understands a body that has passed its schema.
 * @throws HelpdeskError TELEFONE_INVALIDO (field `phone`), REQUISICAO_INVALIDA (field named)
 */
export function parseMessageRequest(body: Static<typeof SendBody>): MessageRequest {
  const to = parsePhoneNumber(body.phone)
  if (to === null) {
    throw new HelpdeskError('TELEFONE_INVALIDO', { field: 'phone' })
  }
  if (body.otp !== undefined && body.message === undefined) {
    const { code, expiresAt } = body.otp
    return { to, content: { kind: 'otp', code, expiresAt: parseInstant(expiresAt) } }
  }
  if (body.message !== undefined && body.otp === undefined) {
    return { to, content: { kind: 'text', text: body.message } }
  }
  throw new HelpdeskError('REQUISICAO_INVALIDA', {
    message: 'Envie "message" ou "otp", e só um deles.',
    field: 'message',
  })
}

/**
 * Until when a message may be handed over: an access code's expiry, 24 h for a text.
 * @throws HelpdeskError REQUISICAO_INVALIDA (field `otp.expiresAt`) for a code that has expired or lives over 24 h
 */
export function deadlineOf(content: MessageContent, now: Date): Date {
  const latest = new Date(now.getTime() + deadlineMaxMs)
  if (content.kind === 'text') {
    return latest
  }
  if (content.expiresAt <= now || content.expiresAt > latest) {
    throw new HelpdeskError('REQUISICAO_INVALIDA', {
      message: 'O código já expirou ou vale por mais de 24 horas.',
      field: 'otp.expiresAt',
    })
  }
  return content.expiresAt
}

/**
 * Tells two bodies under one idempotency key apart, whatever way the phone is written. Keyed, because an access code
 * has so few values that a bare hash would give it away.
 */
export function hashRequest({ to, content }: MessageRequest, key: string): string {
  const meaning =
    content.kind === 'text' ? [to, content.text] : [to, content.code, content.expiresAt.toISOString()]
  return createHmac('sha256', key)
    .update(JSON.stringify([content.kind, ...meaning]))
    .digest('hex')
}

function parseInstant(text: string): Date {
  const instant = new Date(instantPattern.test(text) ? text : Number.NaN)
  if (Number.isNaN(instant.getTime())) {
    throw new HelpdeskError('REQUISICAO_INVALIDA', { field: 'otp.expiresAt' })
  }
  return instant
}
