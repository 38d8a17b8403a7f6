import type { TicketStatus } from '@ura/core/ticket-api/schemas'
import type { Database } from '../database/schema.ts'
import { lockUser } from '../database/transaction.ts'
import { nameKey } from '../users/name-key.ts'
import type { User } from '../users/user-repository.ts'

const endedStatuses: readonly TicketStatus[] = ['resolvido', 'fechado', 'cancelado']

const nameOfErased = 'Pessoa removida'

/** What an erasure takes away or leaves without the person. */
export interface Erasure {
  /** What stands for the person in tickets and audit log from now on: no code that anybody can key. */
  pseudonym: string
  tickets: number
  notes: number
  voiceNotes: number
  calls: number
  accessCodes: number
}

/** Tickets of a person that somebody still works on. */
export async function countOpenTickets(db: Database, userId: number): Promise<number> {
  const { open } = await db
    .selectFrom('tickets')
    .select(({ fn }) => fn.countAll<number>().as('open'))
    .where('user_id', '=', userId)
    .where('status', 'not in', endedStatuses)
    .executeTakeFirstOrThrow()
  return open
}

/**
 * Takes a person's data out of the database; to be called inside a transaction. Tickets stay without the person, and so
 * do call records without number, code and choice, and nobody is to be called back; the text of notes on the tickets
 * goes, because it may tell of the person, and so does what they said; access codes go. The audit log keeps its rows
 * under the pseudonym.
 */
export async function erasePerson(trx: Database, user: User, now: Date): Promise<Erasure> {
  await lockUser(trx, user.id)
  const pseudonym = `x${user.id}`
  const accessCodes = await trx.deleteFrom('access_codes').where('user_id', '=', user.id).executeTakeFirst()
  const calls = await trx
    .updateTable('calls')
    .set({
      user_code: null,
      phone: null,
      verified: 0,
      category_name: null,
      service_code: null,
      callback_state: null,
    })
    .where('user_code', '=', user.code)
    .executeTakeFirst()
  const notes = await trx
    .updateTable('ticket_notes')
    .set({ text: '(removida a pedido do titular)' })
    .where('ticket_id', 'in', (query) =>
      query.selectFrom('tickets').select('id').where('user_id', '=', user.id),
    )
    .executeTakeFirst()
  const voiceNotes = await trx
    .deleteFrom('ticket_voice_notes')
    .where('ticket_id', 'in', (query) =>
      query.selectFrom('tickets').select('id').where('user_id', '=', user.id),
    )
    .executeTakeFirst()
  await trx
    .updateTable('audit_log')
    .set({ user_code: pseudonym })
    .where('user_code', '=', user.code)
    .execute()
  await trx
    .updateTable('users')
    .set({
      code: pseudonym,
      name: nameOfErased,
      name_key: nameKey(nameOfErased),
      department: null,
      whatsapp: null,
      extension: null,
      email: null,
      active: 0,
      notices: 0,
      updated_at_ms: now.getTime(),
      erased_at_ms: now.getTime(),
    })
    .where('id', '=', user.id)
    .execute()
  const { tickets } = await trx
    .selectFrom('tickets')
    .select(({ fn }) => fn.countAll<number>().as('tickets'))
    .where('user_id', '=', user.id)
    .executeTakeFirstOrThrow()
  return {
    pseudonym,
    tickets,
    notes: Number(notes.numUpdatedRows),
    voiceNotes: Number(voiceNotes.numDeletedRows),
    calls: Number(calls.numUpdatedRows),
    accessCodes: Number(accessCodes.numDeletedRows),
  }
}
