import { type RawBuilder, sql } from 'kysely'
import { isMysql } from '../database/dialect.ts'
import type { Database } from '../database/schema.ts'

interface QueryBounds {
  table: string
  /** Whether the query has no condition: then it walks an index until its limit. */
  isWalk: boolean
  /** On a server: rows that the storage engine may read. */
  rowsMax: number
}

/**
 * Why a query would get slower as its table grows, or null. On SQLite its plan is read: each use of the table must be
 * a search of an index, and what comes out of it may not be sorted (pages that are merged may). On a server the rows
 * are counted that its storage engine read.
 */
export async function scanFault(
  db: Database,
  query: RawBuilder<unknown>,
  bounds: QueryBounds,
): Promise<string | null> {
  return isMysql(db) ? await readsFault(db, query, bounds.rowsMax) : await planFault(db, query, bounds)
}

async function planFault(
  db: Database,
  query: RawBuilder<unknown>,
  { table, isWalk }: QueryBounds,
): Promise<string | null> {
  const { rows } = await sql<{ detail: string }>`explain query plan ${query}`.execute(db)
  const steps = rows.map(({ detail }) => detail)
  const isScanned = steps.some((step) => step.startsWith(`SCAN ${table}`)) && !isWalk
  const isSorted = steps.some(
    (step, index) => step.startsWith('USE TEMP B-TREE') && steps[index - 1]?.split(' ')[1] === table,
  )
  return isScanned || isSorted ? steps.join('\n') : null
}

async function readsFault(db: Database, query: RawBuilder<unknown>, rowsMax: number): Promise<string | null> {
  return await db.connection().execute(async (connection) => {
    const before = await rowsRead(connection)
    await query.execute(connection)
    // What is between two looks at the counters reads them itself: its rows are in both.
    const between = await rowsRead(connection)
    const counting = (await rowsRead(connection)) - between
    const read = between - before - counting
    if (read <= rowsMax) {
      return null
    }
    const plan = await sql`explain ${query}`.execute(connection)
    return `${read} rows read\n${plan.rows.map((row) => JSON.stringify(row)).join('\n')}`
  })
}

async function rowsRead(connection: Database): Promise<number> {
  const { rows } = await sql<{ Value: string }>`show session status like 'Handler_read%'`.execute(connection)
  return rows.reduce((total, { Value }) => total + Number(Value), 0)
}
