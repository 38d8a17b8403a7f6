import type { Database } from '../database/schema.ts'
import { findTicketRating } from '../satisfaction/satisfaction-repository.ts'
import { protocolOf } from '../tickets/protocol.ts'
import { listTicketEvents } from '../tickets/ticket-event-repository.ts'
import { listTicketNotes } from '../tickets/ticket-note-repository.ts'
import { readVoiceNote } from '../tickets/voice-notes/voice-note-repository.ts'
import type { User } from '../users/user-repository.ts'

/** Everything the database holds about one person, in the words of its tables; hashes of codes aside. */
export async function readPersonData(db: Database, user: User): Promise<Record<string, unknown>> {
  const { id: userId, ...person } = user
  const tickets = await db
    .selectFrom('tickets')
    .innerJoin('catalogue_services', 'catalogue_services.id', 'tickets.service_id')
    .selectAll('tickets')
    .select('catalogue_services.name as service')
    .where('user_id', '=', userId)
    .orderBy('tickets.id')
    .execute()
  const told = []
  for (const { id, user_id: _userId, service_id: _serviceId, ...ticket } of tickets) {
    const [events, notes] = [await listTicketEvents(db, id), await listTicketNotes(db, id)]
    const rating = await findTicketRating(db, id)
    const voice = await readVoiceNote(db, id)
    const voiceNote = voice === null ? null : { wavBase64: voice.toString('base64') }
    told.push({ protocol: protocolOf(id), ...ticket, rating, events, notes, voiceNote })
  }
  const accessCodes = await db
    .selectFrom('access_codes')
    .select([
      'call_id',
      'delivery',
      'channel',
      'created_at_ms',
      'expires_at_ms',
      'wrong_tries',
      'ended_at_ms',
      'ended_reason',
      'used_call_id',
    ])
    .where('user_id', '=', userId)
    .orderBy('serial')
    .execute()
  const calls = await db
    .selectFrom('calls')
    .selectAll()
    .where('user_code', '=', user.code)
    .orderBy('started_at_ms')
    .execute()
  const audit = await db
    .selectFrom('audit_log')
    .selectAll()
    .where('user_code', '=', user.code)
    .orderBy('id')
    .execute()
  return { person, tickets: told, accessCodes, calls, audit }
}
