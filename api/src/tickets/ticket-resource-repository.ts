import type { TicketStatus } from '@ura/core/ticket-api/schemas'
import type { Database } from '../database/schema.ts'
import type { Equalities } from '../listing/keyset-query.ts'
import { protocolOf } from './protocol.ts'
import type { TicketFilters } from './ticket-list.ts'
import type { TicketResource } from './ticket-resource-schemas.ts'
import { findVoiceNotes, type VoiceNoteFacts } from './voice-notes/voice-note-repository.ts'
import type { TicketOrigin } from './ticket-repository.ts'

/** The tickets of these ids as programs read them, in the order of the ids given. */
export async function readTicketResources(db: Database, ids: readonly number[]): Promise<TicketResource[]> {
  if (ids.length === 0) {
    return []
  }
  const rows = await db
    .selectFrom('tickets')
    .innerJoin('users', 'users.id', 'tickets.user_id')
    .innerJoin('catalogue_services', 'catalogue_services.id', 'tickets.service_id')
    .innerJoin('catalogue_categories', 'catalogue_categories.id', 'catalogue_services.category_id')
    .leftJoin('satisfaction_ratings', 'satisfaction_ratings.ticket_id', 'tickets.id')
    .select([
      'tickets.id',
      'tickets.status',
      'tickets.assignee',
      'tickets.origin',
      'tickets.call_id',
      'tickets.opened_at_ms',
      'tickets.updated_at_ms',
      'tickets.changed_at_ms',
      'tickets.version',
      'satisfaction_ratings.score as rating',
      'users.code as user_code',
      'users.name as user_name',
      'catalogue_services.code as service_code',
      'catalogue_services.name as service_name',
      'catalogue_categories.id as category_id',
      'catalogue_categories.name as category_name',
    ])
    .where('tickets.id', 'in', [...ids])
    .execute()
  const voiceNotes = await findVoiceNotes(db, ids)
  const resources = rows.map((row) => ({
    protocol: protocolOf(row.id),
    status: row.status as TicketStatus,
    assignee: row.assignee,
    origin: row.origin as TicketOrigin,
    user: { code: row.user_code, name: row.user_name },
    service: { code: row.service_code, name: row.service_name },
    category: { id: row.category_id, name: row.category_name },
    callId: row.call_id,
    rating: row.rating,
    openedAt: new Date(row.opened_at_ms).toISOString(),
    updatedAt: new Date(row.changed_at_ms).toISOString(),
    statusSince: new Date(row.updated_at_ms).toISOString(),
    voiceNote: toldVoiceNote(voiceNotes.get(row.id)),
    version: row.version,
  }))
  const byProtocol = new Map(resources.map((resource) => [resource.protocol, resource]))
  return ids.flatMap((id) => byProtocol.get(protocolOf(id)) ?? [])
}

function toldVoiceNote(note: VoiceNoteFacts | undefined): TicketResource['voiceNote'] {
  return note === undefined ? null : { durationMs: note.durationMs, storedAt: note.storedAt.toISOString() }
}

/** What the filter that names whose or which tickets is compared with; null when there is none. */
export async function findTicketSubject(db: Database, filters: TicketFilters): Promise<Equalities[] | null> {
  const { userCode, service, category, origin, assignee, unassigned } = filters
  if (userCode !== undefined) {
    const users = await db.selectFrom('users').select('id').where('code', '=', userCode).execute()
    return users.map(({ id }) => ({ user_id: id }))
  }
  if (service !== undefined || category !== undefined) {
    return await findServices(db, { service, category })
  }
  if (origin !== undefined) {
    return [{ origin }]
  }
  return assignee === undefined && unassigned === undefined ? null : [{ assignee: assignee ?? null }]
}

async function findServices(
  db: Database,
  { service, category }: Pick<TicketFilters, 'service' | 'category'>,
): Promise<Equalities[]> {
  const services = await db
    .selectFrom('catalogue_services')
    .select('id')
    .where((where) =>
      service === undefined ? where('category_id', '=', category ?? 0) : where('code', '=', service),
    )
    .execute()
  return services.map(({ id }) => ({ service_id: id }))
}
