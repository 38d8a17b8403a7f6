import { type RawBuilder, sql } from 'kysely'
import type { Database, Schema } from './schema.ts'

/** Rows of a table that are older than an instant. */
export interface OlderRows {
  readonly table: keyof Schema
  /** Milliseconds; behind the columns of `equal`, where there are some, in an index. */
  readonly column: string
  readonly beforeMs: number
  /** Columns that must have these values; default any. */
  readonly equal?: Readonly<Record<string, string | number>>
}

const batchRows = 5_000
/** The bound of one call: 10 million rows. */
const batchesMax = 2_000

/**
 * Removes rows, oldest first, in batches of 5,000 (more only when they have the same millisecond), each a statement of
 * its own: nobody waits long for it, and what breaks off goes on at the next call. Gives how many went.
 */
export async function removeOlder(
  db: Database,
  rows: OlderRows,
  options: {
    /** Ends the removal behind the batch under way. */
    signal?: AbortSignal | undefined
    /** Told behind each batch how many rows have gone so far. */
    onProgress?: ((removed: number) => void) | undefined
  } = {},
): Promise<number> {
  let removed = 0
  for (let batch = 0; batch < batchesMax && options.signal?.aborted !== true; batch += 1) {
    const { count, isLast } = await removeBatch(db, rows)
    removed += count
    options.onProgress?.(removed)
    if (isLast) {
      break
    }
  }
  return removed
}

async function removeBatch(db: Database, rows: OlderRows): Promise<{ count: number; isLast: boolean }> {
  const [from, time] = [sql.table(rows.table), sql.ref(rows.column)]
  // Not every SQLite takes a LIMIT in a DELETE, so a batch ends at a time.
  const found = await sql<{ at: number }>`
    select ${time} as ${sql.ref('at')} from ${from} where ${conditionOf(rows, rows.beforeMs)}
    order by ${time} limit 1 offset ${sql.lit(batchRows - 1)}`.execute(db)
  const last = found.rows[0]
  const endMs = last === undefined ? rows.beforeMs : last.at + 1
  const { numAffectedRows } = await sql`delete from ${from} where ${conditionOf(rows, endMs)}`.execute(db)
  return { count: Number(numAffectedRows ?? 0n), isLast: last === undefined }
}

function conditionOf({ column, equal = {} }: OlderRows, beforeMs: number): RawBuilder<unknown> {
  const equalities = Object.entries(equal).map(([name, value]) => sql`${sql.ref(name)} = ${value}`)
  return sql.join([...equalities, sql`${sql.ref(column)} < ${beforeMs}`], sql` and `)
}
