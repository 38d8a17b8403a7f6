import { StartupError } from '@ura/core/service'
import { type Kysely, sql } from 'kysely'
import { isAlreadyThere, isBusy } from '@ura/core/database/database-errors'
import { isMysql, migrationWordsOf } from './dialect.ts'
import { loadMigrations, type Migration } from './migration-files.ts'
import { type SchemaLockOptions, withSchemaLock } from './schema-lock.ts'
import type { Database } from './schema.ts'

/** What the database itself knows of migrations. */
interface History {
  schema_migrations: { name: string; checksum: string; applied_at_ms: number }
  /** MySQL and MariaDB only: the one that was begun and not ended. */
  schema_migration_under_way: { name: string; checksum: string; statements_done: number }
}

/** How {@link migrate} is watched and bounded. */
export interface MigrateOptions extends SchemaLockOptions {
  now: Date
  /** Default: the project's own. */
  migrations?: readonly Migration[]
  /** Runs under the same lock when the schema is up to date: what a new database begins with. */
  seed?: (connection: Database) => Promise<void>
  /** Told before each migration. */
  onProgress?: (step: { name: string; number: number; count: number }) => void
}

/** One migration as a database stands to it. */
export interface MigrationState {
  name: string
  appliedAt: Date | null
  /** Statements done of one that broke off in the middle; null for all others. */
  statementsDone: number | null
}

/**
 * Brings the database up to the last migration and gives the names it applied. Instances that start together migrate
 * once. On SQLite all of it is one transaction: a failure leaves the schema as it was. MySQL and MariaDB commit each
 * change of the schema by itself: there the next run goes on behind the last statement that was done.
 * @throws StartupError when an applied migration was edited or is unknown to this program, or another program holds
 *   the database
 */
export async function migrate(db: Database, options: MigrateOptions): Promise<string[]> {
  try {
    return await withSchemaLock(db, options, async (connection) => {
      const migrations = options.migrations ?? loadMigrations(await migrationWordsOf(connection))
      const applied = isMysql(db)
        ? await applyMissing(connection, migrations, options)
        : await connection.transaction().execute((trx) => applyMissing(trx, migrations, options))
      await options.seed?.(connection)
      return applied
    })
  } catch (error) {
    throw isBusy(error)
      ? new StartupError('The database is locked by another program. Try again.', { cause: error })
      : error
  }
}

/**
 * Every migration of this program and whether the database has it; changes nothing.
 * @throws StartupError for a history that doesn't fit this program, as {@link migrate}
 */
export async function migrationStates(db: Database, given?: readonly Migration[]): Promise<MigrationState[]> {
  const migrations = given ?? loadMigrations(await migrationWordsOf(db))
  const history = db as unknown as Kysely<History>
  const tables = new Set((await db.introspection.getTables()).map(({ name }) => name))
  const applied = tables.has('schema_migrations') ? await appliedMigrations(history) : []
  const begun = tables.has('schema_migration_under_way')
    ? await history.selectFrom('schema_migration_under_way').selectAll().executeTakeFirst()
    : undefined
  missingMigrations(migrations, applied)
  return migrations.map(({ name }, index) => {
    const done = applied[index]
    return {
      name,
      appliedAt: done === undefined ? null : new Date(done.applied_at_ms),
      statementsDone: begun?.name === name ? begun.statements_done : null,
    }
  })
}

async function applyMissing(
  connection: Database,
  migrations: readonly Migration[],
  { now, onProgress }: MigrateOptions,
): Promise<string[]> {
  const history = connection as unknown as Kysely<History>
  await createHistory(history, isMysql(connection))
  const missing = missingMigrations(migrations, await appliedMigrations(history))
  for (const [index, migration] of missing.entries()) {
    onProgress?.({ name: migration.name, number: index + 1, count: missing.length })
    await applyOne(history, migration, isMysql(connection))
    const { name, checksum } = migration
    const row = { name, checksum, applied_at_ms: now.getTime() }
    await history.insertInto('schema_migrations').values(row).execute()
  }
  if (isMysql(connection)) {
    await history.deleteFrom('schema_migration_under_way').execute()
  }
  return missing.map((migration) => migration.name)
}

