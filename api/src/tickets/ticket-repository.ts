import type { TicketStatus } from '@ura/core/ticket-api/schemas'
import { insertedIds } from '../database/inserted-ids.ts'
import type { Database } from '../database/schema.ts'
import { protocolOf } from './protocol.ts'
import { addAssigneeEvent, addServiceEvent, addStatusEvents } from './ticket-event-repository.ts'
import { isToldOf } from './ticket-notice.ts'

export interface Ticket {
  id: number
  protocol: string
  userId: number
  userCode: string
  status: TicketStatus
  /** The technician or team that has it, 1 to 100 characters. */
  assignee: string | null
  /** 1 for a new ticket; every change adds one. */
  version: number
  service: string
  category: string
  origin: TicketOrigin
  openedAt: Date
  /** When the status was last changed. */
  updatedAt: Date
}

export type TicketOrigin = 'telefone' | 'whatsapp' | 'email' | 'web'

/** Adds open tickets and gives their ids, in their order; to be called in a transaction, which adds their history too. */
export async function addTickets(
  trx: Database,
  tickets: readonly {
    userId: number
    serviceId: number
    origin: TicketOrigin
    callId: string | null
    now: Date
  }[],
): Promise<number[]> {
  if (tickets.length === 0) {
    return []
  }
  const rows = tickets.map(({ userId, serviceId, origin, callId, now }) => ({
    user_id: userId,
    service_id: serviceId,
    origin,
    call_id: callId,
    status: 'aberto' satisfies TicketStatus,
    opened_at_ms: now.getTime(),
    updated_at_ms: now.getTime(),
    changed_at_ms: now.getTime(),
  }))
  const { insertId } = await trx.insertInto('tickets').values(rows).executeTakeFirstOrThrow()
  return await insertedIds(trx, { insertId, count: rows.length })
}

export async function findTicket(db: Database, id: number): Promise<Ticket | null> {
  const row = await db
    .selectFrom('tickets')
    .innerJoin('users', 'users.id', 'tickets.user_id')
    .innerJoin('catalogue_services', 'catalogue_services.id', 'tickets.service_id')
    .innerJoin('catalogue_categories', 'catalogue_categories.id', 'catalogue_services.category_id')
    .select([
      'tickets.id',
      'tickets.user_id',
      'users.code as user_code',
      'tickets.status',
      'tickets.assignee',
      'tickets.version',
      'tickets.origin',
      'tickets.opened_at_ms',
      'tickets.updated_at_ms',
      'catalogue_services.name as service',
      'catalogue_categories.name as category',
    ])
    .where('tickets.id', '=', id)
    .executeTakeFirst()
  if (row === undefined) {
    return null
  }
  return {
    id: row.id,
    protocol: protocolOf(row.id),
    userId: row.user_id,
    userCode: row.user_code,
    status: row.status as TicketStatus,
    assignee: row.assignee,
    version: row.version,
    service: row.service,
    category: row.category,
    origin: row.origin as TicketOrigin,
    openedAt: new Date(row.opened_at_ms),
    updatedAt: new Date(row.updated_at_ms),
  }
}

/** What changes of a ticket, by whom; what is left out stays. */
export interface TicketChange {
  status?: TicketStatus
  /** 1 to 100 characters; null takes it from whoever has it. */
  assignee?: string | null
  service?: { from: ServiceReference; to: ServiceReference }
  actor: string
  now: Date
}

/** What a change led to. */
export interface ChangedTicket {
  /** The event of the new status; null when the status is the old one. */
  statusEventId: number | null
}

interface ServiceReference {
  id: number
  code: string
}

/**
 * Changes a ticket as it was read, adds one to its version and keeps the changes as events; to be called inside a
 * transaction. A change of status is owed to the requester from then on. Null, and nothing changed, when it has been
 * changed since it was read. `updatedAt` follows the status alone: callers hear it as the time since when.
 */
export async function changeTicket(
  trx: Database,
  ticket: Pick<Ticket, 'id' | 'version' | 'status' | 'assignee'>,
  change: TicketChange,
): Promise<ChangedTicket | null> {
  const { status = ticket.status, assignee = ticket.assignee, service, actor, now } = change
  const isStatusChanged = status !== ticket.status
  const { numUpdatedRows } = await trx
    .updateTable('tickets')
    .set({ status, assignee, version: ticket.version + 1, changed_at_ms: now.getTime() })
    .$if(isStatusChanged, (update) => update.set({ updated_at_ms: now.getTime() }))
    .$if(service !== undefined, (update) => update.set({ service_id: service?.to.id ?? 0 }))
    .where('id', '=', ticket.id)
    .where('version', '=', ticket.version)
    .executeTakeFirst()
  if (numUpdatedRows === 0n) {
    return null
  }
  let statusEventId: number | null = null
  if (isStatusChanged) {
    const event = { ticketId: ticket.id, at: now, actor, from: ticket.status, to: status }
    statusEventId = await addStatusEvents(trx, { ...event, isNoticeOwed: isToldOf(status) })
  }
  if (assignee !== ticket.assignee) {
    const event = { at: now, actor, from: ticket.assignee, to: assignee }
    await addAssigneeEvent(trx, { id: ticket.id, status }, event)
  }
  if (service !== undefined) {
    const event = { at: now, actor, from: service.from.code, to: service.to.code }
    await addServiceEvent(trx, { id: ticket.id, status }, event)
  }
  return { statusEventId }
}
