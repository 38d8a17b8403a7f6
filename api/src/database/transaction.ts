import { setTimeout as pause } from 'node:timers/promises'
import { isConnectionLost, isDeadlock } from './database-errors.ts'
import type { Database } from './schema.ts'

const attemptsMax = 5
const pauseMsMax = 20

/**
 * Runs `work` in a transaction: all of it is written, or nothing. Repeated, up to five times in all, when the database
 * gave it up for another transaction's sake or the connection broke before the commit was sent: nothing was written
 * then. `work` must therefore do nothing but database work on the transaction it is given.
 *
 * A connection that breaks during the commit is told as it is: what was written is not known then.
 */
export async function inTransaction<T>(db: Database, work: (trx: Database) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    let isWorkDone = false
    try {
      return await db.transaction().execute(async (trx) => {
        const result = await work(trx)
        isWorkDone = true
        return result
      })
    } catch (error) {
      const leftNothing = isDeadlock(error) || (isConnectionLost(error) && !isWorkDone)
      if (!leftNothing || attempt === attemptsMax) {
        throw error
      }
      await pause(Math.random() * pauseMsMax * attempt)
    }
  }
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
