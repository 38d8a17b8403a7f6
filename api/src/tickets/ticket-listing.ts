import type { TicketStatus } from '@ura/core/ticket-api/schemas'
import type { Database } from '../database/schema.ts'
import { protocolOf } from './protocol.ts'

/** What a list of tickets is narrowed by; null where it isn't. */
export interface TicketFilter {
  statuses: readonly TicketStatus[] | null
  userCode: string | null
  serviceCode: string | null
  assignee: string | null
  /** Opened at this instant or later. */
  since: Date | null
  /** Opened before this instant. */
  until: Date | null
  /** Ids below this one: the page behind a ticket. */
  beforeId: number | null
}

export interface ListedTicket {
  id: number
  protocol: string
  status: TicketStatus
  service: string
  userCode: string
  userName: string
  assignee: string | null
  openedAt: Date
  updatedAt: Date
}

/** Tickets, newest first, at most `limit`. */
export async function listTickets(
  db: Database,
  filter: TicketFilter,
  limit: number,
): Promise<ListedTicket[]> {
  const { statuses, userCode, serviceCode, assignee, since, until, beforeId } = filter
  const rows = await db
    .selectFrom('tickets')
    .innerJoin('users', 'users.id', 'tickets.user_id')
    .innerJoin('catalogue_services', 'catalogue_services.id', 'tickets.service_id')
    .select([
      'tickets.id',
      'tickets.status',
      'tickets.assignee',
      'tickets.opened_at_ms',
      'tickets.updated_at_ms',
      'catalogue_services.name as service',
      'users.code as user_code',
      'users.name as user_name',
    ])
    .$if(statuses !== null, (query) => query.where('tickets.status', 'in', statuses ?? []))
    .$if(userCode !== null, (query) => query.where('users.code', '=', userCode ?? ''))
    .$if(serviceCode !== null, (query) => query.where('catalogue_services.code', '=', serviceCode ?? ''))
    .$if(assignee !== null, (query) => query.where('tickets.assignee', '=', assignee))
    .$if(since !== null, (query) => query.where('tickets.opened_at_ms', '>=', since?.getTime() ?? 0))
    .$if(until !== null, (query) => query.where('tickets.opened_at_ms', '<', until?.getTime() ?? 0))
    .$if(beforeId !== null, (query) => query.where('tickets.id', '<', beforeId ?? 0))
    .orderBy('tickets.id', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    id: row.id,
    protocol: protocolOf(row.id),
    status: row.status as TicketStatus,
    service: row.service,
    userCode: row.user_code,
    userName: row.user_name,
    assignee: row.assignee,
    openedAt: new Date(row.opened_at_ms),
    updatedAt: new Date(row.updated_at_ms),
  }))
}
