import { StartupError } from '@ura/core/service'
import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { openDatabase } from './connection.ts'
import { sqliteMigrationWords } from './dialect.ts'
import { loadMigrations, parseMigration } from './migration-files.ts'
import { migrate, missingMigrations } from './migrations.ts'

const now = new Date('2026-11-23T14:00:00Z')

function migration(name: string, text: string) {
  return parseMigration(name, text, sqliteMigrationWords)
}

describe('a migration file', () => {
  it("is split into statements, its comments left out and the dialect's words filled in", () => {
    const { statements } = migration(
      '0001',
      '-- why; and how\ncreate table a (id {{autoId}}){{tableOptions}};\n\ncreate index b on a (id);\n',
    )
    expect(statements).toEqual([
      'create table a (id integer primary key autoincrement)',
      'create index b on a (id)',
    ])
  })

  it('drops an index in the form of each database', () => {
    const text = 'drop index b on a;'
    const named = parseMigration('0001', text, { ...sqliteMigrationWords, indexesWithinTables: true })
    expect(named.statements).toEqual(['drop index b on a'])
    expect(migration('0001', text).statements).toEqual(['drop index b'])
  })

  it('of the project has no word that no dialect knows', () => {
    const all = loadMigrations(sqliteMigrationWords).flatMap(({ statements }) => statements)
    expect(all.length).toBeGreaterThan(10)
    expect(all.filter((statement) => statement.includes('{{'))).toEqual([])
  })
})

describe('migrating', () => {
  it('applies what is missing, once', async () => {
    const db = openDatabase('sqlite::memory:')
    const names = await migrate(db, { now })
    expect(names[0]).toBe('0001-users')
    expect(await migrate(db, { now })).toEqual([])
    await db.destroy()
  })

  it('leaves the schema as it was when a migration fails', async () => {
    const db = openDatabase('sqlite::memory:')
    const migrations = [migration('0001', 'create table a (id int);'), migration('0002', 'create nonsense;')]
    await expect(migrate(db, { now, migrations })).rejects.toThrow('syntax error')
    const tables = await sql<{ name: string }>`select name from sqlite_master where type = 'table'`.execute(
      db,
    )
    expect(tables.rows).toEqual([])
    await db.destroy()
  })

  it('adds later migrations to a database that has the earlier ones', async () => {
    const db = openDatabase('sqlite::memory:')
    const first = migration('0001', 'create table a (id int);')
    const second = migration('0002', 'create table b (id int);')
    await migrate(db, { now, migrations: [first] })
    expect(await migrate(db, { now, migrations: [first, second] })).toEqual(['0002'])
    await db.destroy()
  })
})

describe('the history of a database', () => {
  const known = [migration('0001', 'one;'), migration('0002', 'two;')]

  it('must not know an edited migration', () => {
    const applied = [{ name: '0001', checksum: 'of another text' }]
    expect(() => missingMigrations(known, applied)).toThrow(StartupError)
    expect(() => missingMigrations(known, applied)).toThrow('"0001" was edited')
  })

  it('must not be newer than the program', () => {
    const applied = [...known, { name: '0003', checksum: 'x' }]
    expect(() => missingMigrations(known, applied)).toThrow('is the program older than the database?')
  })

  it('must not lack an earlier one', () => {
    expect(() => missingMigrations(known, known.slice(1))).toThrow('"0002"')
  })
})
