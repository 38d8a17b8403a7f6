import { chmodSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { Kysely } from 'kysely'
import { nodeSqliteDialect } from './node-sqlite.ts'
import type { Database, Schema } from './schema.ts'

/** How long a statement waits for another process's write (an administrator's command, another API instance). */
const defaultBusyTimeoutMs = 2_000

/**
 * Opens the database of a `sqlite:<path>` address; `sqlite::memory:` lives in memory alone. The file and its folder
 * are made when missing, readable by the owner only. Close with `destroy()`.
 */
export function openDatabase(databaseUrl: string, options: { busyTimeoutMs?: number } = {}): Database {
  const path = databaseUrl.replace(/^sqlite:/, '')
  const inMemory = path === ':memory:'
  if (!inMemory) {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  }
  const sqlite = new DatabaseSync(path, {
    timeout: options.busyTimeoutMs ?? defaultBusyTimeoutMs,
    enableForeignKeyConstraints: true,
  })
  if (!inMemory) {
    chmodSync(path, 0o600)
    sqlite.exec('pragma journal_mode = wal')
    // FULL: in WAL mode NORMAL may lose the last commits when power fails, and a protocol already spoken with them.
    sqlite.exec('pragma synchronous = full')
  }
  return new Kysely<Schema>({ dialect: nodeSqliteDialect(sqlite) })
}
