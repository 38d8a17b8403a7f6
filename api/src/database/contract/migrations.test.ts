import { StartupError } from '@ura/core/service'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { ensureFirstCatalogue } from '../../catalogue/catalogue-repository.ts'
import {
  createTestDatabase,
  databaseServerUrl,
  type TestDatabase,
} from '@ura/core/database/testing/test-database'
import { openDatabase } from '../connection.ts'
import { migrationWordsOf } from '../dialect.ts'
import { parseMigration } from '../migration-files.ts'
import { openMigratedDatabase } from '../migrated-database.ts'
import { migrate, migrationStates } from '../migrations.ts'
import type { Database } from '../schema.ts'
import { describeSchema } from './schema-description.ts'

const now = new Date('2026-11-23T14:00:00Z')
const isServer = databaseServerUrl() !== undefined

let database: TestDatabase
let db: Database

beforeEach(async () => {
  database = await createTestDatabase()
  db = openDatabase(database.url)
})

afterEach(async () => {
  await db.destroy()
  await database.drop()
})

async function migration(name: string, text: string) {
  return parseMigration(name, text, await migrationWordsOf(db))
}

async function tableNames(): Promise<string[]> {
  return (await db.introspection.getTables())
    .map(({ name }) => name)
    .filter((name) => !name.startsWith('schema_'))
}

describe('the schema', () => {
  it('is the same as on SQLite: columns, types, defaults, indexes, foreign keys', async () => {
    const sqlite = await openMigratedDatabase('sqlite::memory:', { now })
    await migrate(db, { now })
    expect(await describeSchema(db)).toEqual(await describeSchema(sqlite.db))
    await sqlite.db.destroy()
  })

  it('enforces its foreign keys', async () => {
    await migrate(db, { now })
    const orphan = sql`insert into ticket_events (ticket_id, happened_at_ms, actor, to_status) values (7, 0, 'x', 'aberto')`
    await expect(orphan.execute(db)).rejects.toThrow(/foreign key/i)
  })
})

describe('migrating', () => {
  it('by several programs at once happens once, with what a new database begins with', async () => {
    const others = Array.from({ length: 4 }, () => openDatabase(database.url, { busyTimeoutMs: 20_000 }))
    const applied = await Promise.all(
      others.map((other) => migrate(other, { now, seed: (connection) => ensureFirstCatalogue(connection) })),
    )
    expect(applied.filter((names) => names.length > 0)).toHaveLength(1)
    const names = await db.selectFrom('catalogue_categories').select('name').execute()
    expect(names).toHaveLength(new Set(names.map(({ name }) => name)).size)
    await Promise.all(others.map((other) => other.destroy()))
  })

  it('tells its progress, and afterwards its state', async () => {
    const [first, second] = [
      await migration('0001', 'create table a (id int);'),
      await migration('0002', 'create table b (id int);'),
    ]
    const steps: string[] = []
    await migrate(db, { now, migrations: [first] })
    expect(await migrationStates(db, [first, second])).toMatchObject([
      { name: '0001', appliedAt: now },
      { name: '0002', appliedAt: null },
    ])
    await migrate(db, {
      now,
      migrations: [first, second],
      onProgress: ({ name, number, count }) => steps.push(`${name} ${number}/${count}`),
    })
    expect(steps).toEqual(['0002 1/1'])
  })

  it('that fails half-way goes on from there when it can', async () => {
    const text = 'create table a (id int);\ncreate table b (id int);\ncreate table c (id int);'
    await sql`create table b (id int)`.execute(db)
    await expect(migrate(db, { now, migrations: [await migration('0001', text)] })).rejects.toThrow(/exists/)
    // A server has committed what came before the fault; SQLite nothing.
    expect(await tableNames()).toEqual(isServer ? ['a', 'b'] : ['b'])
    await sql`drop table b`.execute(db)
    expect(await migrate(db, { now, migrations: [await migration('0001', text)] })).toEqual(['0001'])
    expect(await tableNames()).toEqual(['a', 'b', 'c'])
  })

  it('refuses a history that was edited', async () => {
    await migrate(db, { now, migrations: [await migration('0001', 'create table a (id int);')] })
    const edited = [await migration('0001', 'create table a (id bigint);')]
    await expect(migrate(db, { now, migrations: edited })).rejects.toThrow('"0001" was edited')
    await expect(migrationStates(db, edited)).rejects.toThrow(StartupError)
  })
})
