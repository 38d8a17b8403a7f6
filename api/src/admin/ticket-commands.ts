import type { TicketStatus } from '@ura/core/ticket-api/schemas'
import { recordAudit } from '../audit/audit-log.ts'
import type { Database } from '../database/schema.ts'
import { inTransaction } from '../database/transaction.ts'
import { ticketIdOf } from '../tickets/protocol.ts'
import { listTicketEvents } from '../tickets/ticket-event-repository.ts'
import { changeTicket, findTicket, type Ticket } from '../tickets/ticket-repository.ts'
import { statusWords, ticketStatuses } from '../tickets/ticket-text.ts'
import { type Commands, RefusedError, UsageError } from './command.ts'

export const ticketCommands: Commands = {
  'tickets show': {
    usage: 'tickets show PROTOCOLO',
    summary: 'Mostra um chamado e o histórico dele',
    positionals: { min: 1, max: 1 },
    async run({ db }, { positionals: [protocol = ''] }) {
      const ticket = await requireTicket(db, protocol)
      const events = await listTicketEvents(db, ticket.id)
      const history = events.map(
        ({ at, actor, from, to }) => `  ${at.toISOString()}  ${from ?? '-'} -> ${to ?? '-'}  (${actor})`,
      )
      const { status, service, category, userCode, origin, openedAt, updatedAt } = ticket
      return {
        data: {
          protocol: ticket.protocol,
          status,
          service,
          category,
          userCode,
          origin,
          openedAt,
          updatedAt,
          events,
        },
        text: [
          `Chamado ${ticket.protocol}: ${service} (${category})`,
          `Situação: ${statusWords[status]} desde ${updatedAt.toISOString()}`,
          `Usuário: ${userCode}, origem: ${origin}`,
          'Histórico:',
          ...history,
        ].join('\n'),
      }
    },
  },
  'tickets status': {
    usage: 'tickets status PROTOCOLO SITUACAO',
    summary: `Muda a situação de um chamado: ${ticketStatuses.join(', ')}`,
    positionals: { min: 2, max: 2 },
    async run({ db, now, actor }, { positionals: [protocol = '', word = ''] }) {
      const to = parseStatus(word)
      return await inTransaction(db, async (trx) => {
        const ticket = await requireTicket(trx, protocol)
        if (ticket.status === to) {
          throw new RefusedError(`O chamado ${ticket.protocol} já está "${to}".`)
        }
        if (!(await changeTicket(trx, ticket, { status: to, actor, now }))) {
          throw new RefusedError(`O chamado ${ticket.protocol} mudou agora mesmo; veja-o e tente de novo.`)
        }
        await recordAudit(trx, {
          event: 'ticket_status_changed',
          source: { actor },
          at: now,
          detail: { protocol: ticket.protocol, from: ticket.status, to },
        })
        return {
          data: { protocol: ticket.protocol, from: ticket.status, to },
          text: `Chamado ${ticket.protocol}: de "${ticket.status}" para "${to}".`,
        }
      })
    },
  },
}

async function requireTicket(db: Database, protocol: string): Promise<Ticket> {
  const id = ticketIdOf(protocol)
  const ticket = id === null ? null : await findTicket(db, id)
  if (ticket === null) {
    throw new RefusedError(`Chamado "${protocol}" não encontrado.`)
  }
  return ticket
}

function parseStatus(word: string): TicketStatus {
  const status = ticketStatuses.find((candidate) => candidate === word)
  if (status === undefined) {
    throw new UsageError(`"${word}" não é uma situação: ${ticketStatuses.join(', ')}.`)
  }
  return status
}
