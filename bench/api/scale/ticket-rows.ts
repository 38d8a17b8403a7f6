import type { Schema } from '@ura/api/database/schema'
import type { Insertable } from 'kysely'
import { protocolOf } from '@ura/api/tickets/protocol'
import {
  activeTickets,
  callIdOf,
  codeOf,
  draw,
  longHistoryEvery,
  longHistoryRows,
  type Population,
  requesterOf,
  type Timeline,
} from './population.ts'

/** What a ticket's rows are made of. */
export interface TicketSource {
  population: Population
  timeline: Timeline
  /** Of the services that tickets are for. */
  serviceIds: readonly number[]
}

type Row<Table extends keyof Schema> = Insertable<Schema[Table]>
type TicketRow = Row<'tickets'> & { id: number }

const activeStatuses = ['aberto', 'em_atendimento', 'aguardando_usuario'] as const
const technicians = 40
const dayMs = 86_400_000

/** The `number`-th ticket, from 0: the newest ones are worked on, nine of ten others are closed. */
export function ticketOf(number: number, source: TicketSource): TicketRow {
  const { population, timeline, serviceIds } = source
  const openedAtMs = timeline.firstMs + number * timeline.stepMs
  const nowMs = timeline.firstMs + population.tickets * timeline.stepMs
  const updatedAtMs = Math.min(nowMs, openedAtMs + draw(number, 5, 3 * dayMs))
  const origin = originOf(number)
  return {
    id: number + 1,
    user_id: 1 + requesterOf(number, population),
    service_id: serviceIds[draw(number, 6, serviceIds.length)] ?? 1,
    origin,
    call_id: origin === 'telefone' ? callIdOf(number) : null,
    status: statusOf(number, population),
    assignee: draw(number, 7, 8) === 0 ? null : `tecnico-${draw(number, 8, technicians)}`,
    version: 2,
    opened_at_ms: openedAtMs,
    updated_at_ms: updatedAtMs,
    changed_at_ms: Math.min(nowMs, updatedAtMs + draw(number, 9, dayMs)),
  }
}

/** Its opening and its status of today; much more for some. */
export function eventsOf(number: number, ticket: TicketRow): Row<'ticket_events'>[] {
  const opening = {
    ticket_id: ticket.id,
    happened_at_ms: ticket.opened_at_ms,
    actor: 'telefonia',
    from_status: null,
    to_status: 'aberto',
  }
  const changes = Array.from({ length: isLong(number) ? longHistoryRows : 1 }, () => ({
    ...opening,
    happened_at_ms: ticket.updated_at_ms,
    actor: 'console',
    from_status: 'aberto',
    to_status: ticket.status,
  }))
  return [opening, ...changes]
}

/** A note for each fifth ticket; many for some. */
export function notesOf(number: number, ticket: TicketRow): Row<'ticket_notes'>[] {
  const length = isLong(number) ? longHistoryRows : number % 5 === 0 ? 1 : 0
  return Array.from({ length }, () => ({
    ticket_id: ticket.id,
    author: 'console',
    happened_at_ms: ticket.updated_at_ms,
    text: 'Trocada a fonte de alimentação; testado com o usuário.',
  }))
}

/** What the audit log tells of its opening. */
export function auditRowOf(number: number, ticket: TicketRow, { population }: TicketSource) {
  return {
    happened_at_ms: ticket.opened_at_ms,
    event: 'ticket_opened',
    actor: 'telefonia',
    address: '127.0.0.1',
    request_id: `population-${number}`,
    user_code: codeOf(requesterOf(number, population)),
    detail: JSON.stringify({ protocol: protocolOf(ticket.id), origin: ticket.origin }),
  } satisfies Row<'audit_log'>
}

function originOf(number: number): string {
  const of20 = draw(number, 10, 20)
  return of20 < 12 ? 'telefone' : of20 < 16 ? 'web' : of20 < 19 ? 'whatsapp' : 'email'
}

function statusOf(number: number, { tickets }: Population): string {
  if (number >= tickets - activeTickets) {
    return activeStatuses[number % activeStatuses.length] ?? 'aberto'
  }
  const of20 = draw(number, 11, 20)
  return of20 === 0 ? 'cancelado' : of20 === 1 ? 'resolvido' : 'fechado'
}

function isLong(number: number): boolean {
  return number % longHistoryEvery === 0
}
