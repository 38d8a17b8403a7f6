import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { StartupError } from '@ura/core/service'
import { type Kysely, sql } from 'kysely'
import { isBusy, type MigrationWords, sqliteMigrationWords } from './dialect.ts'
import type { Database } from './schema.ts'

/** One file of `migrations/`: forward only, never edited once applied. */
interface Migration {
  readonly name: string
  readonly statements: readonly string[]
  /** SHA-256 (hex) of the file's text. */
  readonly checksum: string
}

interface History {
  schema_migrations: { name: string; checksum: string; applied_at_ms: number }
}

const migrationsFolder = fileURLToPath(new URL('../../../migrations/', import.meta.url))

/** Reads the migrations of a folder (default: the project's own), in the order of their names. */
export function loadMigrations(folder = migrationsFolder, words = sqliteMigrationWords): Migration[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .toSorted()
    .map((file) =>
      parseMigration(file.slice(0, -'.sql'.length), readFileSync(`${folder}/${file}`, 'utf8'), words),
    )
}

/** Splits a migration into statements (a statement ends with `;` at the end of a line) and fills in the dialect's words. */
export function parseMigration(name: string, text: string, words: MigrationWords): Migration {
  const statements = text
    .replaceAll(/^--.*$/gm, '')
    .replaceAll('{{autoId}}', words.autoId)
    .replaceAll('{{tableOptions}}', words.tableOptions)
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
  return { name, statements, checksum: createHash('sha256').update(text).digest('hex') }
}

/**
 * Brings the database up to the last migration and gives the names it applied. All of it is one transaction under
 * SQLite's write lock, so that instances starting together migrate once and a failure leaves the schema as it was.
 * @throws StartupError when an applied migration was edited or is unknown to this program, or another program holds
 *   the database; nothing was changed
 */
export async function migrate(
  db: Database,
  options: { now: Date; migrations?: readonly Migration[] },
): Promise<string[]> {
  const migrations = options.migrations ?? loadMigrations()
  try {
    return await db.transaction().execute((trx) => applyMissing(trx, migrations, options.now))
  } catch (error) {
    throw isBusy(error)
      ? new StartupError('The database is locked by another program. Try again.', { cause: error })
      : error
  }
}

async function applyMissing(trx: Database, migrations: readonly Migration[], now: Date): Promise<string[]> {
  const history = trx as unknown as Kysely<History>
  await history.schema
    .createTable('schema_migrations')
    .ifNotExists()
    .addColumn('name', 'varchar(100)', (column) => column.notNull().primaryKey())
    .addColumn('checksum', 'char(64)', (column) => column.notNull())
    .addColumn('applied_at_ms', 'bigint', (column) => column.notNull())
    .execute()
  const applied = await history.selectFrom('schema_migrations').selectAll().orderBy('name').execute()
  const missing = missingMigrations(migrations, applied)
  for (const { name, checksum, statements } of missing) {
    for (const statement of statements) {
      await sql.raw(statement).execute(trx)
    }
    const row = { name, checksum, applied_at_ms: now.getTime() }
    await history.insertInto('schema_migrations').values(row).execute()
  }
  return missing.map((migration) => migration.name)
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
