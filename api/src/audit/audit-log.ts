import type { Logger } from '@ura/core/logger'
import type { Database } from '../database/schema.ts'

export type AuditEvent =
  | 'sign_in'
  | 'sign_in_refused'
  | 'session_ended'
  | 'session_refused'
  | 'network_refused'
  | 'role_refused'
  | 'registration_limit_reached'
  | 'code_sent'
  | 'code_not_sent'
  | 'code_limit_reached'
  | 'code_tried'
  | 'ticket_opened'
  | 'ticket_refused'
  | 'ticket_status_changed'
  | 'ticket_changed'
  | 'webhook_added'
  | 'webhook_removed'
  | 'webhook_replayed'
  | 'webhook_switched_off'
  | 'webhook_switched_on'
  | 'ticket_note_added'
  | 'voice_note_added'
  | 'voice_note_fetched'
  | 'user_added'
  | 'user_changed'
  | 'catalogue_changed'
  | 'announcements_changed'
  | 'identity_declined'
  | 'identified_by_extension'
  | 'extension_refused'
  | 'callback_done'
  | 'callback_reopened'
  | 'client_created'
  | 'client_revoked'
  | 'office_hours_changed'
  | 'client_rotated'
  | 'migrations_applied'
  | 'retention_run'
  | 'ticket_assigned'
  | 'user_data_exported'
  | 'user_erased'
  | 'users_exported'
  | 'users_imported'

/** Who did it and from where. */
export interface AuditSource {
  /** A client's name, `admin:<account>`, `desconhecido`, or `sistema` for what the API does by itself. */
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

/** Adds rows to the audit log; given a transaction, they are there exactly when the changes are. */
export async function recordAudit(db: Database, ...entries: readonly AuditEntry[]): Promise<void> {
  if (entries.length === 0) {
    return
  }
  const rows = entries.map((entry) => ({
    happened_at_ms: entry.at.getTime(),
    event: entry.event,
    actor: entry.source.actor.slice(0, 100),
    address: entry.source.address?.slice(0, 64) ?? null,
    request_id: entry.source.requestId?.slice(0, 64) ?? null,
    user_code: entry.userCode ?? null,
    detail: JSON.stringify(entry.detail ?? {}).slice(0, 2_000),
  }))
  await db.insertInto('audit_log').values(rows).execute()
}

/** Refusals of one kind that are written for one actor within each window; of 200 bytes each, that is 3 MB a day at most. */
const refusalBounds = [
  { windowMs: 60_000, max: 120 },
  { windowMs: 3_600_000, max: 600 },
] as const

/** How often one actor got one kind of refusal in the windows that are running. */
interface RefusalCount {
  windows: { start: number; count: number }[]
  omitted: number
}

/**
 * Writes refusals, of each kind at most 120 a minute and 600 an hour for all strangers together and as many for each
 * client by its name, so that nobody fills the disk and noise, of strangers or of callers whom a client speaks for,
 * doesn't hide a right token at a wrong address. The row that follows those left out says how many they were
 * (`omitted`); the log tells the first of them.
 */
export function createRefusalRecorder(db: Database, log: Logger): (entry: AuditEntry) => Promise<void> {
  const counts = new Map<string, RefusalCount>()
  return async (entry) => {
    const { event, source } = entry
    const counted = `${event} ${source.actor}`
    const count = counts.get(counted) ?? { windows: [], omitted: 0 }
    counts.set(counted, count)
    if (!isWithinBounds(count, entry.at)) {
      count.omitted += 1
      if (count.omitted === 1) {
        const { actor: client, address, requestId } = source
        log.warn({ event, client, address, requestId }, 'refusals past the bound of the audit log')
      }
      return
    }
    const { omitted } = count
    count.omitted = 0
    await recordAudit(db, omitted === 0 ? entry : { ...entry, detail: { ...entry.detail, omitted } })
  }
}

/** Counts one more when every window has room for it. */
function isWithinBounds(count: RefusalCount, at: Date): boolean {
  count.windows = refusalBounds.map(({ windowMs }, index) => {
    const start = Math.floor(at.getTime() / windowMs)
    const running = count.windows[index]
    return running?.start === start ? running : { start, count: 0 }
  })
  const hasRoom = count.windows.every((window, index) => window.count < (refusalBounds[index]?.max ?? 0))
  for (const window of hasRoom ? count.windows : []) {
    window.count += 1
  }
  return hasRoom
}
