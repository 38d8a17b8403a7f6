import { sql } from 'kysely'
import { isMysql } from './dialect.ts'
import type { Database } from './schema.ts'

/**
 * The ids of rows that one `insert … values` with several rows has just added, in the order of the rows; to be called
 * in the transaction of that statement.
 *
 * SQLite tells the last row's id, and its only writer counts by one. MySQL and MariaDB tell the first row's
 * (`LAST_INSERT_ID()`), and InnoDB gives a statement whose rows are known beforehand ids without gaps in each of its
 * lock modes, in steps of `auto_increment_increment`, which clusters change
 * (https://dev.mysql.com/doc/refman/9.0/en/innodb-auto-increment-handling.html).
 *
 * @param insertId Of the statement's result
 */
export async function insertedIds(
  trx: Database,
  { insertId, count }: { insertId: bigint | undefined; count: number },
): Promise<number[]> {
  const told = Number(insertId)
  if (count < 2) {
    return [told].slice(0, count)
  }
  if (!isMysql(trx)) {
    return idsFrom(told - count + 1, { count, step: 1 })
  }
  const { rows } = await sql<{ step: number }>`select @@auto_increment_increment as step`.execute(trx)
  return idsFrom(told, { count, step: Number(rows[0]?.step) })
}

function idsFrom(first: number, { count, step }: { count: number; step: number }): number[] {
  return Array.from({ length: count }, (_, index) => first + index * step)
}
