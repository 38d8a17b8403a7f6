import { sql } from 'kysely'
import type { StorageConfiguration } from '../config.ts'
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
  config: Pick<StorageConfiguration, 'retentionCodeDays' | 'retentionCallDays' | 'retentionAuditDays'>,
): readonly RetentionRule[] {
  return [
    { table: 'access_codes', column: 'created_at_ms', days: config.retentionCodeDays },
    { table: 'calls', column: 'started_at_ms', days: config.retentionCallDays },
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

const batchRows = 5_000
/** A run's bound: 10 million rows of each table. */
const batchesMax = 2_000

/**
 * Removes what has expired, oldest first, in batches of 5,000 (more only when they have the same millisecond), each a
 * statement of its own: nobody waits long for it, and what breaks off goes on at the next run. Gives how many rows of
 * each table went.
 */
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
  const removed = new Map(options.rules.map(({ table }) => [table, 0]))
  for (const rule of options.rules) {
    for (let batch = 0; batch < batchesMax && options.signal?.aborted !== true; batch += 1) {
      const { count, isLast } = await removeBatch(db, rule, endOf(rule, options.now))
      const total = (removed.get(rule.table) ?? 0) + count
      removed.set(rule.table, total)
      options.onProgress?.(rule, total)
      if (isLast) {
        break
      }
    }
  }
  return removed
}

async function removeBatch(
  db: Database,
  { table, column }: RetentionRule,
  endMs: number,
): Promise<{ count: number; isLast: boolean }> {
  const [from, time] = [sql.table(table), sql.ref(column)]
  // Not every SQLite takes a LIMIT in a DELETE, so a batch ends at a time.
  const { rows } = await sql<{ at: number }>`
    select ${time} as ${sql.ref('at')} from ${from} where ${time} < ${endMs}
    order by ${time} limit 1 offset ${sql.lit(batchRows - 1)}`.execute(db)
  const last = rows[0]
  const batchEndMs = last === undefined ? endMs : last.at + 1
  const { numAffectedRows } = await sql`delete from ${from} where ${time} < ${batchEndMs}`.execute(db)
  return { count: Number(numAffectedRows ?? 0n), isLast: last === undefined }
}

function endOf({ days }: RetentionRule, now: Date): number {
  return now.getTime() - days * 86_400_000
}
