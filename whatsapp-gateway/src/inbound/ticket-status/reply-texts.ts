import type { ReadTicket } from '@ura/core/ticket-api/ticket-reader'
import { statusWords } from '@ura/core/ticket-api/status-words'

/** What people read on WhatsApp when they write to us (pt-BR). */

export const helpText =
  'Olá! Por aqui você consulta a situação de um chamado: envie a palavra "chamado" e o número do protocolo, por exemplo: chamado 10017. Para abrir um chamado ou falar com um atendente, ligue para a central de TI.'

export const unavailableText =
  'Não foi possível consultar o chamado agora. Por favor, envie a mensagem de novo em alguns minutos.'

/** The same for a ticket that isn't there and for another person's: neither is to be told apart. */
export function notFoundText(protocol: string): string {
  return `Não encontramos o chamado ${protocol} entre os seus. Confira o número do protocolo. Só vê o chamado quem o abriu e tem este WhatsApp no cadastro.`
}

/** Service, status and since when, in `timeZone` (IANA). */
export function ticketStatusText(ticket: ReadTicket, timeZone: string): string {
  const since = new Intl.DateTimeFormat('pt-BR', { dateStyle: 'short', timeStyle: 'short', timeZone })
  return `Chamado ${ticket.protocol} (${ticket.serviceName}): ${statusWords[ticket.status]}, desde ${since.format(ticket.statusSince)}.`
}
