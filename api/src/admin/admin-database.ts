import { StartupError } from '@ura/core/service'
import { openDatabase } from '../database/connection.ts'
import { openMigratedDatabase } from '../database/migrated-database.ts'
import { type MigrationState, migrationStates } from '../database/migrations.ts'
import type { Database } from '../database/schema.ts'

/**
 * Opens the database for a command. One without any schema gets it (the first client may be made before the API ever
 * ran); one of another version is refused, because bringing it up is a decision.
 * @throws StartupError in Portuguese
 */
export async function openAdminDatabase(databaseUrl: string, now: Date): Promise<Database> {
  const db = openDatabase(databaseUrl, { connectionsMax: 1 })
  try {
    const states = await readMigrationStates(db)
    const missing = states.filter(({ appliedAt }) => appliedAt === null)
    if (missing.length === 0) {
      return db
    }
    if (missing.length < states.length || states.some(({ statementsDone }) => statementsDone !== null)) {
      throw new StartupError(
        `O banco de dados é mais antigo que este programa: faltam ${missing.length} migrações. ` +
          'Pare a API, faça uma cópia e rode: npm run admin -- migrations up',
      )
    }
  } catch (error) {
    await db.destroy()
    throw error
  }
  await db.destroy()
  return (await openMigratedDatabase(databaseUrl, { now, connectionsMax: 1 })).db
}

/** @throws StartupError in Portuguese when the database is newer than the program or its history was edited */
export async function readMigrationStates(db: Database): Promise<MigrationState[]> {
  try {
    return await migrationStates(db)
  } catch (error) {
    if (!(error instanceof StartupError)) {
      throw error
    }
    throw new StartupError(
      `O banco de dados é mais novo que este programa, ou o histórico dele foi alterado. (${error.message})`,
      { cause: error },
    )
  }
}
