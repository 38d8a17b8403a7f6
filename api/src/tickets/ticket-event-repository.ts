import type { TicketStatus } from '@ura/core/ticket-api/schemas'
import type { Database } from '../database/schema.ts'

interface EventOf<T> {
  at: Date
  actor: string
  from: T | null
  to: T
}

/** One change of a ticket: of its status, whose opening has no `from`, or of who has it. */
export type TicketEvent =
  | ({ kind: 'status' } & EventOf<TicketStatus>)
  | ({ kind: 'assignee' } & EventOf<string | null>)

/** A ticket's changes, oldest first. */
export async function listTicketEvents(db: Database, ticketId: number): Promise<TicketEvent[]> {
  const rows = await db
    .selectFrom('ticket_events')
    .selectAll()
    .where('ticket_id', '=', ticketId)
    .orderBy('id')
    .execute()
  return rows.map((row) => {
    const known = { at: new Date(row.happened_at_ms), actor: row.actor }
    return row.kind === 'assignee'
      ? { kind: 'assignee', ...known, from: row.from_assignee, to: row.to_assignee }
      : {
          kind: 'status',
          ...known,
          from: row.from_status as TicketStatus | null,
          to: row.to_status as TicketStatus,
        }
  })
}

/** Keeps a change of status; to be called inside the transaction that makes it. */
export async function addStatusEvent(
  trx: Database,
  ticketId: number,
  event: EventOf<TicketStatus>,
): Promise<void> {
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
}
