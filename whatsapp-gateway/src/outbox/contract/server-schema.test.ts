import { createTestDatabase, type TestDatabase } from '@ura/core/database/testing/test-database'
import { mysqlConnectionOptions } from '@ura/core/database/mysql-session'
import { createConnection } from 'mysql2'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { newMessage, openMysqlOutbox } from '../../testing/test-outbox.ts'
import { migrateOutbox, outboxMigrations } from '../mysql/mysql-outbox-schema.ts'
import { outboxSql } from '../mysql/mysql-outbox-statements.ts'
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

  it('of the version before is taken over, with what waits in it, its keys and its places', async () => {
    await migrateOutbox(session, outboxMigrations.slice(0, 2))
    await session.execute(`INSERT INTO gateway_outbox_messages
        (seq, id, idempotency_key, body_hash, recipient, kind, content, state, accepted_at, due_at, deadline)
      VALUES (7, 'waiting', 'key', 'hash', '+5545999990001', 'text', '{"kind":"text","text":"oi"}', 'queued', 1, 0, 99)`)
    const store = await openMysqlOutbox({ databaseUrl: database.url, leaseSeconds: 3 })
    onTestFinished(() => store.close())
    expect(await store.findByIdempotencyKey('key')).toMatchObject({
      id: 'waiting',
      place: 7,
      channel: 'whatsapp',
      isNotice: false,
      content: { kind: 'text', text: 'oi' },
      fallbackOf: null,
    })
    const pacing = { channel: 'whatsapp', now: new Date(10), recipientIntervalMs: 0 } as const
    expect(await store.nextReady(pacing)).toMatchObject({ id: 'waiting' })
    const mail = { channel: 'email', to: `${'m'.repeat(64)}@${'p.'.repeat(90)}example` } as const
    expect(await store.accept(newMessage('mail', mail), 10)).toMatchObject({ message: { place: 8, ...mail } })
  })

  it('finds the next message by an index in its order, and what is due by others', async () => {
    await migrateOutbox(session)
    const values = {
      channel: 'whatsapp',
      now: 10,
      pacedAfter: 5,
      topic: 'ticket-10017',
      recipients: ['+5545999990001'],
    }
    const planOf = async (sql: string) => {
      const [first] = await session.select(`EXPLAIN FORMAT=TRADITIONAL ${sql}`, values)
      return { key: first?.['key'], extra: String(first?.['Extra']) }
    }
    const next = await planOf(outboxSql.nextReady)
    expect(next.key).toBe('outbox_ready')
    expect(next.extra).not.toContain('filesort')
    expect((await planOf(outboxSql.heldUntil)).extra).toMatch(/optimized away|no matching/i)
    const fallback = await planOf(outboxSql.dueFallback)
    expect(fallback.key).toBe('outbox_fallback')
    expect(fallback.extra).not.toContain('filesort')
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
