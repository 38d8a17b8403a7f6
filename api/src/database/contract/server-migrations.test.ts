import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '@ura/core/database/testing/test-database'
import { openDatabase } from '../connection.ts'
import { migrationWordsOf } from '../dialect.ts'
import { parseMigration } from '../migration-files.ts'
import { migrate } from '../migrations.ts'
import { withSchemaLock } from '../schema-lock.ts'
import type { Database } from '../schema.ts'

const now = new Date('2026-11-23T14:00:00Z')

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

describe('migrating a server', () => {
  it('that was killed behind a change of the schema takes that one for done', async () => {
    const killed = await migration('0001', 'create table a (id int);\ncreate table b (id int);')
    await expect(
      migrate(db, { now, migrations: [{ ...killed, statements: ['create table a (id int)', 'nonsense'] }] }),
    ).rejects.toThrow(/syntax/)
    await sql`create table b (id int)`.execute(db)
    expect(await migrate(db, { now, migrations: [killed] })).toEqual(['0001'])
  })

  it('waits for another program that is at it, says so, and gives up in the end', async () => {
    const other = openDatabase(database.url)
    const { promise: held, resolve: release } = Promise.withResolvers<void>()
    const { promise: taken, resolve: tellTaken } = Promise.withResolvers<void>()
    const holding = withSchemaLock(other, {}, () => {
      tellTaken()
      return held
    })
    await taken
    await expect(migrate(db, { now, waitSeconds: 1 })).rejects.toThrow(
      'Another program is changing the database schema',
    )
    release()
    await holding
    expect(await migrate(db, { now, waitSeconds: 1 })).not.toEqual([])
    await other.destroy()
  })
})
