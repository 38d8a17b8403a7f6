import { createTestDatabase } from '@ura/core/database/testing/test-database'
import { addUsers } from '../../users/user-repository.ts'
import { openDatabase } from '../connection.ts'
import { openMigratedDatabase } from '../migrated-database.ts'
import type { Database } from '../schema.ts'

/** Two programs on one migrated database of a test's own. */
export interface TwoPrograms {
  /** The database's address, for a third one. */
  url: string
  one: Database
  other: Database
  close(): Promise<void>
}

/** Opens an empty database twice; in it are users called Ana of these codes. */
export async function createTwoPrograms(now: Date, userCodes: readonly string[] = []): Promise<TwoPrograms> {
  const database = await createTestDatabase()
  const { db: one } = await openMigratedDatabase(database.url, { now })
  const other = openDatabase(database.url)
  const person = { name: 'Ana', department: null, whatsapp: null, extension: null, email: null }
  for (const code of userCodes) {
    await addUsers(one, [{ ...person, code }], now)
  }
  return {
    url: database.url,
    one,
    other,
    async close() {
      await Promise.all([one.destroy(), other.destroy()])
      await database.drop()
    },
  }
}

/** The name of a user. */
export async function nameOf(db: Database, code: string): Promise<string | undefined> {
  const row = await db.selectFrom('users').select('name').where('code', '=', code).executeTakeFirst()
  return row?.name
}

/** Reads a user's name, then writes it with a plus behind it. */
export async function append(db: Database, code: string): Promise<void> {
  const name = `${await nameOf(db, code)}+`
  await db.updateTable('users').set({ name }).where('code', '=', code).execute()
}
