import { HelpdeskError } from '@ura/core/errors'
import type { TicketStatus } from '@ura/core/ticket-api/schemas'
import { type AuditSource, recordAudit } from '../audit/audit-log.ts'
import { findOfferedService } from '../catalogue/catalogue-repository.ts'
import type { ApiContext } from '../context.ts'
import type { Database } from '../database/schema.ts'
import { inTransaction } from '../database/transaction.ts'
import type { MessageAddresses } from '../gateway/message-gateway.ts'
import { requireVersion } from '../http/entity-version.ts'
import { ticketIdOf } from './protocol.ts'
import { isStatusAllowed } from './status-transitions.ts'
import { isToldOf, noticeAddresses, type TicketNotice } from './ticket-notice.ts'
import { changeTicket } from './ticket-repository.ts'
import type { ChangeTicketBody } from './ticket-resource-schemas.ts'

/** A program's change of a ticket. */
interface TicketEdit {
  protocol: string
  body: ChangeTicketBody
  /** The `If-Match` header. */
  ifMatch: string
  source: AuditSource
}

/**
 * Changes a ticket as it was read; each change is an event and an audit row. What is as it should be already is left
 * alone. The requester is told of a new status in the background. Gives the ticket's id.
 * @throws HelpdeskError CHAMADO_NAO_ENCONTRADO, VERSAO_DIVERGENTE, MUDANCA_NAO_PERMITIDA, SERVICO_INEXISTENTE
 */
export async function editTicket(
  context: Pick<ApiContext, 'db' | 'clock' | 'notifier'>,
  edit: TicketEdit,
): Promise<number> {
  const { id, notice } = await inTransaction(context.db, (trx) =>
    changeAsRead(trx, edit, context.clock.now()),
  )
  if (notice !== null) {
    context.notifier.tell(notice, edit.source.requestId)
  }
  return id
}

async function changeAsRead(
  trx: Database,
  { protocol, body, ifMatch, source }: TicketEdit,
  now: Date,
): Promise<{ id: number; notice: TicketNotice | null }> {
  const ticket = await requireTicket(trx, protocol)
  requireVersion(ifMatch, ticket.version)
  const { status = ticket.status, assignee = ticket.assignee } = body
  if (!isStatusAllowed(ticket.status, status)) {
    throw new HelpdeskError('MUDANCA_NAO_PERMITIDA', { field: 'status' })
  }
  const service = await findServiceChange(trx, ticket, body.service)
  if (status === ticket.status && assignee === ticket.assignee && service === undefined) {
    return { id: ticket.id, notice: null }
  }
  const change = { status, assignee, ...(service && { service }), actor: source.actor, now }
  // Another change since the read above: the client's version is as old as ours.
  const changed = await changeTicket(trx, ticket, change)
  if (changed === null) {
    throw new HelpdeskError('VERSAO_DIVERGENTE', { field: 'If-Match' })
  }
  await recordAudit(trx, {
    event: 'ticket_changed',
    source,
    at: now,
    userCode: ticket.userCode,
    detail: {
      protocol,
      ...(status !== ticket.status && { fromStatus: ticket.status, toStatus: status }),
      ...(assignee !== ticket.assignee && { fromAssignee: ticket.assignee, toAssignee: assignee }),
      ...(service && { fromService: service.from.code, toService: service.to.code }),
    },
  })
  const { name } = service?.to ?? ticket.service
  const event = { status, eventId: changed.statusEventId, at: now, service: name }
  return { id: ticket.id, notice: noticeOf(ticket, event) }
}

/** What the requester is to be told; null when nothing, or when nobody is reached. */
function noticeOf(
  { id, addresses }: EditedTicket,
  event: Pick<TicketNotice, 'status' | 'eventId' | 'at' | 'service'>,
): TicketNotice | null {
  const isNews = event.eventId !== null && isToldOf(event.status)
  return isNews && addresses !== null ? { ...event, ticketId: id, isPromised: false, addresses } : null
}

interface EditedTicket {
  id: number
  version: number
  status: TicketStatus
  assignee: string | null
  userCode: string
  service: { id: number; code: string; name: string }
  /** Where the requester's notices go. */
  addresses: MessageAddresses | null
}

/** @throws HelpdeskError CHAMADO_NAO_ENCONTRADO */
async function requireTicket(trx: Database, protocol: string): Promise<EditedTicket> {
  const row = await trx
    .selectFrom('tickets')
    .innerJoin('users', 'users.id', 'tickets.user_id')
    .innerJoin('catalogue_services', 'catalogue_services.id', 'tickets.service_id')
    .select([
      'tickets.id',
      'tickets.version',
      'tickets.status',
      'tickets.assignee',
      'users.code as user_code',
      'users.whatsapp',
      'users.email',
      'users.notices',
      'catalogue_services.id as service_id',
      'catalogue_services.code as service_code',
      'catalogue_services.name as service_name',
    ])
    .where('tickets.id', '=', requireTicketId(protocol))
    .executeTakeFirst()
  if (row === undefined) {
    throw new HelpdeskError('CHAMADO_NAO_ENCONTRADO', { field: 'protocol' })
  }
  const { id, version, assignee } = row
  return {
    id,
    version,
    assignee,
    status: row.status as TicketStatus,
    userCode: row.user_code,
    service: { id: row.service_id, code: row.service_code, name: row.service_name },
    addresses: noticeAddresses({ ...row, notices: row.notices === 1 }),
  }
}

/**
 * The id that a protocol names; whether there is such a ticket is another question.
 * @throws HelpdeskError CHAMADO_NAO_ENCONTRADO for a mistyped one
 */
export function requireTicketId(protocol: string): number {
  const id = ticketIdOf(protocol)
  if (id === null) {
    throw new HelpdeskError('CHAMADO_NAO_ENCONTRADO', { field: 'protocol' })
  }
  return id
}

async function findServiceChange(trx: Database, ticket: EditedTicket, reference: string | undefined) {
  if (reference === undefined || reference === ticket.service.code) {
    return undefined
  }
  const service = await findOfferedService(trx, reference)
  if (service === null) {
    throw new HelpdeskError('SERVICO_INEXISTENTE', { field: 'service' })
  }
  return service.id === ticket.service.id ? undefined : { from: ticket.service, to: service }
}
