import { afterEach, beforeEach, expect, it } from 'vitest'
import { openDatabase } from '../database/connection.ts'
import { migrationWordsOf } from '../database/dialect.ts'
import { loadMigrations } from '../database/migration-files.ts'
import { migrate } from '../database/migrations.ts'
import type { Database } from '../database/schema.ts'
import { createTestAdmin, type TestAdmin } from '../testing/test-admin.ts'
import { createTestDatabase, type TestDatabase } from '@ura/core/database/testing/test-database'

let database: TestDatabase
let db: Database
let admin: TestAdmin
beforeEach(async () => {
  database = await createTestDatabase()
  db = openDatabase(database.url)
  admin = createTestAdmin({ DATABASE_URL: database.url })
})
afterEach(async () => {
  await db.destroy()
  await database.drop()
})

async function migrateTo(count: number): Promise<void> {
  const migrations = loadMigrations(await migrationWordsOf(db)).slice(0, count)
  await migrate(db, { now: admin.clock.now(), migrations })
}

const missing = async () => (await admin.json('migrations', 'status')) as { missing: number }

it('a database without a schema is brought up by any command', async () => {
  expect((await missing()).missing).toBeGreaterThan(10)
  expect((await admin.run('users', 'list')).exitCode).toBe(0)
  expect((await missing()).missing).toBe(0)
})

it('an older database is refused until it is brought up on purpose', async () => {
  await migrateTo(11)
  const refused = await admin.run('users', 'list')
  expect(refused.exitCode).toBe(2)
  expect(refused.error).toMatch(/mais antigo .* migrations up/)
  const progress: string[] = []
  admin.onProgress = (label) => void progress.push(label)
  expect((await admin.run('migrations', 'up')).printed).toMatch(/^\d+ migrações aplicadas/)
  expect(progress[0]).toBe('Migração 0012-ticket-assignment')
  expect((await admin.run('migrations', 'up')).printed).toBe('O banco já estava em dia.')
  expect((await admin.run('users', 'list')).exitCode).toBe(0)
  const events = await db.selectFrom('audit_log').select(['event', 'actor']).execute()
  expect(events).toEqual([{ event: 'migrations_applied', actor: 'admin:ana' }])
})

it.each([
  ['users', 'list'],
  ['migrations', 'status'],
  ['migrations', 'up'],
])('a newer database is refused by %s %s', async (...typed) => {
  await migrateTo(99)
  const row = { name: '9999-later', checksum: 'x'.repeat(64), applied_at_ms: 0 }
  await (db as never as { insertInto(table: string): { values(row: object): { execute(): Promise<void> } } })
    .insertInto('schema_migrations')
    .values(row)
    .execute()
  const { exitCode, error } = await admin.run(...typed)
  expect(exitCode).toBe(2)
  expect(error).toMatch(/mais novo que este programa/)
})
