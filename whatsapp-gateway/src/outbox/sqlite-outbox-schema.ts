import { closeSync, mkdirSync, openSync } from 'node:fs'
import { dirname } from 'node:path'
import { StartupError } from '@ura/core/service'
import { DatabaseSync } from 'node:sqlite'
import { inboundSchema } from '../inbound/sqlite-inbound-schema.ts'
import { openingFault } from './sqlite-fault.ts'

/** Forward only; the database's `user_version` tells how many of these it has. Times are epoch milliseconds. */
const migrations: readonly string[] = [
  `CREATE TABLE message (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    idempotency_key TEXT UNIQUE,
    body_hash TEXT NOT NULL,
    recipient TEXT NOT NULL,
    content TEXT,
    state TEXT NOT NULL CHECK (
      state IN ('queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'expired', 'unknown')),
    tries INTEGER NOT NULL DEFAULT 0,
    accepted_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    deadline INTEGER NOT NULL,
    handed_at INTEGER,
    provider_id TEXT
  ) STRICT;
  CREATE INDEX message_open ON message (recipient, seq) WHERE state IN ('queued', 'sending');
  CREATE INDEX message_queued ON message (seq, due_at) WHERE state = 'queued';
  CREATE INDEX message_deadline ON message (deadline) WHERE state = 'queued';
  CREATE INDEX message_content ON message (seq) WHERE content IS NOT NULL;
  CREATE INDEX message_handed ON message (recipient, handed_at) WHERE handed_at IS NOT NULL;
  CREATE INDEX message_handed_at ON message (handed_at) WHERE handed_at IS NOT NULL;
  CREATE INDEX message_provider ON message (provider_id) WHERE provider_id IS NOT NULL;
  CREATE TABLE transition (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    message_seq INTEGER NOT NULL REFERENCES message (seq) ON DELETE CASCADE,
    state TEXT NOT NULL,
    at INTEGER NOT NULL,
    reason TEXT
  ) STRICT;
  CREATE INDEX transition_message ON transition (message_seq);`,
  `ALTER TABLE message ADD COLUMN kind TEXT CHECK (kind IN ('text', 'otp'));
  ALTER TABLE message ADD COLUMN keeps_content INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE message ADD COLUMN replay_of TEXT;
  UPDATE message SET kind = json_extract(content, '$.kind') WHERE content IS NOT NULL;
  CREATE UNIQUE INDEX message_replay ON message (replay_of) WHERE replay_of IS NOT NULL;
  CREATE INDEX message_dead ON message (seq) WHERE state IN ('failed', 'expired', 'unknown');
  CREATE INDEX message_due ON message (due_at) WHERE state = 'queued';
  CREATE INDEX message_kept ON message (seq) WHERE keeps_content = 1;`,
  inboundSchema,
]

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
      PRAGMA secure_delete = ON; PRAGMA foreign_keys = ON; BEGIN EXCLUSIVE; COMMIT;`)
    migrate(database)
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

function migrate(database: DatabaseSync): void {
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
}
