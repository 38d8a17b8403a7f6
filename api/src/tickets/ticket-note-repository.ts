import type { Database } from '../database/schema.ts'
import { announce } from '../webhooks/webhook-outbox.ts'
import { protocolOf } from './protocol.ts'

/** What somebody wrote about a ticket; never changed, never read to callers. */
export interface TicketNote {
  id: number
  author: string
  at: Date
  /** 1 to 2,000 characters. */
  text: string
}

/** Adds a note to a ticket, which counts as a change of the ticket; to be called inside a transaction. */
export async function addTicketNote(
  trx: Database,
  ticketId: number,
  note: { author: string; text: string; now: Date },
): Promise<number> {
  await trx
    .updateTable('tickets')
    .set((column) => ({ version: column('version', '+', 1), changed_at_ms: note.now.getTime() }))
    .where('id', '=', ticketId)
    .execute()
  const { insertId } = await trx
    .insertInto('ticket_notes')
    .values({
      ticket_id: ticketId,
      author: note.author,
      happened_at_ms: note.now.getTime(),
      text: note.text,
    })
    .executeTakeFirstOrThrow()
  const noteId = Number(insertId)
  const data = { protocol: protocolOf(ticketId), actor: note.author, note: noteId }
  await announce(trx, { type: 'ticket.noted', at: note.now, data })
  return noteId
}

/** A ticket's notes, oldest first. */
export async function listTicketNotes(db: Database, ticketId: number): Promise<TicketNote[]> {
  const rows = await db
    .selectFrom('ticket_notes')
    .selectAll()
    .where('ticket_id', '=', ticketId)
    .orderBy('id')
    .execute()
  return rows.map(({ id, author, happened_at_ms: atMs, text }) => ({ id, author, at: new Date(atMs), text }))
}
