import type { TicketStatus } from '@ura/core/ticket-api/schemas'
import { cleanForSpeech, spokenDate, spokenDigits } from '../speech/spoken-text.ts'
import type { Ticket } from './ticket-repository.ts'

/** What a caller hears for a status. */
export const statusWords: Readonly<Record<TicketStatus, string>> = {
  aberto: 'aberto',
  em_atendimento: 'em atendimento',
  aguardando_usuario: 'aguardando você',
  resolvido: 'resolvido',
  fechado: 'fechado',
  cancelado: 'cancelado',
}

export const ticketStatuses = Object.keys(statusWords) as readonly TicketStatus[]

/** Spoken text of a ticket's state: service, status, since when. */
export function ticketStatusText(
  ticket: Pick<Ticket, 'protocol' | 'service' | 'status' | 'updatedAt'>,
  options: { now: Date; timeZone: string },
): string {
  const since = spokenDate(ticket.updatedAt, options.timeZone, { now: options.now })
  return [
    `Chamado ${spokenDigits(ticket.protocol)}.`,
    `Serviço: ${cleanForSpeech(ticket.service)}.`,
    `Situação: ${statusWords[ticket.status]}, desde ${since}.`,
  ].join(' ')
}

/** Spoken text of a protocol number, digit by digit. */
export function protocolText(protocol: string): string {
  return spokenDigits(protocol)
}

/** What the requester reads on WhatsApp once a ticket is open. */
export function ticketOpenedMessage(ticket: { protocol: string; service: string }): string {
  return `Chamado ${ticket.protocol} aberto: ${ticket.service}. Guarde este número para consultar o andamento por telefone.`
}
