import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { HelpdeskError } from '@ura/core/errors'
import { type AuditSource, recordAudit } from '../audit/audit-log.ts'
import type { ApiContext } from '../context.ts'
import type { Database } from '../database/schema.ts'
import { inTransaction, lockUser } from '../database/transaction.ts'
import { sendMsMax } from '../gateway/http-message-gateway.ts'
import {
  firstChannel,
  type MessageAddresses,
  type MessageChannel,
  MessageNotAcceptedError,
} from '../gateway/message-gateway.ts'
import { type IdempotentRequest, once } from '../idempotency/idempotency.ts'
import { findActiveUser, type User } from '../users/user-repository.ts'
import {
  hashAccessCode,
  newAccessCode,
  secondsUntilAnotherCode,
  secondsUntilTriesAreForgotten,
} from './access-code.ts'
import { endCode, findCode, findSentCodes, markDelivery, replaceCodes } from './access-code-repository.ts'

type RequestContext = Pick<
  ApiContext,
  'db' | 'clock' | 'config' | 'keyedHash' | 'gateway' | 'metrics' | 'log' | 'recordRefusal'
>

interface CodeRequest {
  userCode: string
  callId: string | null
  source: AuditSource
  idempotent: Omit<IdempotentRequest, 'now' | 'endpoint'>
}

/** A code that the gateway has taken. */
export interface SentCode {
  channel: MessageChannel
  /** The phone number or e-mail address of that channel. */
  address: string
  expiresAt: Date
}

interface MadeCode {
  id: string
  expiresAtMs: number
}

const dayMs = 86_400_000

/** Age at which a code's sending is surely over, its result written; a code still `sending` then lost its sender. */
export const sendingMsMax = sendMsMax + 300
/** How a repeated request waits for the first one's sending: at most as long as that takes. */
const deliveryPauseMs = 50
const deliveryPausesMax = Math.ceil(sendingMsMax / deliveryPauseMs)

/**
 * Makes an access code, ends the user's earlier ones and hands it to the gateway. The same idempotency key
 * again waits for the first request's outcome and tells the same, without another code.
 * @throws HelpdeskError USUARIO_NAO_ENCONTRADO, SEM_TELEFONE, LIMITE_DE_CODIGOS, WHATSAPP_INDISPONIVEL (the code is
 *   then over), CHAVE_REUTILIZADA
 */
export async function requestAccessCode(context: RequestContext, request: CodeRequest): Promise<SentCode> {
  const { db, clock, config, keyedHash } = context
  const user = await findActiveUser(db, request.userCode)
  if (user === null) {
    throw new HelpdeskError('USUARIO_NAO_ENCONTRADO', { field: 'usuario' })
  }
  const addresses = { phone: user.whatsapp, email: user.email }
  if (addresses.phone === null && addresses.email === null) {
    throw new HelpdeskError('SEM_TELEFONE')
  }
  const now = clock.now()
  const code = newAccessCode(config.accessCodeDigits)
  const { answer: made, replayed } = await withLimitAudited(context, { ...request, now }, () =>
    inTransaction(db, async (trx) => {
      const idempotent = { ...request.idempotent, endpoint: 'solicitar_codigo' as const, now }
      return await once({ trx, keyedHash, request: idempotent }, () =>
        makeCode(context, trx, { user, code, callId: request.callId, now }),
      )
    }),
  )
  const expiresAt = new Date(made.expiresAtMs)
  const channel = replayed
    ? ((await requireDelivery(context, request, made.id)) ?? firstChannel(addresses))
    : await deliver(context, request, { ...made, code, addresses, expiresAt })
  const address = channel === 'email' ? addresses.email : addresses.phone
  return { channel, address: address ?? '', expiresAt }
}

async function makeCode(
  { config, keyedHash }: RequestContext,
  trx: Database,
  options: { user: User; code: string; callId: string | null; now: Date },
): Promise<MadeCode> {
  const { user, code, callId, now } = options
  await lockUser(trx, user.id)
  const waitSeconds = await secondsToWait(config, trx, { userId: user.id, now })
  if (waitSeconds !== null) {
    throw new HelpdeskError('LIMITE_DE_CODIGOS', { retryAfterSeconds: waitSeconds })
  }
  const id = randomUUID()
  const expiresAt = new Date(now.getTime() + config.accessCodeMinutes * 60_000)
  await replaceCodes(trx, {
    id,
    userId: user.id,
    codeHash: hashAccessCode(keyedHash, id, code),
    createdAt: now,
    expiresAt,
    callId,
  })
  return { id, expiresAtMs: expiresAt.getTime() }
}

