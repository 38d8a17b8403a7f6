import { createHmac } from 'node:crypto'
import type { Static } from 'typebox'
import { parseEmailAddress } from '@ura/core/email-address'
import { HelpdeskError } from '@ura/core/errors'
import { parsePhoneNumber } from '@ura/core/phone-number'
import type { MessageContent } from '../drivers/driver.ts'
import type { SendBody } from './schemas.ts'

/** What is asked to be sent, understood; it names one way to the person at least. */
export interface MessageRequest {
  /** E.164; null = not by WhatsApp. */
  readonly phone: string | null
  /** null = not by e-mail. */
  readonly email: string | null
  readonly content: MessageContent
  /** Whether it is a notice, which may wait for the morning. */
  readonly isNotice: boolean
  /** What a notice is about; a newer one takes its place. */
  readonly topic: string | null
}

/** How long a text may wait to be sent, and the longest an access code may be valid. */
export const deadlineMaxMs = 24 * 60 * 60 * 1_000

/** RFC 3339, 5.6: a date, a time, and a zone that is never left to a guess. */
const instantPattern = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/

/**
 * Understands a body that has passed its schema.
 * @throws HelpdeskError TELEFONE_INVALIDO (field `phone`), REQUISICAO_INVALIDA (field named)
 */
export function parseMessageRequest(body: Static<typeof SendBody>): MessageRequest {
  const phone = body.phone === undefined ? null : parsePhoneNumber(body.phone)
  if (body.phone !== undefined && phone === null) {
    throw new HelpdeskError('TELEFONE_INVALIDO', { field: 'phone' })
  }
  const email = body.email === undefined ? null : parseEmailAddress(body.email)
  if (body.email !== undefined && email === null) {
    throw invalid('email', 'O campo "email" não é um endereço de e-mail válido.')
  }
  if (phone === null && email === null) {
    throw invalid('phone', 'Envie "phone", "email" ou os dois.')
  }
  const isNotice = body.purpose === 'notice'
  const topic = body.topic ?? null
  if (body.otp !== undefined && body.message === undefined) {
    if (isNotice || topic !== null) {
      throw invalid(isNotice ? 'purpose' : 'topic', '"purpose" e "topic" só valem com "message".')
    }
    const { code, expiresAt } = body.otp
    const content = { kind: 'otp', code, expiresAt: parseInstant(expiresAt) } as const
    return { phone, email, content, isNotice, topic }
  }
  if (body.message !== undefined && body.otp === undefined) {
    return { phone, email, content: { kind: 'text', text: body.message }, isNotice, topic }
  }
  throw invalid('message', 'Envie "message" ou "otp", e só um deles.')
}

function invalid(field: string, message: string): HelpdeskError {
  return new HelpdeskError('REQUISICAO_INVALIDA', { field, message })
}

/**
 * Until when a message may be handed over: an access code's expiry, 24 h for a text, counted from when it may go.
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
 * has so few values that a bare hash would give it away. A body with a phone and nothing new has the hash that it had
 * before there was anything else, so that keys hold over an upgrade.
 */
export function hashRequest(
  request: Pick<MessageRequest, 'phone' | 'content'> & Partial<MessageRequest>,
  key: string,
): string {
  const { phone, email = null, content, isNotice = false, topic = null } = request
  const meaning: unknown[] =
    content.kind === 'text' ? [phone, content.text] : [phone, content.code, content.expiresAt.toISOString()]
  if (email !== null || isNotice || topic !== null) {
    meaning.push({ email, isNotice, topic })
  }
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
