import { recordAudit } from '../audit/audit-log.ts'
import type { Database } from '../database/schema.ts'
import { inTransaction } from '../database/transaction.ts'
import { ticketIdOf } from '../tickets/protocol.ts'
import { listTicketEvents, type TicketEvent } from '../tickets/ticket-event-repository.ts'
import { addTicketNote, listTicketNotes } from '../tickets/ticket-note-repository.ts'
import { changeTicket, findTicket, type Ticket, type TicketChange } from '../tickets/ticket-repository.ts'
import { statusWords } from '@ura/core/ticket-api/status-words'
import { findVoiceNotes } from '../tickets/voice-notes/voice-note-repository.ts'
import { ticketStatuses } from '../tickets/ticket-text.ts'
import { type AdminContext, type CommandOutcome, type Commands, RefusedError, UsageError } from './command.ts'
import { parseStatus, ticketListCommand } from './ticket-list-command.ts'

export const ticketCommands: Commands = {
  'tickets list': ticketListCommand,
  'tickets show': {
    usage: 'tickets show PROTOCOLO',
    summary: 'Mostra um chamado, o histórico e as anotações dele',
    positionals: { min: 1, max: 1 },
    async run({ db }, { positionals: [protocol = ''] }) {
      const ticket = await requireTicket(db, protocol)
      const { id: _id, userId: _userId, ...told } = ticket
      const [events, notes] = [await listTicketEvents(db, ticket.id), await listTicketNotes(db, ticket.id)]
      const voiceNote = (await findVoiceNotes(db, [ticket.id])).get(ticket.id) ?? null
      return {
        data: { ...told, events, notes, voiceNote },
        text: [
          `Chamado ${ticket.protocol}: ${ticket.service} (${ticket.category})`,
          `Situação: ${statusWords[ticket.status]} desde ${ticket.updatedAt.toISOString()}`,
          `Responsável: ${ticket.assignee ?? '-'}`,
          `Usuário: ${ticket.userCode}, origem: ${ticket.origin}`,
          `Gravação de quem ligou: ${voiceNote === null ? '-' : `${Math.round(voiceNote.durationMs / 1_000)} s`}`,
          'Histórico:',
          ...(await historyLines(db, ticket.id)),
        ].join('\n'),
      }
    },
  },
  'tickets history': {
    usage: 'tickets history PROTOCOLO',
    summary: 'Mostra, em ordem, tudo o que aconteceu com um chamado',
    positionals: { min: 1, max: 1 },
    async run({ db }, { positionals: [protocol = ''] }) {
      const { id } = await requireTicket(db, protocol)
      return { data: await readHistory(db, id), text: (await historyLines(db, id)).join('\n') }
    },
  },
  'tickets status': {
    usage: 'tickets status PROTOCOLO SITUAÇÃO',
    summary: `Muda a situação de um chamado: ${ticketStatuses.join(', ')}`,
    positionals: { min: 2, max: 2 },
    async run(context, { positionals: [protocol = '', word = ''] }) {
      const to = parseStatus(word)
      return await change(context, protocol, (ticket) => {
        if (ticket.status === to) {
          throw new RefusedError(`O chamado ${ticket.protocol} já está "${to}".`)
        }
        return {
          what: 'status',
          event: 'ticket_status_changed',
          from: ticket.status,
          to,
          change: { status: to },
        }
      })
    },
  },
  'tickets assign': {
    usage: 'tickets assign PROTOCOLO [RESPONSÁVEL]',
    summary: 'Dá um chamado a um técnico ou a uma equipe; sem nome, tira de quem o tem',
    positionals: { min: 1, max: 2 },
    async run(context, { positionals: [protocol = '', name] }) {
      const to = name === undefined ? null : parseText(name, 'O responsável', 100)
      return await change(context, protocol, (ticket) => {
        if (ticket.assignee === to) {
          throw new RefusedError(`O chamado ${ticket.protocol} já está com ${to ?? 'ninguém'}.`)
        }
        const from = ticket.assignee
        return { what: 'responsável', event: 'ticket_assigned', from, to, change: { assignee: to } }
      })
    },
  },
  'tickets note': {
    usage: 'tickets note PROTOCOLO TEXTO',
    summary: 'Anota algo num chamado; quem liga não ouve anotações',
    positionals: { min: 2, max: 2 },
    async run({ db, now, actor }, { positionals: [protocol = '', typed = ''] }) {
      const text = parseText(typed, 'A anotação', 2_000)
      return await inTransaction(db, async (trx) => {
        const ticket = await requireTicket(trx, protocol)
        const note = await addTicketNote(trx, ticket.id, { author: actor, text, now })
        const detail = { protocol: ticket.protocol, note }
        await recordAudit(trx, { event: 'ticket_note_added', source: { actor }, at: now, detail })
        return { data: { protocol: ticket.protocol, note }, text: `Anotado no chamado ${ticket.protocol}.` }
      })
    },
  },
}