async function createHistory(history: Kysely<History>, commitsEachStatement: boolean): Promise<void> {
  await history.schema
    .createTable('schema_migrations')
    .ifNotExists()
    .addColumn('name', 'varchar(100)', (column) => column.notNull().primaryKey())
    .addColumn('checksum', 'char(64)', (column) => column.notNull())
    .addColumn('applied_at_ms', 'bigint', (column) => column.notNull())
    .execute()
  if (commitsEachStatement) {
    await history.schema
      .createTable('schema_migration_under_way')
      .ifNotExists()
      .addColumn('name', 'varchar(100)', (column) => column.notNull().primaryKey())
      .addColumn('checksum', 'char(64)', (column) => column.notNull())
      .addColumn('statements_done', 'integer', (column) => column.notNull())
      .execute()
  }
}

async function appliedMigrations(
  history: Kysely<History>,
): Promise<{ name: string; checksum: string; applied_at_ms: number }[]> {
  return await history.selectFrom('schema_migrations').selectAll().orderBy('name').execute()
}

async function applyOne(
  history: Kysely<History>,
  { name, checksum, statements }: Migration,
  commitsEachStatement: boolean,
): Promise<void> {
  if (!commitsEachStatement) {
    for (const statement of statements) {
      await sql.raw(statement).execute(history)
    }
    return
  }
  const { done, isResumed } = await beginOrResume(history, { name, checksum })
  for (const [index, statement] of statements.entries()) {
    if (index >= done) {
      const mayBeDone = isResumed && index === done
      await applyStatement(history, statement, mayBeDone)
      await noteStatementDone(history, name, index + 1)
    }
  }
}

/** A run may have broken off behind a statement and before it was noted as done. */
async function applyStatement(
  history: Kysely<History>,
  statement: string,
  mayBeDone: boolean,
): Promise<void> {
  try {
    await sql.raw(statement).execute(history)
  } catch (error) {
    if (!mayBeDone || !isAlreadyThere(error)) {
      throw error
    }
  }
}

async function noteStatementDone(history: Kysely<History>, name: string, count: number): Promise<void> {
  await history
    .updateTable('schema_migration_under_way')
    .set({ statements_done: count })
    .where('name', '=', name)
    .execute()
}

/** Notes what is begun, or gives how far an earlier run got that broke off in it. */
async function beginOrResume(
  history: Kysely<History>,
  { name, checksum }: { name: string; checksum: string },
): Promise<{ done: number; isResumed: boolean }> {
  const begun = await history.selectFrom('schema_migration_under_way').selectAll().executeTakeFirst()
  if (begun?.name === name) {
    if (begun.checksum !== checksum) {
      throw new StartupError(`The migration "${name}" was edited after it had been begun.`)
    }
    return { done: begun.statements_done, isResumed: true }
  }
  await history.deleteFrom('schema_migration_under_way').execute()
  await history
    .insertInto('schema_migration_under_way')
    .values({ name, checksum, statements_done: 0 })
    .execute()
  return { done: 0, isResumed: false }
}

/**
 * The migrations still to apply, in order.
 * @throws StartupError as {@link migrate}
 */
export function missingMigrations(
  migrations: readonly Migration[],
  applied: readonly { name: string; checksum: string }[],
): Migration[] {
  for (const [index, done] of applied.entries()) {
    const migration = migrations[index]
    if (migration?.name !== done.name) {
      throw new StartupError(
        `The database has the migration "${done.name}", which this program doesn't have in that place; is the program older than the database?`,
      )
    }
    if (migration.checksum !== done.checksum) {
      throw new StartupError(`The migration "${done.name}" was edited after it had been applied.`)
    }
  }
  return migrations.slice(applied.length)
}
