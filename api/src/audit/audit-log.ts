import type { Logger } from '@ura/core/logger'
import type { Database } from '../database/schema.ts'

export type AuditEvent =
  | 'sign_in'
  | 'sign_in_refused'
  | 'session_refused'
  | 'network_refused'
  | 'registration_limit_reached'
  | 'code_sent'
  | 'code_not_sent'
  | 'code_limit_reached'
  | 'code_tried'
  | 'ticket_opened'
  | 'ticket_status_changed'
  | 'identity_declined'
  | 'client_created'
  | 'client_revoked'
  | 'office_hours_changed'
  | 'client_rotated'
  | 'catalogue_changed'
  | 'migrations_applied'
  | 'retention_run'
  | 'ticket_assigned'
  | 'ticket_note_added'
  | 'user_added'
  | 'user_changed'
  | 'user_data_exported'
  | 'user_erased'
  | 'users_exported'
  | 'users_imported'

/** Who did it and from where. */
export interface AuditSource {
  /** A client's name, `admin:<account>`, or `desconhecido`. */
  actor: string
  address?: string | undefined
  requestId?: string | undefined
}

export interface AuditEntry {
  event: AuditEvent
  source: AuditSource
  at: Date
  userCode?: string | undefined
  /** Small facts for the reader; never an access code, never a whole phone number. */
  detail?: Readonly<Record<string, string | number | boolean | null>>
}

/** Adds one row to the audit log; given a transaction, the row is there exactly when the change is. */
export async function recordAudit(db: Database, entry: AuditEntry): Promise<void> {
  await db
    .insertInto('audit_log')
    .values({
      happened_at_ms: entry.at.getTime(),
      event: entry.event,
      actor: entry.source.actor.slice(0, 100),
      address: entry.source.address?.slice(0, 64) ?? null,
      request_id: entry.source.requestId?.slice(0, 64) ?? null,
      user_code: entry.userCode ?? null,
      detail: JSON.stringify(entry.detail ?? {}).slice(0, 2_000),
    })
    .execute()
}

/** Refusals that are written a minute for one actor; the rest is only logged, so that nobody fills the disk. */
const refusalsPerMinuteMax = 120

/**
 * Writes refusals, at most 120 a minute for all strangers together and as many for each client by its name, so that
 * noise doesn't hide a right token at a wrong address; what is past a bound is logged.
 */
export function createRefusalRecorder(db: Database, log: Logger): (entry: AuditEntry) => Promise<void> {
  let minute = 0
  const written = new Map<string, number>()
  return async (entry) => {
    const now = Math.floor(entry.at.getTime() / 60_000)
    if (now !== minute) {
      minute = now
      written.clear()
    }
    const { event, source } = entry
    const count = (written.get(source.actor) ?? 0) + 1
    written.set(source.actor, count)
    if (count > refusalsPerMinuteMax) {
      const { actor: client, address, requestId } = source
      log.warn({ event, client, address, requestId }, 'refusal past the bound of the audit log')
      return
    }
    await recordAudit(db, entry)
  }
}
