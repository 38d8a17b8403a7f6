import { StartupError } from '@ura/core/service'
import { sql } from 'kysely'
import { isMysql } from './dialect.ts'
import type { Database } from './schema.ts'

/** The longest a start waits for another instance that is migrating; large tables take minutes. */
const defaultWaitSeconds = 600

/** How often the one that waits says so. */
const noticeSeconds = 5

/** How the wait for the schema lock is bounded and told. */
export interface SchemaLockOptions {
  /** Default 600. */
  waitSeconds?: number
  /** Told every 5 s, with the seconds so far, while another instance holds the lock. */
  onWait?: (seconds: number) => void
}

/**
 * Runs `work` on one connection while no other instance changes the schema of the same database. On MySQL and MariaDB
 * a change of the schema commits by itself, so it is a named lock of the server, which ends with its connection
 * (https://dev.mysql.com/doc/refman/9.0/en/locking-functions.html); on SQLite each transaction holds the write lock.
 * @throws StartupError when the lock isn't free in time
 */
export async function withSchemaLock<T>(
  db: Database,
  options: SchemaLockOptions,
  work: (connection: Database) => Promise<T>,
): Promise<T> {
  return await db.connection().execute(async (connection) => {
    if (!isMysql(db)) {
      return await work(connection)
    }
    await takeLock(connection, options)
    try {
      return await work(connection)
    } finally {
      // A connection that broke has given it up already.
      await sql`do release_lock(concat('ura-schema-', database()))`.execute(connection).catch(() => undefined)
    }
  })
}

async function takeLock(
  connection: Database,
  { waitSeconds = defaultWaitSeconds, onWait }: SchemaLockOptions,
): Promise<void> {
  for (let waited = 0; ; waited += noticeSeconds) {
    const seconds = Math.min(noticeSeconds, waitSeconds - waited)
    const { rows } = await sql<{ taken: number | null }>`
      select get_lock(concat('ura-schema-', database()), ${seconds}) as taken`.execute(connection)
    // 1 taken, 0 held by another one, null an error.
    if (rows[0]?.taken === 1) {
      return
    }
    if (rows[0]?.taken !== 0 || waited + seconds >= waitSeconds) {
      throw new StartupError('Another program is changing the database schema. Try again.')
    }
    onWait?.(waited + seconds)
  }
}
