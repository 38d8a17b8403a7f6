import type { TicketStatus } from '@ura/core/ticket-api/schemas'
import { statusWords } from '@ura/core/ticket-api/status-words'
import { cleanForSpeech, spokenDate, spokenDigits } from '../speech/spoken-text.ts'
import type { Ticket } from './ticket-repository.ts'

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

/** What the requester reads once a ticket is open. */
export function ticketOpenedMessage(ticket: { protocol: string; service: string }): string {
  return `Chamado ${ticket.protocol} aberto: ${ticket.service}. Guarde este número. ${howToAsk} ${howToStop}`
}

/** What the requester reads when a ticket is in another status. */
export function ticketChangedMessage(ticket: {
  protocol: string
  service: string
  status: TicketStatus
}): string {
  const { protocol, service, status } = ticket
  return `Chamado ${protocol} (${service}): ${statusWords[status]}. ${howToAsk} ${howToStop}`
}

const howToAsk = 'Para consultar, ligue para a central de informática e tecle 2.'
const howToStop = 'Para não receber mais avisos, peça à equipe técnica.'
