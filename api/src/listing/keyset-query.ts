import { type RawBuilder, sql } from 'kysely'
import { isMysql } from '../database/dialect.ts'
import type { Database, Schema } from '../database/schema.ts'
import type { Position } from './cursor.ts'

/** A column that must have one value, null for none at all. */
export type Equalities = Readonly<Record<string, string | number | null>>

/**
 * One page of a table in the order of an index. Each branch is a set of equalities that, followed by the key's columns,
 * are an index of the table, so that it reads as many rows as it gives; the branches are then merged.
 */
export interface KeysetQuery {
  readonly table: keyof Schema
  /** The index's name; null for the primary key. */
  readonly index: string | null
  /** The columns of the order, the last ones making it unique. They are what a row consists of. */
  readonly key: readonly string[]
  readonly descending: boolean
  /** None: no row. They must not overlap. */
  readonly branches: readonly Branch[]
  /** Rows behind this one alone. */
  readonly after: Position | null
  readonly limit: number
}

/** A stretch of an index. */
export interface Branch {
  readonly equal: Equalities
  /** Bounds of the key's first column, the lower one included. */
  readonly from?: string | number
  readonly before?: string | number
}

/** The columns of the key by name. */
export type KeyRow = Readonly<Record<string, string | number>>

/** The SQL of a page: the key's columns of at most `limit` rows; null when there is no branch. */
export function keysetQuery(db: Database, query: KeysetQuery): RawBuilder<KeyRow> | null {
  const source = tableOf(db, query)
  const [first, ...others] = query.branches.map((branch) => branchQuery(query, branch, source))
  if (first === undefined || others.length === 0) {
    return first ?? null
  }
  // Wrapped, since SQLite takes no order within a term of a union.
  const wrapped = [first, ...others].map((branch) => sql`select * from (${branch}) as branch`)
  return sql`select * from (${sql.join(wrapped, sql` union all `)}) as page ${orderAndLimit(query)}`
}

/**
 * The table, with a word to MySQL and MariaDB which index to read. Their optimizers go by what they reckon of the rows,
 * and MySQL 9 was seen to read half of a table for six rows of a frequent status; SQLite goes by the columns.
 */
function tableOf(db: Database, { table, index }: KeysetQuery): RawBuilder<unknown> {
  return isMysql(db)
    ? sql`${sql.table(table)} force index (${index === null ? sql`primary` : sql.ref(index)})`
    : sql.table(table)
}

function branchQuery(query: KeysetQuery, branch: Branch, source: RawBuilder<unknown>): RawBuilder<KeyRow> {
  const { key, after } = query
  const [firstColumn = ''] = key
  const conditions = Object.entries(branch.equal).map(([column, value]) =>
    value === null ? sql`${sql.ref(column)} is null` : sql`${sql.ref(column)} = ${value}`,
  )
  if (branch.from !== undefined) {
    conditions.push(sql`${sql.ref(firstColumn)} >= ${branch.from}`)
  }
  if (branch.before !== undefined) {
    conditions.push(sql`${sql.ref(firstColumn)} < ${branch.before}`)
  }
  if (after !== null) {
    conditions.push(behind(query, after))
  }
  const where = conditions.length === 0 ? sql`` : sql`where ${sql.join(conditions, sql` and `)}`
  const columns = sql.join(key.map((column) => sql.ref(column)))
  return sql`select ${columns} from ${source} ${where} ${orderAndLimit(query)}`
}

/**
 * `(a, b) < (?, ?)` in words that every optimizer reads as a range of the index: MySQL reads no range in a comparison of
 * rows (https://dev.mysql.com/doc/refman/9.0/en/row-constructor-optimization.html).
 */
function behind({ key, descending }: KeysetQuery, after: Position): RawBuilder<unknown> {
  const sign = descending ? sql`<` : sql`>`
  const columns = key.map((column, index) => ({ column: sql.ref(column), value: after[index] }))
  const last = columns.at(-1)
  const strict = columns
    .slice(0, -1)
    .reduceRight<RawBuilder<unknown>>(
      (rest, { column, value }) => sql`(${column} ${sign} ${value} or (${column} = ${value} and ${rest}))`,
      sql`${last?.column} ${sign} ${last?.value}`,
    )
  const first = columns[0]
  return columns.length === 1 ? strict : sql`${first?.column} ${sign}= ${first?.value} and ${strict}`
}

function orderAndLimit({ key, descending, limit }: KeysetQuery): RawBuilder<unknown> {
  const direction = descending ? sql`desc` : sql`asc`
  const columns = key.map((column) => sql`${sql.ref(column)} ${direction}`)
  return sql`order by ${sql.join(columns)} limit ${limit}`
}
