import type { TicketStatus } from '@ura/core/ticket-api/schemas'
import type { MessageAddresses } from '../gateway/message-gateway.ts'
import type { Database } from '../database/schema.ts'
import type { User } from '../users/user-repository.ts'
import type { TicketOrigin } from './ticket-repository.ts'

/** What a requester is to be told: that their ticket is open, or in which status it is since an event. */
export interface TicketNotice {
  ticketId: number
  /** The event's id; null for the opening, which a ticket has once. */
  eventId: number | null
  status: TicketStatus
  /** When that came about. */
  at: Date
  /** The service's name. */
  service: string
  /** Whether somebody on the phone has been told that the protocol was sent. */
  isPromised: boolean
  addresses: MessageAddresses
}

/** An owed notice as it is read; nobody is told when the person wants none, is gone or has no address. */
export type OwedNotice = Omit<TicketNotice, 'addresses'> & { addresses: MessageAddresses | null }

/** Statuses whose beginning a requester is told of. Back to `aberto` is a matter among technicians. */
const toldStatuses: ReadonlySet<TicketStatus> = new Set([
  'em_atendimento',
  'aguardando_usuario',
  'resolvido',
  'fechado',
  'cancelado',
])

/** Whether the requester is to be told of a change to that status. */
export function isToldOf(status: TicketStatus): boolean {
  return toldStatuses.has(status)
}

/** Where a person's notices go; null when they want none or can't be reached. */
export function noticeAddresses(user: Pick<User, 'whatsapp' | 'email' | 'notices'>): MessageAddresses | null {
  const { whatsapp: phone, email, notices } = user
  return notices && (phone !== null || email !== null) ? { phone, email } : null
}

/** A caller hears that the protocol was sent; other programs have shown it themselves. */
export function isPromised({ origin, callId }: { origin: TicketOrigin; callId: string | null }): boolean {
  return origin === 'telefone' && callId !== null
}

/** What became owed after `since`, oldest first. */
export async function findOwedNotices(
  db: Database,
  options: { since: Date; max: number },
): Promise<OwedNotice[]> {
  const rows = await db
    .selectFrom('ticket_events')
    .innerJoin('tickets', 'tickets.id', 'ticket_events.ticket_id')
    .innerJoin('users', 'users.id', 'tickets.user_id')
    .innerJoin('catalogue_services', 'catalogue_services.id', 'tickets.service_id')
    .select([
      'ticket_events.id as event_id',
      'ticket_events.ticket_id',
      'ticket_events.from_status',
      'ticket_events.to_status',
      'ticket_events.happened_at_ms',
      'tickets.origin',
      'tickets.call_id',
      'users.whatsapp',
      'users.email',
      'users.notices',
      'catalogue_services.name as service',
    ])
    .where('ticket_events.notice_owed_ms', '>', options.since.getTime())
    .orderBy('ticket_events.notice_owed_ms')
    .orderBy('ticket_events.id')
    .limit(options.max)
    .execute()
  return rows.map((row) => ({
    ticketId: row.ticket_id,
    eventId: row.from_status === null ? null : row.event_id,
    status: row.to_status as TicketStatus,
    at: new Date(row.happened_at_ms),
    service: row.service,
    isPromised: isPromised({ origin: row.origin as TicketOrigin, callId: row.call_id }),
    addresses: noticeAddresses({ ...row, notices: row.notices === 1 }),
  }))
}

/** Keeps that a notice is owed no more. */
export async function settleNotice(
  db: Database,
  { ticketId, eventId }: Pick<TicketNotice, 'ticketId' | 'eventId'>,
): Promise<void> {
  await db
    .updateTable('ticket_events')
    .set({ notice_owed_ms: null })
    .where('ticket_id', '=', ticketId)
    .$if(eventId === null, (update) => update.where('from_status', 'is', null))
    .$if(eventId !== null, (update) => update.where('id', '=', eventId))
    .execute()
}
