import { sql } from 'kysely'
import type { StorageConfiguration } from '../config.ts'
import { removeOlder } from '../database/remove-older.ts'
import type { Database, Schema } from '../database/schema.ts'
import { keptDays as idempotencyDays } from '../idempotency/idempotency.ts'

/** Rows of a table that go when they are older than some days. */
export interface RetentionRule {
  table: keyof Schema
  /** The time that counts, in an index of its own. */
  column: string
  days: number
}

/** What goes, and after how long. */
export function retentionRules(
  config: Pick<
    StorageConfiguration,
    'retentionCodeDays' | 'retentionCallDays' | 'retentionVoiceNoteDays' | 'retentionAuditDays'
  >,
): readonly RetentionRule[] {
  return [
    { table: 'access_codes', column: 'created_at_ms', days: config.retentionCodeDays },
    { table: 'calls', column: 'started_at_ms', days: config.retentionCallDays },
    { table: 'ticket_voice_notes', column: 'stored_at_ms', days: config.retentionVoiceNoteDays },
    { table: 'audit_log', column: 'happened_at_ms', days: config.retentionAuditDays },
    { table: 'idempotency_keys', column: 'created_at_ms', days: idempotencyDays },
  ]
}

/** How many rows a rule would remove now. */
export async function countExpired(db: Database, rule: RetentionRule, now: Date): Promise<number> {
  const { rows } = await sql<{ rows: number }>`
    select count(*) as ${sql.ref('rows')} from ${sql.table(rule.table)}
    where ${sql.ref(rule.column)} < ${endOf(rule, now)}`.execute(db)
  return rows[0]?.rows ?? 0
}

/** Removes what has expired, table by table, as {@link removeOlder} does. Gives how many rows of each table went. */
export async function removeExpired(
  db: Database,
  options: {
    rules: readonly RetentionRule[]
    now: Date
    /** Ends the run behind the batch under way. */
    signal?: AbortSignal
    onProgress?: (rule: RetentionRule, removed: number) => void
  },
): Promise<Map<RetentionRule['table'], number>> {
  const { rules, now, signal, onProgress } = options
  const removed = new Map<RetentionRule['table'], number>()
  for (const rule of rules) {
    const older = { table: rule.table, column: rule.column, beforeMs: endOf(rule, now) }
    removed.set(
      rule.table,
      await removeOlder(db, older, { signal, onProgress: (count) => onProgress?.(rule, count) }),
    )
  }
  return removed
}

function endOf({ days }: RetentionRule, now: Date): number {
  return now.getTime() - days * 86_400_000
}
