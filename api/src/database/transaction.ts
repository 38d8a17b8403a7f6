import { setTimeout as pause } from 'node:timers/promises'
import { activityOf, type RepeatReason } from './database-activity.ts'
import {
  ConnectionUnavailableError,
  isConnectionLost,
  isDeadlock,
  isStatementTimeout,
} from '@ura/core/database/database-errors'
import type { Database } from './schema.ts'

const attemptsMax = 5
const pauseMsMax = 20

/** A transaction that has taken this long isn't begun again: whoever waits for it has waited enough. */
const repeatWithinMs = 2_000

/**
 * Runs `work` in a transaction: all of it is written, or nothing. Repeated, up to five times in all and within 2 s, when
 * the database gave it up for another transaction's sake or the connection broke before the commit was sent: nothing
 * was written then. `work` must therefore do nothing but database work on the transaction it is given.
 *
 * A connection that breaks during the commit is told as it is: what was written is not known then. A statement that
 * took longer than it may, and a connection that wasn't to be had, have used up their time and are not repeated.
 */
export async function inTransaction<T>(db: Database, work: (trx: Database) => Promise<T>): Promise<T> {
  const startedMs = performance.now()
  for (let attempt = 1; ; attempt += 1) {
    let isWorkDone = false
    try {
      return await db.transaction().execute(async (trx) => {
        const result = await work(trx)
        isWorkDone = true
        return result
      })
    } catch (error) {
      const reason = repeatReason(error, isWorkDone)
      const isLate = performance.now() - startedMs > repeatWithinMs
      if (reason === null || isLate || attempt === attemptsMax) {
        throw error
      }
      activityOf(db).listener?.transactionRepeated(reason)
      await pause(Math.random() * pauseMsMax * attempt)
    }
  }
}

/** Why the transaction is worth repeating; null when it isn't, or when it may have been committed. */
function repeatReason(error: unknown, isWorkDone: boolean): RepeatReason | null {
  if (isDeadlock(error)) {
    return 'deadlock'
  }
  const hasTakenItsTime = isStatementTimeout(error) || error instanceof ConnectionUnavailableError
  return isConnectionLost(error) && !isWorkDone && !hasTakenItsTime ? 'connection_lost' : null
}

/**
 * Makes this transaction the only one that works on a user's codes until it ends. An update that changes nothing:
 * InnoDB locks the row for it as for any other, and SQLite has one writer anyway.
 */
export async function lockUser(trx: Database, userId: number): Promise<void> {
  await trx
    .updateTable('users')
    .set((column) => ({ updated_at_ms: column.ref('updated_at_ms') }))
    .where('id', '=', userId)
    .execute()
}
