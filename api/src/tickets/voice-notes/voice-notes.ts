import { createHash } from 'node:crypto'
import { HelpdeskError } from '@ura/core/errors'
import type { VoiceNoteAnswer } from '@ura/core/ticket-api/schemas'
import { type AuditSource, recordAudit } from '../../audit/audit-log.ts'
import type { ApiContext } from '../../context.ts'
import type { Database } from '../../database/schema.ts'
import { inTransaction } from '../../database/transaction.ts'
import { type IdempotentRequest, once } from '../../idempotency/idempotency.ts'
import { requireTicketId } from '../edit-ticket.ts'
import { requireVoiceNote } from './voice-note-audio.ts'
import { findVoiceNotes, insertVoiceNote, readVoiceNote } from './voice-note-repository.ts'

/**
 * Adds what a person said to a ticket of theirs, once for an idempotency key. Another's ticket is not found.
 * @throws HelpdeskError CHAMADO_NAO_ENCONTRADO, CHAVE_REUTILIZADA, REQUISICAO_INVALIDA for other sound,
 *   MUDANCA_NAO_PERMITIDA when the ticket has a voice note already
 */
export async function addVoiceNote(
  { db, clock, keyedHash }: Pick<ApiContext, 'db' | 'clock' | 'keyedHash'>,
  note: {
    protocol: string
    userCode: string
    audio: Buffer
    source: AuditSource
    idempotent: Omit<IdempotentRequest, 'now' | 'endpoint' | 'body'>
  },
): Promise<{ note: VoiceNoteAnswer; replayed: boolean }> {
  const { protocol, userCode, audio, source } = note
  const now = clock.now()
  const ticketId = requireTicketId(protocol)
  const durationMs = requireVoiceNote(audio)
  const sha256 = createHash('sha256').update(audio).digest('hex')
  const body = { protocol, userCode, sha256 }
  const request = { ...note.idempotent, endpoint: 'v1/voice-notes' as const, body, now }
  const { answer, replayed } = await inTransaction(db, async (trx) => {
    await requireTicketOf(trx, ticketId, userCode)
    return await once<VoiceNoteAnswer>({ trx, keyedHash, request }, async () => {
      if ((await findVoiceNotes(trx, [ticketId])).size > 0) {
        throw new HelpdeskError('MUDANCA_NAO_PERMITIDA', { message: 'O chamado já tem uma gravação.' })
      }
      await insertVoiceNote(trx, ticketId, { audio, durationMs, now })
      const detail = { protocol, durationMs }
      await recordAudit(trx, { event: 'voice_note_added', source, at: now, userCode, detail })
      return { durationMs, storedAt: now.toISOString() }
    })
  })
  return { note: answer, replayed }
}

/**
 * The WAV file of a ticket's voice note; that it was fetched is in the audit log.
 * @throws HelpdeskError CHAMADO_NAO_ENCONTRADO, GRAVACAO_NAO_ENCONTRADA
 */
export async function fetchVoiceNote(
  { db, clock }: Pick<ApiContext, 'db' | 'clock'>,
  { protocol, source }: { protocol: string; source: AuditSource },
): Promise<Buffer> {
  const ticketId = requireTicketId(protocol)
  return await inTransaction(db, async (trx) => {
    const userCode = await findUserCode(trx, ticketId)
    if (userCode === null) {
      throw notFound()
    }
    const audio = await readVoiceNote(trx, ticketId)
    if (audio === null) {
      throw new HelpdeskError('GRAVACAO_NAO_ENCONTRADA', { field: 'protocol' })
    }
    const at = clock.now()
    await recordAudit(trx, { event: 'voice_note_fetched', source, at, userCode, detail: { protocol } })
    return audio
  })
}

async function requireTicketOf(trx: Database, ticketId: number, userCode: string): Promise<void> {
  if ((await findUserCode(trx, ticketId)) !== userCode) {
    throw notFound()
  }
}

/** The registration code of whoever a ticket is for; null when there is no such ticket. */
async function findUserCode(db: Database, ticketId: number): Promise<string | null> {
  const ticket = await db
    .selectFrom('tickets')
    .innerJoin('users', 'users.id', 'tickets.user_id')
    .select('users.code')
    .where('tickets.id', '=', ticketId)
    .executeTakeFirst()
  return ticket?.code ?? null
}

function notFound(): HelpdeskError {
  return new HelpdeskError('CHAMADO_NAO_ENCONTRADO', { field: 'protocol' })
}
