import { Kysely } from 'kysely'
import { attachActivity, DatabaseActivity } from './database-activity.ts'
import { openMysql } from './mysql-connection.ts'
import type { Database, Schema } from './schema.ts'
import { openSqlite } from './sqlite-connection.ts'

/** How a database is opened; each kind takes what concerns it. */
export interface DatabaseOptions {
  /** SQLite: how long a statement waits for another process's write, default 2,000. */
  busyTimeoutMs?: number
  /** MySQL and MariaDB: connections held at most, default 10. */
  connectionsMax?: number
  /** MySQL and MariaDB: how long a statement may take, default 8,000; 0 for as long as it needs. */
  statementTimeoutMs?: number
}

/**
 * Opens the database of a `sqlite:<path>` or `mysql://user:password@host:port/database` address. A file is opened at
 * once, a server when the first statement needs it. Close with `destroy()`.
 * @throws StartupError for a file that can't be opened
 */
export function openDatabase(databaseUrl: string, options: DatabaseOptions = {}): Database {
  const activity = new DatabaseActivity()
  const dialect = databaseUrl.startsWith('mysql:')
    ? openMysql(databaseUrl, { ...options, activity })
    : openSqlite(databaseUrl.replace(/^sqlite:/, ''), options)
  const db = new Kysely<Schema>({ dialect, log: activity.logStatement })
  attachActivity(db, activity)
  return db
}
