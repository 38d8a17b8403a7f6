import { createTestDatabase, type TestDatabase } from '@ura/core/database/testing/test-database'
import { sql } from 'kysely'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { ensureFirstCatalogue } from '../../catalogue/catalogue-repository.ts'
import { findOwedNotices } from '../../tickets/ticket-notice.ts'
import { findActiveUser } from '../../users/user-repository.ts'
import { openDatabase } from '../connection.ts'
import { migrationWordsOf } from '../dialect.ts'
import { loadMigrations } from '../migration-files.ts'
import { migrate } from '../migrations.ts'
import type { Database } from '../schema.ts'

const now = new Date('2026-11-23T14:00:00Z')
const hourMs = 3_600_000

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

/** A ticket of the version before, opened so many hours ago. */
async function addTicket(id: number, ageHours: number, notifiedAtMs: number | null): Promise<void> {
  const atMs = now.getTime() - ageHours * hourMs
  await sql`insert into tickets (id, user_id, service_id, origin, status, opened_at_ms, updated_at_ms, notified_at_ms)
    values (${id}, 1, 1, 'telefone', 'resolvido', ${atMs}, ${atMs}, ${notifiedAtMs})`.execute(db)
  for (const [from, to] of [
    [null, 'aberto'],
    ['aberto', 'resolvido'],
  ]) {
    await sql`insert into ticket_events (ticket_id, happened_at_ms, actor, from_status, to_status)
      values (${id}, ${atMs}, 'telefonia', ${from}, ${to})`.execute(db)
  }
}

it('goes on owing the openings of the last day, and no change that was made before', async () => {
  const migrations = loadMigrations(await migrationWordsOf(db))
  const before = migrations.filter(({ name }) => name < '0050')
  expect(migrations.length).toBeGreaterThan(before.length)
  await migrate(db, { now, migrations: before })
  await ensureFirstCatalogue(db)
  await sql`insert into users (code, name, whatsapp, created_at_ms, updated_at_ms)
    values ('1001', 'Ana', '+5545999990001', 0, 0)`.execute(db)
  await addTicket(1, 200, null)
  await addTicket(2, 3, null)
  await addTicket(3, 2, now.getTime())
  await addTicket(4, 1, null)
  await migrate(db, { now, migrations })
  expect(await findActiveUser(db, '1001')).toMatchObject({ notices: true })
  const owed = await findOwedNotices(db, { since: new Date(0), max: 100 })
  expect(owed).toMatchObject([
    { ticketId: 2, eventId: null, status: 'aberto', addresses: { phone: '+5545999990001' } },
    { ticketId: 4, eventId: null, status: 'aberto' },
  ])
  expect(owed).toHaveLength(2)
})
