import { HelpdeskError } from '@ura/core/errors'
import { type AuditSource, recordAudit } from '../audit/audit-log.ts'
import type { ApiContext } from '../context.ts'
import type { Database } from '../database/schema.ts'
import { inTransaction } from '../database/transaction.ts'
import { type IdempotentRequest, once } from '../idempotency/idempotency.ts'
import { listName } from '../listing/cursor.ts'
import type { KeysetQuery } from '../listing/keyset-query.ts'
import { type PageRequest, readPage } from '../listing/read-page.ts'
import { requireTicketId } from './edit-ticket.ts'
import { type TicketEvent, toTicketEvent } from './ticket-event-repository.ts'
import { addTicketNote } from './ticket-note-repository.ts'
import type { TicketEventResource, TicketNoteResource } from './ticket-resource-schemas.ts'

interface HistoryPage<Item> {
  items: Item[]
  next: string | null
}

type HistoryTable = 'ticket_events' | 'ticket_notes'

type ListContext = Pick<ApiContext, 'db' | 'keyedHash'>

/** A ticket's changes, oldest first. @throws HelpdeskError CHAMADO_NAO_ENCONTRADO */
export async function readTicketEvents(
  context: ListContext,
  protocol: string,
  page: PageRequest,
): Promise<HistoryPage<TicketEventResource>> {
  const { ids, next } = await readHistory(context, { table: 'ticket_events', protocol, page })
  const rows =
    ids.length === 0
      ? []
      : await context.db
          .selectFrom('ticket_events')
          .selectAll()
          .where('id', 'in', ids)
          .orderBy('id')
          .execute()
  const items = rows.map((row) => {
    const event = toTicketEvent(row)
    const { at, actor, from, to } = event
    return { id: row.id, type: eventType(event), at: at.toISOString(), actor, from, to }
  })
  return { items, next }
}

/** A ticket's notes, oldest first. @throws HelpdeskError CHAMADO_NAO_ENCONTRADO */
export async function readTicketNotes(
  context: ListContext,
  protocol: string,
  page: PageRequest,
): Promise<HistoryPage<TicketNoteResource>> {
  const { ids, next } = await readHistory(context, { table: 'ticket_notes', protocol, page })
  return { items: await notesOf(context.db, ids), next }
}

/**
 * Adds a note to a ticket, once for an idempotency key.
 * @throws HelpdeskError CHAMADO_NAO_ENCONTRADO, CHAVE_REUTILIZADA
 */
export async function noteTicket(
  { db, clock, keyedHash }: Pick<ApiContext, 'db' | 'clock' | 'keyedHash'>,
  note: {
    protocol: string
    text: string
    source: AuditSource
    idempotent: Omit<IdempotentRequest, 'now' | 'endpoint' | 'body'>
  },
): Promise<{ note: TicketNoteResource; replayed: boolean }> {
  const now = clock.now()
  const { protocol, text, source } = note
  const ticketId = requireTicketId(protocol)
  const { answer, replayed } = await inTransaction(db, async (trx) => {
    await requireTicket(trx, ticketId)
    const request = { ...note.idempotent, endpoint: 'v1/notes' as const, body: { protocol, text }, now }
    return await once<{ id: number }>({ trx, keyedHash, request }, async () => {
      const id = await addTicketNote(trx, ticketId, { author: source.actor, text, now })
      await recordAudit(trx, { event: 'ticket_note_added', source, at: now, detail: { protocol, note: id } })
      return { id }
    })
  })
  const [added] = await notesOf(db, [answer.id])
  if (added === undefined) {
    throw new HelpdeskError('CHAMADO_NAO_ENCONTRADO', { field: 'protocol' })
  }
  return { note: added, replayed }
}

async function readHistory(
  { db, keyedHash }: ListContext,
  options: { table: HistoryTable; protocol: string; page: PageRequest },
): Promise<{ ids: number[]; next: string | null }> {
  const { table, protocol, page } = options
  const ticketId = requireTicketId(protocol)
  await requireTicket(db, ticketId)
  const list = listName(table, { protocol })
  const { keys, next } = await readPage({ db, keyedHash, list }, page, planTicketHistory(table, ticketId))
  return { ids: keys.map((key) => Number(key['id'])), next }
}

/** The query of one ticket's events or notes, oldest first. */
export function planTicketHistory(
  table: HistoryTable,
  ticketId: number,
): Omit<KeysetQuery, 'after' | 'limit'> {
  const branches = [{ equal: { ticket_id: ticketId } }]
  return { table, index: `${table}_ticket`, key: ['id'], descending: false, branches }
}

async function requireTicket(db: Database, id: number): Promise<void> {
  const ticket = await db.selectFrom('tickets').select('id').where('id', '=', id).executeTakeFirst()
  if (ticket === undefined) {
    throw new HelpdeskError('CHAMADO_NAO_ENCONTRADO', { field: 'protocol' })
  }
}

async function notesOf(db: Database, ids: number[]): Promise<TicketNoteResource[]> {
  if (ids.length === 0) {
    return []
  }
  const rows = await db
    .selectFrom('ticket_notes')
    .select(['id', 'author', 'happened_at_ms', 'text'])
    .where('id', 'in', ids)
    .orderBy('id')
    .execute()
  return rows.map(({ happened_at_ms: atMs, ...note }) => ({ ...note, at: new Date(atMs).toISOString() }))
}

const changeTypes = { status: 'status_changed', assignee: 'assigned', service: 'service_changed' } as const

function eventType(event: TicketEvent): TicketEventResource['type'] {
  return event.kind === 'status' && event.from === null ? 'opened' : changeTypes[event.kind]
}
