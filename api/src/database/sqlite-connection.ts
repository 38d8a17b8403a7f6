import { chmodSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StartupError } from '@ura/core/service'
import type { Dialect } from 'kysely'
import { nodeSqliteDialect } from './node-sqlite.ts'

/** How long a statement waits for another process's write (an administrator's command, another API instance). */
const defaultBusyTimeoutMs = 2_000

const sqliteOptions = { enableForeignKeyConstraints: true }

/**
 * Opens a SQLite file; `:memory:` lives in memory alone. The file and its folder are made when missing, readable by
 * the owner only.
 * @throws StartupError naming the file
 */
export function openSqlite(path: string, options: { busyTimeoutMs?: number } = {}): Dialect {
  const busyTimeoutMs = options.busyTimeoutMs ?? defaultBusyTimeoutMs
  try {
    const sqlite = path === ':memory:' ? new DatabaseSync(path, sqliteOptions) : openFile(path, busyTimeoutMs)
    return nodeSqliteDialect(sqlite, { busyTimeoutMs })
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new StartupError(`The database ${path} can't be opened: ${reason}`, { cause: error })
  }
}

function openFile(path: string, timeout: number): DatabaseSync {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const sqlite = new DatabaseSync(path, { ...sqliteOptions, timeout })
  try {
    chmodSync(path, 0o600)
    sqlite.exec('pragma journal_mode = wal')
    // FULL: in WAL mode NORMAL may lose the last commits when power fails, and a protocol already spoken with them.
    sqlite.exec('pragma synchronous = full')
    // From here on the dialect waits: SQLite itself would, with the whole process.
    sqlite.exec('pragma busy_timeout = 0')
  } catch (error) {
    sqlite.close()
    throw error
  }
  return sqlite
}
