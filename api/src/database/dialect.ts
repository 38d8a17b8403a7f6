import { MysqlAdapter, sql } from 'kysely'
import type { Database } from './schema.ts'

/**
 * What differs between the databases in a migration's SQL, which asks for the differing words by name (`{{autoId}}`);
 * everything else is SQL that all of them take.
 */
export interface MigrationWords {
  readonly autoId: string
  readonly tableOptions: string
  /** Whether `references` behind a column makes a foreign key; MySQL before 9.0 reads it and forgets it. */
  readonly inlineReferences: boolean
  /** Whether an index is named within its table, so that `drop index` tells the table. */
  readonly indexesWithinTables: boolean
}

export const sqliteMigrationWords: MigrationWords = {
  // AUTOINCREMENT: an id is never given twice, even after the newest row was removed.
  autoId: 'integer primary key autoincrement',
  tableOptions: '',
  inlineReferences: true,
  indexesWithinTables: false,
}

/**
 * Text is compared by its code points, trailing spaces included, as SQLite does: a key must not be taken for another
 * one because of case or accent.
 */
function mysqlMigrationWords(collation: string): MigrationWords {
  return {
    autoId: 'bigint not null auto_increment primary key',
    tableOptions: ` engine=InnoDB default charset=utf8mb4 collate=${collation}`,
    inlineReferences: false,
    indexesWithinTables: true,
  }
}

/** Whether it is MySQL or MariaDB. */
export function isMysql(db: Database): boolean {
  return db.getExecutor().adapter instanceof MysqlAdapter
}

/** The words of the database behind a connection; asks a server which of the two it is. */
export async function migrationWordsOf(db: Database): Promise<MigrationWords> {
  if (!isMysql(db)) {
    return sqliteMigrationWords
  }
  const { rows } = await sql<{ version: string }>`select version() as version`.execute(db)
  const isMariaDb = /mariadb/i.test(rows[0]?.version ?? '')
  return mysqlMigrationWords(isMariaDb ? 'utf8mb4_nopad_bin' : 'utf8mb4_0900_bin')
}