/** Limits of codes in a short time, and of wrong tries in a day: nobody finds a code by trying, nor by trying for weeks. */
async function secondsToWait(
  config: RequestContext['config'],
  trx: Database,
  { userId, now }: { userId: number; now: Date },
): Promise<number | null> {
  const codes = await findSentCodes(trx, { userId, since: new Date(now.getTime() - dayMs) })
  const times = codes.map(({ createdAt }) => createdAt)
  const windowMs = config.limitWindowMinutes * 60_000
  return (
    secondsUntilTriesAreForgotten(codes, {
      wrongTriesMax: config.accessCodeWrongTriesPerDay,
      windowMs: dayMs,
      now,
    }) ?? secondsUntilAnotherCode(times, { codesMax: config.accessCodesPerWindow, windowMs, now })
  )
}

async function deliver(
  { db, clock, gateway, metrics, log }: RequestContext,
  request: CodeRequest,
  message: { id: string; code: string; addresses: MessageAddresses; expiresAt: Date },
): Promise<MessageChannel> {
  const { id, addresses, code, expiresAt } = message
  let channel: MessageChannel
  const audit = { source: request.source, userCode: request.userCode }
  try {
    const { requestId } = request.source
    const sent = { ...addresses, code, expiresAt, idempotencyKey: accessCodeKey(id), requestId }
    channel = await gateway.sendAccessCode(sent)
  } catch (error) {
    const reason = error instanceof MessageNotAcceptedError ? error.reason : 'unexpected'
    log.warn({ reason, requestId: request.source.requestId }, 'access code was not accepted by the gateway')
    const surelyUnsent = error instanceof MessageNotAcceptedError && error.isSurelyUnsent
    const delivery = surelyUnsent ? 'not_sent' : 'unknown'
    await inTransaction(db, (trx) => endUnsentCode(trx, request, { id, delivery, reason, now: clock.now() }))
    metrics.accessCodes.inc({ result: 'not_sent' })
    throw new HelpdeskError('WHATSAPP_INDISPONIVEL', { retryAfterSeconds: 30, cause: error })
  }
  await inTransaction(db, async (trx) => {
    await markDelivery(trx, id, { delivery: 'sent', channel })
    await recordAudit(trx, { event: 'code_sent', ...audit, at: clock.now(), detail: { channel } })
  })
  metrics.accessCodes.inc({ result: 'sent' })
  return channel
}

/** The key under which the gateway has a code's message. */
export function accessCodeKey(id: string): string {
  return `access-code-${id}`
}

/** A code that may have been sent all the same (`unknown`) counts for the limit, but nobody shall get in with it. */
async function endUnsentCode(
  trx: Database,
  { source, userCode }: CodeRequest,
  ending: { id: string; delivery: 'not_sent' | 'unknown'; reason: string; now: Date },
): Promise<void> {
  const { id, delivery, reason, now } = ending
  await markDelivery(trx, id, { delivery })
  await endCode(trx, { id, reason: 'not_sent', now })
  await recordAudit(trx, { event: 'code_not_sent', source, userCode, at: now, detail: { reason } })
}

/**
 * Waits until the code of an earlier request was sent, by this process or another; one whose sender is gone is ended.
 * Gives the channel that it was sent by.
 * @throws HelpdeskError WHATSAPP_INDISPONIVEL when it was not sent
 */
async function requireDelivery(
  { db, clock }: RequestContext,
  request: CodeRequest,
  id: string,
): Promise<MessageChannel | null> {
  for (let waits = 0; waits < deliveryPausesMax; waits += 1) {
    const code = await findCode(db, id)
    if (code?.delivery === 'sent') {
      return code.channel
    }
    if (code?.delivery !== 'sending' || clock.now().getTime() - code.createdAt.getTime() > sendingMsMax) {
      break
    }
    await pause(deliveryPauseMs)
  }
  await inTransaction(db, async (trx) => {
    if ((await findCode(trx, id))?.delivery === 'sending') {
      const ending = { id, delivery: 'unknown', reason: 'interrupted', now: clock.now() } as const
      await endUnsentCode(trx, request, ending)
    }
  })
  throw new HelpdeskError('WHATSAPP_INDISPONIVEL', { retryAfterSeconds: 30 })
}

async function withLimitAudited<T>(
  { recordRefusal, metrics }: RequestContext,
  request: { userCode: string; source: AuditSource; now: Date },
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof HelpdeskError && error.code === 'LIMITE_DE_CODIGOS') {
      const { source, userCode, now: at } = request
      await recordRefusal({ event: 'code_limit_reached', source, userCode, at })
      metrics.accessCodes.inc({ result: 'limited' })
    }
    throw error
  }
}
