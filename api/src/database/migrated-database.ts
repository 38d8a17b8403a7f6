import { type DatabaseOptions, openDatabase } from './connection.ts'
import { migrate, type MigrateOptions } from './migrations.ts'
import type { Database } from './schema.ts'

/**
 * Opens the database of an address and brings it up to date; gives it with the names of the migrations applied.
 * @throws StartupError when it can't be opened, is locked, or doesn't fit this program
 */
export async function openMigratedDatabase(
  databaseUrl: string,
  options: MigrateOptions & DatabaseOptions,
): Promise<{ db: Database; applied: string[] }> {
  if (!databaseUrl.startsWith('mysql:')) {
    const db = openDatabase(databaseUrl, options)
    return { db, applied: await destroyedOnError(db, () => migrate(db, options)) }
  }
  // A connection of its own: a change of a large table takes longer than any other statement may.
  const migrating = openDatabase(databaseUrl, { connectionsMax: 1, statementTimeoutMs: 0 })
  const applied = await destroyedOnError(migrating, () => migrate(migrating, options))
  await migrating.destroy()
  return { db: openDatabase(databaseUrl, options), applied }
}

async function destroyedOnError<T>(db: Database, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    await db.destroy()
    throw error
  }
}
