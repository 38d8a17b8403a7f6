import type { TicketStatus } from '@ura/core/ticket-api/schemas'
import type { Selectable } from 'kysely'
import type { Database, Schema } from '../database/schema.ts'
import { announce, type WebhookEvent, type WebhookEventType } from '../webhooks/webhook-outbox.ts'
import { protocolOf } from './protocol.ts'

interface EventOf<T> {
  at: Date
  actor: string
  from: T | null
  to: T
}

/** One change of a ticket: of its status, whose opening has no `from`, of who has it, or of its service (by code). */
export type TicketEvent =
  | ({ kind: 'status' } & EventOf<TicketStatus>)
  | ({ kind: 'assignee' } & EventOf<string | null>)
  | ({ kind: 'service' } & EventOf<string>)

/** A ticket's changes, oldest first. */
export async function listTicketEvents(db: Database, ticketId: number): Promise<TicketEvent[]> {
  const rows = await db
    .selectFrom('ticket_events')
    .selectAll()
    .where('ticket_id', '=', ticketId)
    .orderBy('id')
    .execute()
  return rows.map(toTicketEvent)
}

/** The event that a row of `ticket_events` keeps. */
export function toTicketEvent(row: Selectable<Schema['ticket_events']>): TicketEvent {
  const known = { at: new Date(row.happened_at_ms), actor: row.actor }
  switch (row.kind) {
    case 'assignee':
      return { kind: 'assignee', ...known, from: row.from_assignee, to: row.to_assignee }
    case 'service':
      return { kind: 'service', ...known, from: row.from_service, to: row.to_service ?? '' }
    default:
      return {
        kind: 'status',
        ...known,
        from: row.from_status as TicketStatus | null,
        to: row.to_status as TicketStatus,
      }
  }
}

/** A ticket's change of status, and whether its requester is to be told. */
export interface NewStatusEvent extends EventOf<TicketStatus> {
  ticketId: number
  isNoticeOwed: boolean
}

/**
 * Keeps changes of status, of one ticket or several; to be called inside the transaction that makes them. Gives the
 * event's id when it is one alone.
 */
export async function addStatusEvents(
  trx: Database,
  ...events: readonly NewStatusEvent[]
): Promise<number | null> {
  if (events.length === 0) {
    return null
  }
  const rows = events.map(({ ticketId, at, actor, from, to, isNoticeOwed }) => ({
    ticket_id: ticketId,
    happened_at_ms: at.getTime(),
    actor,
    from_status: from,
    to_status: to,
    notice_owed_ms: isNoticeOwed ? at.getTime() : null,
  }))
  const { insertId } = await trx.insertInto('ticket_events').values(rows).executeTakeFirstOrThrow()
  const announced = events.map((event) =>
    webhookEvent(event.from === null ? 'ticket.opened' : 'ticket.status_changed', event),
  )
  await announce(trx, ...announced)
  return events.length === 1 ? Number(insertId) : null
}

/** Keeps a change of who has a ticket; to be called inside the transaction that makes it. */
export async function addAssigneeEvent(
  trx: Database,
  ticket: { id: number; status: TicketStatus },
  event: EventOf<string | null>,
): Promise<void> {
  await trx
    .insertInto('ticket_events')
    .values({
      ticket_id: ticket.id,
      happened_at_ms: event.at.getTime(),
      actor: event.actor,
      from_status: ticket.status,
      to_status: ticket.status,
      kind: 'assignee' satisfies TicketEvent['kind'],
      from_assignee: event.from,
      to_assignee: event.to,
    })
    .execute()
  await announce(trx, webhookEvent('ticket.assigned', { ticketId: ticket.id, ...event }))
}

/** Keeps a change of a ticket's service; to be called inside the transaction that makes it. */
export async function addServiceEvent(
  trx: Database,
  ticket: { id: number; status: TicketStatus },
  event: EventOf<string>,
): Promise<void> {
  await trx
    .insertInto('ticket_events')
    .values({
      ticket_id: ticket.id,
      happened_at_ms: event.at.getTime(),
      actor: event.actor,
      from_status: ticket.status,
      to_status: ticket.status,
      kind: 'service' satisfies TicketEvent['kind'],
      from_service: event.from,
      to_service: event.to,
    })
    .execute()
  await announce(trx, webhookEvent('ticket.service_changed', { ticketId: ticket.id, ...event }))
}

function webhookEvent(
  type: WebhookEventType,
  { ticketId, at, actor, from, to }: { ticketId: number } & EventOf<string | null>,
): WebhookEvent {
  return { type, at, data: { protocol: protocolOf(ticketId), actor, from, to } }
}
