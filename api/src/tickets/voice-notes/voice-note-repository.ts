import type { Database } from '../../database/schema.ts'

/** What is known of a voice note without listening to it. */
export interface VoiceNoteFacts {
  durationMs: number
  storedAt: Date
}

/** Adds the voice note of a ticket, which counts as a change of the ticket; to be called inside a transaction. */
export async function insertVoiceNote(
  trx: Database,
  ticketId: number,
  note: { audio: Buffer; durationMs: number; now: Date },
): Promise<void> {
  const atMs = note.now.getTime()
  await trx
    .insertInto('ticket_voice_notes')
    .values({ ticket_id: ticketId, stored_at_ms: atMs, duration_ms: note.durationMs, audio: note.audio })
    .execute()
  await trx
    .updateTable('tickets')
    .set((column) => ({ version: column('version', '+', 1), changed_at_ms: atMs }))
    .where('id', '=', ticketId)
    .execute()
}

/** The voice notes of some tickets, without their sound, by the ticket's id. */
export async function findVoiceNotes(
  db: Database,
  ticketIds: readonly number[],
): Promise<ReadonlyMap<number, VoiceNoteFacts>> {
  if (ticketIds.length === 0) {
    return new Map()
  }
  const rows = await db
    .selectFrom('ticket_voice_notes')
    .select(['ticket_id', 'stored_at_ms', 'duration_ms'])
    .where('ticket_id', 'in', [...ticketIds])
    .execute()
  return new Map(
    rows.map((row) => [row.ticket_id, { durationMs: row.duration_ms, storedAt: new Date(row.stored_at_ms) }]),
  )
}

/** The WAV file of a ticket's voice note; null when it has none. */
export async function readVoiceNote(db: Database, ticketId: number): Promise<Buffer | null> {
  const row = await db
    .selectFrom('ticket_voice_notes')
    .select('audio')
    .where('ticket_id', '=', ticketId)
    .executeTakeFirst()
  // SQLite's driver gives a Uint8Array.
  return row === undefined ? null : Buffer.from(row.audio)
}
