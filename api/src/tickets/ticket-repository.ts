import type { TicketStatus } from '@ura/core/ticket-api/schemas'
import type { Database } from '../database/schema.ts'
import { protocolOf } from './protocol.ts'

export interface Ticket {
  id: number
  protocol: string
  userId: number
  userCode: string
  status: TicketStatus
  service: string
  category: string
  origin: TicketOrigin
  openedAt: Date
  /** When the status was last changed. */
  updatedAt: Date
}

export type TicketOrigin = 'telefone' | 'whatsapp' | 'email' | 'web'

/** One change of a ticket's status; its opening has no `from`. */
interface TicketEvent {
  at: Date
  actor: string
  from: TicketStatus | null
  to: TicketStatus
}

/** Adds an open ticket with its first event and gives its id; to be called inside a transaction. */
export async function addTicket(
  trx: Database,
  ticket: {
    userId: number
    serviceId: number
    origin: TicketOrigin
    callId: string | null
    actor: string
    now: Date
  },
): Promise<number> {
  const { now } = ticket
  const { insertId } = await trx
    .insertInto('tickets')
    .values({
      user_id: ticket.userId,
      service_id: ticket.serviceId,
      origin: ticket.origin,
      call_id: ticket.callId,
      status: 'aberto' satisfies TicketStatus,
      opened_at_ms: now.getTime(),
      updated_at_ms: now.getTime(),
    })
    .executeTakeFirstOrThrow()
  const id = Number(insertId)
  await addEvent(trx, id, { at: now, actor: ticket.actor, from: null, to: 'aberto' })
  return id
}

/** An open ticket whose requester has not been told of it, and where to tell. */
export interface UnnotifiedTicket {
  id: number
  /** E.164. */
  phone: string
  /** The service's name. */
  service: string
}

/** Tickets opened after `since` whose requesters have WhatsApp and have not been told, oldest first. */
export async function findUnnotifiedTickets(
  db: Database,
  options: { since: Date; max: number },
): Promise<UnnotifiedTicket[]> {
  return await db
    .selectFrom('tickets')
    .innerJoin('users', 'users.id', 'tickets.user_id')
    .innerJoin('catalogue_services', 'catalogue_services.id', 'tickets.service_id')
    .select(['tickets.id', 'users.whatsapp as phone', 'catalogue_services.name as service'])
    .where('tickets.notified_at_ms', 'is', null)
    .where('tickets.opened_at_ms', '>', options.since.getTime())
    .where('users.whatsapp', 'is not', null)
    .orderBy('tickets.opened_at_ms')
    .orderBy('tickets.id')
    .limit(options.max)
    .$narrowType<{ phone: string }>()
    .execute()
}

/** Keeps that nothing more is owed to the requester of a ticket just opened. */
export async function markNotified(db: Database, ticketId: number, now: Date): Promise<void> {
  await db.updateTable('tickets').set({ notified_at_ms: now.getTime() }).where('id', '=', ticketId).execute()
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
    service: row.service,
    category: row.category,
    origin: row.origin as TicketOrigin,
    openedAt: new Date(row.opened_at_ms),
    updatedAt: new Date(row.updated_at_ms),
  }
}

/** A ticket's changes, oldest first. */
export async function listTicketEvents(db: Database, ticketId: number): Promise<TicketEvent[]> {
  const rows = await db
    .selectFrom('ticket_events')
    .selectAll()
    .where('ticket_id', '=', ticketId)
    .orderBy('id')
    .execute()
  return rows.map((row) => ({
    at: new Date(row.happened_at_ms),
    actor: row.actor,
    from: row.from_status as TicketStatus | null,
    to: row.to_status as TicketStatus,
  }))
}

/** Changes a ticket's status and keeps the change as an event; to be called inside a transaction. */
export async function changeTicketStatus(
  trx: Database,
  ticket: Ticket,
  change: { to: TicketStatus; actor: string; now: Date },
): Promise<void> {
  await trx
    .updateTable('tickets')
    .set({ status: change.to, updated_at_ms: change.now.getTime() })
    .where('id', '=', ticket.id)
    .execute()
  await addEvent(trx, ticket.id, {
    at: change.now,
    actor: change.actor,
    from: ticket.status,
    to: change.to,
  })
}

async function addEvent(trx: Database, ticketId: number, event: TicketEvent): Promise<void> {
  await trx
    .insertInto('ticket_events')
    .values({
      ticket_id: ticketId,
      happened_at_ms: event.at.getTime(),
      actor: event.actor,
      from_status: event.from,
      to_status: event.to,
    })
    .execute()
}
