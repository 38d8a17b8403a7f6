import { HelpdeskError } from '@ura/core/errors'
import { inTransaction } from '../database/transaction.ts'
import { type AuditSource, recordAudit } from '../audit/audit-log.ts'
import { findOfferedService } from '../catalogue/catalogue-repository.ts'
import type { ApiContext } from '../context.ts'
import { type IdempotentRequest, once } from '../idempotency/idempotency.ts'
import { findActiveUser } from '../users/user-repository.ts'
import { protocolOf } from './protocol.ts'
import { addTicket, type TicketOrigin } from './ticket-repository.ts'

interface OpenTicketRequest {
  userCode: string
  /** Stable service code or keypad form. */
  service: string
  callId: string | null
  origin: TicketOrigin
  source: AuditSource
  idempotent: Omit<IdempotentRequest, 'now'>
  /** What the request calls the two fields that may be refused. */
  fields: { user: string; service: string }
}

interface OpenedTicket {
  id: number
  protocol: string
  service: string
}

/**
 * Opens a ticket, once for an idempotency key, and has its protocol sent by WhatsApp in the background.
 * @throws HelpdeskError USUARIO_NAO_ENCONTRADO, SERVICO_INEXISTENTE, CHAVE_REUTILIZADA
 */
export async function openTicket(
  context: Pick<ApiContext, 'db' | 'clock' | 'keyedHash' | 'notifier' | 'metrics'>,
  request: OpenTicketRequest,
): Promise<{ id: number; protocol: string; replayed: boolean }> {
  const { db, clock, keyedHash, notifier, metrics } = context
  const now = clock.now()
  const user = await findActiveUser(db, request.userCode)
  if (user === null) {
    throw new HelpdeskError('USUARIO_NAO_ENCONTRADO', { field: request.fields.user })
  }
  const { answer, replayed } = await inTransaction(db, async (trx) => {
    const idempotent = { ...request.idempotent, now }
    return await once<OpenedTicket>({ trx, keyedHash, request: idempotent }, async () => {
      const service = await findOfferedService(trx, request.service)
      if (service === null) {
        throw new HelpdeskError('SERVICO_INEXISTENTE', { field: request.fields.service })
      }
      const { callId, origin, source } = request
      const ticket = { userId: user.id, serviceId: service.id, origin, callId, actor: source.actor, now }
      const id = await addTicket(trx, ticket)
      const protocol = protocolOf(id)
      await recordAudit(trx, {
        event: 'ticket_opened',
        source,
        at: now,
        userCode: user.code,
        detail: { protocol, service: service.code, origin },
      })
      return { id, protocol, service: service.name }
    })
  })
  if (!replayed) {
    metrics.tickets.inc()
    if (user.whatsapp !== null) {
      const { id, service } = answer
      notifier.ticketOpened({ id, phone: user.whatsapp, service }, request.source.requestId)
    }
  }
  return { id: answer.id, protocol: answer.protocol, replayed }
}
