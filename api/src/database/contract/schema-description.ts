import { sql } from 'kysely'
import { isMysql } from '../dialect.ts'
import type { Database } from '../schema.ts'

/** A table as every database must have it: what can be told of each in the same words. */
export interface DescribedTable {
  /** `name type(length) null|not null default`, by name. */
  columns: string[]
  /** `unique|plain (columns)`, primary key included, foreign keys' own indexes left out. */
  indexes: string[]
  /** `(column) -> table (column)`. */
  foreignKeys: string[]
}

const historyTables: ReadonlySet<string> = new Set([
  'schema_migrations',
  'schema_migration_under_way',
  'sqlite_sequence',
])

/** Every table of the schema, those of the migrations' own history aside. */
export async function describeSchema(db: Database): Promise<Record<string, DescribedTable>> {
  const tables = (await db.introspection.getTables())
    .map(({ name }) => name)
    .filter((name) => !historyTables.has(name))
    .toSorted()
  const described = await Promise.all(
    tables.map(async (table) => [table, isMysql(db) ? await onServer(db, table) : await onSqlite(db, table)]),
  )
  return Object.fromEntries(described) as Record<string, DescribedTable>
}

async function onSqlite(db: Database, table: string): Promise<DescribedTable> {
  const columns = await sql<{
    name: string
    type: string
    notnull: number
    dflt_value: string | null
    pk: number
  }>`
    select * from pragma_table_info(${table})`.execute(db)
  const indexes = await sql<{ unique: number; columns: string }>`
    select list."unique", (select group_concat(name, ', ') from pragma_index_info(list.name)) as columns
    from pragma_index_list(${table}) as list`.execute(db)
  const foreignKeys = await sql<{ from: string; table: string; to: string }>`
    select * from pragma_foreign_key_list(${table})`.execute(db)
  const primaryKey = columns.rows
    .filter(({ pk }) => pk > 0)
    .toSorted((left, right) => left.pk - right.pk)
    .map(({ name }) => name)
  return {
    columns: columns.rows
      .map(({ name, type, notnull, dflt_value, pk }) =>
        column(name, type === 'INTEGER' ? 'bigint' : type, notnull === 1 || pk > 0, dflt_value),
      )
      .toSorted(),
    indexes: unique([
      `unique (${primaryKey.join(', ')})`,
      ...indexes.rows.map((index) => `${index.unique === 1 ? 'unique' : 'plain'} (${index.columns})`),
    ]),
    foreignKeys: foreignKeys.rows
      .map(({ from, table: to, to: key }) => `(${from}) -> ${to} (${key})`)
      .toSorted(),
  }
}

async function onServer(db: Database, table: string): Promise<DescribedTable> {
  const columns = await sql<{ name: string; type: string; nullable: string; initial: string | null }>`
    select column_name as name, column_type as type, is_nullable as nullable, column_default as initial
    from information_schema.columns where table_schema = database() and table_name = ${table}`.execute(db)
  const indexes = await sql<{ name: string; plain: number; columns: string }>`
    select index_name as name, min(non_unique) as plain,
      group_concat(column_name order by seq_in_index separator ', ') as columns
    from information_schema.statistics where table_schema = database() and table_name = ${table}
    group by index_name`.execute(db)
  const foreignKeys = await sql<{ name: string; from: string; table: string; to: string }>`
    select constraint_name as name, column_name as \`from\`, referenced_table_name as \`table\`,
      referenced_column_name as \`to\`
    from information_schema.key_column_usage
    where table_schema = database() and table_name = ${table} and referenced_table_name is not null`.execute(
    db,
  )
  // InnoDB makes an index of its own for a foreign key that has none, under the key's or the column's name.
  const ownIndexes = new Set(foreignKeys.rows.flatMap(({ name, from }) => [name, from]))
  return {
    columns: columns.rows
      .map(({ name, type, nullable, initial }) => column(name, type, nullable === 'NO', initial))
      .toSorted(),
    indexes: unique(
      indexes.rows
        .filter(({ name }) => !ownIndexes.has(name))
        .map(({ plain, columns: names }) => `${plain === 0 ? 'unique' : 'plain'} (${names})`),
    ),
    foreignKeys: foreignKeys.rows
      .map(({ from, table: to, to: key }) => `(${from}) -> ${to} (${key})`)
      .toSorted(),
  }
}

function column(name: string, type: string, isRequired: boolean, initial: string | null): string {
  // MariaDB and older servers show a width that means nothing: bigint(20).
  const plainType = type.toLowerCase().replace(/^((?:big|small)?int)\(\d+\)$/, '$1')
  // MySQL gives a text default without its quotes.
  const value = initial === null || initial === 'NULL' ? 'none' : initial.replace(/^'(.*)'$/, '$1')
  return `${name} ${plainType} ${isRequired ? 'not null' : 'null'} default ${value}`
}

function unique(lines: readonly string[]): string[] {
  return [...new Set(lines)].toSorted()
}