/** One change as it is made, told and kept in the audit log. */
interface PlannedChange {
  what: string
  event: 'ticket_status_changed' | 'ticket_assigned'
  from: string | null
  to: string | null
  change: Pick<TicketChange, 'status' | 'assignee'>
}

async function change(
  { db, now, actor }: AdminContext,
  protocol: string,
  plan: (ticket: Ticket) => PlannedChange,
): Promise<CommandOutcome> {
  return await inTransaction(db, async (trx) => {
    const ticket = await requireTicket(trx, protocol)
    const { what, event, from, to, change: fields } = plan(ticket)
    if (!(await changeTicket(trx, ticket, { ...fields, actor, now }))) {
      throw new RefusedError(`O chamado ${ticket.protocol} mudou agora mesmo; veja-o e tente de novo.`)
    }
    const detail = { protocol: ticket.protocol, from, to }
    await recordAudit(trx, { event, source: { actor }, at: now, detail })
    return {
      data: detail,
      text: `Chamado ${ticket.protocol}, ${what}: de "${from ?? '-'}" para "${to ?? '-'}".`,
    }
  })
}

type HistoryEntry = { at: Date; actor: string } & (
  | { kind: TicketEvent['kind']; from: string | null; to: string | null }
  | { kind: 'note'; text: string }
)

const changeWords = { status: '', assignee: 'responsável ', service: 'serviço ' } as const

/** Events and notes in the order in which they happened. */
async function readHistory(db: Database, ticketId: number): Promise<HistoryEntry[]> {
  const notes = (await listTicketNotes(db, ticketId)).map(({ at, author, text }) => ({
    kind: 'note' as const,
    at,
    actor: author,
    text,
  }))
  const events: HistoryEntry[] = await listTicketEvents(db, ticketId)
  return [...events, ...notes].toSorted((one, other) => one.at.getTime() - other.at.getTime())
}

async function historyLines(db: Database, ticketId: number): Promise<string[]> {
  return (await readHistory(db, ticketId)).map((entry) => {
    const what =
      entry.kind === 'note'
        ? `anotação: ${entry.text}`
        : `${changeWords[entry.kind]}${entry.from ?? '-'} -> ${entry.to ?? '-'}`
    return `  ${entry.at.toISOString()}  ${what}  (${entry.actor})`
  })
}

async function requireTicket(db: Database, protocol: string): Promise<Ticket> {
  const id = ticketIdOf(protocol)
  const ticket = id === null ? null : await findTicket(db, id)
  if (ticket === null) {
    throw new RefusedError(`Chamado "${protocol}" não encontrado.`)
  }
  return ticket
}

function parseText(typed: string, what: string, max: number): string {
  const text = typed.normalize('NFC').trim()
  if (text === '' || Array.from(text).length > max) {
    throw new UsageError(`${what} tem de 1 a ${max} caracteres.`)
  }
  return text
}
