import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { StartupError } from '@ura/core/service'
import { DatabaseSync } from 'node:sqlite'
import { openingFault } from './sqlite-fault.ts'
import { sqliteMigrations } from './sqlite-outbox-migrations.ts'

/** How long a start waits for the gateway before it to let go of the file. */
const busyTimeoutMs = 1_000

/**
 * Opens the outbox's file, readable by its owner alone, and brings its schema up to date.
 * @throws StartupError telling why it can't: another gateway has the file open (two would take each other's messages
 *   for interrupted ones), a newer version made it, the folder or the file can't be written, or what SQLite says.
 */
export function openOutboxDatabase(path: string): DatabaseSync {
  let database: DatabaseSync | undefined
  try {
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
    // SQLite gives its journal files the mode of the database file.
    closeSync(openSync(path, 'a', 0o600))
    database = new DatabaseSync(path, { timeout: busyTimeoutMs })
    // EXCLUSIVE before WAL: the lock is held for life and no shared-memory file is made (sqlite.org/wal.html, 8).
    database.exec(`PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
      PRAGMA secure_delete = ON; BEGIN EXCLUSIVE; COMMIT;`)
    migrateDatabase(database)
    return database
  } catch (error) {
    database?.close()
    throw new StartupError(`${path} can't be opened${openingFault(error)}`, { cause: error })
  }
}

/** Runs `work` in one transaction that is on disk when this returns, or not at all. */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE')
  try {
    const result = work()
    database.exec('COMMIT')
    return result
  } catch (error) {
    if (database.isTransaction) {
      database.exec('ROLLBACK')
    }
    throw error
  }
}

/** Brings the schema up to date; foreign keys are checked from then on. */
export function migrateDatabase(
  database: DatabaseSync,
  migrations: readonly string[] = sqliteMigrations,
): void {
  // A table is made anew by dropping the old one, which would take along what refers to it (sqlite.org/lang_altertable, 7).
  database.exec('PRAGMA foreign_keys = OFF')
  const row = database.prepare('PRAGMA user_version').get()
  const done = Number(row?.['user_version'])
  if (done > migrations.length) {
    throw new Error('it was made by a newer version of the gateway')
  }
  for (const [index, statements] of migrations.entries()) {
    if (index >= done) {
      inTransaction(database, () => database.exec(`${statements} PRAGMA user_version = ${index + 1};`))
    }
  }
  database.exec('PRAGMA foreign_keys = ON')
}
