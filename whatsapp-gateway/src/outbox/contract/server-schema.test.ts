import { createTestDatabase, type TestDatabase } from '@ura/core/database/testing/test-database'
import { mysqlConnectionOptions } from '@ura/core/database/mysql-session'
import { createConnection } from 'mysql2'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { migrateOutbox, outboxMigrations } from '../mysql/mysql-outbox-schema.ts'
import { type Session, sessionOn } from '../mysql/session.ts'

let database: TestDatabase
let session: Session
beforeEach(async () => {
  database = await createTestDatabase()
  session = sessionOn(
    createConnection({ ...mysqlConnectionOptions(database.url), namedPlaceholders: true }),
    5_000,
  )
})
afterEach(async () => {
  await session.connection.promise().end()
  await database.drop()
})

const tables = async () =>
  (
    await session.select(
      `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = database() ORDER BY table_name`,
    )
  ).map((row) => row['name'] as string)

describe("the outbox's schema on a server", () => {
  it('has tables of one prefix, so that it can share a database, and is brought up once', async () => {
    await migrateOutbox(session)
    await migrateOutbox(session)
    const names = await tables()
    expect(names).toEqual([
      'gateway_inbound_messages',
      'gateway_outbox_messages',
      'gateway_outbox_migrations',
      'gateway_outbox_owner',
      'gateway_outbox_transitions',
      'gateway_webhook_calls',
    ])
  })

  it('goes on behind the statement at which a start broke off, whether or not that was noted', async () => {
    const migration = {
      name: '0001-two-steps',
      statements: [
        'CREATE TABLE gateway_outbox_one (id INT)',
        'INSERT INTO gateway_outbox_later (id) VALUES (1)',
      ],
    }
    await expect(migrateOutbox(session, [migration])).rejects.toThrow(/gateway_outbox_later/)
    await session.execute('CREATE TABLE gateway_outbox_later (id INT)')
    // As if the start had broken off before the first statement was noted as done.
    await session.execute('UPDATE gateway_outbox_migrations SET statements_done = 0')
    await migrateOutbox(session, [migration])
    await migrateOutbox(session, [migration])
    expect(await session.select('SELECT id FROM gateway_outbox_later')).toEqual([{ id: 1 }])
  })

  it('of a newer gateway is refused, and so is an edited history', async () => {
    await migrateOutbox(session)
    const edited = outboxMigrations.map((migration) => ({ ...migration, statements: ['SELECT 1'] }))
    await expect(migrateOutbox(session, edited)).rejects.toThrow('was edited after it had been applied')
    const newer = { name: '9999-newer', checksum: '0'.repeat(64) }
    await session.execute(
      'INSERT INTO gateway_outbox_migrations (name, checksum, statements_done) VALUES (:name, :checksum, 1)',
      newer,
    )
    await expect(migrateOutbox(session)).rejects.toThrow('is the gateway older than the database?')
  })
})
