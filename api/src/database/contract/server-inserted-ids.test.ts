import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { createTestDatabase } from '@ura/core/database/testing/test-database'
import { insertedIds } from '../inserted-ids.ts'
import { openMigratedDatabase } from '../migrated-database.ts'

it('ids are right where they go in steps, as in a cluster', async () => {
  const database = await createTestDatabase()
  const { db } = await openMigratedDatabase(database.url, { now: new Date('2026-11-23T14:00:00Z') })
  try {
    await db.connection().execute(async (connection) => {
      await sql`set session auto_increment_increment = 3, auto_increment_offset = 2`.execute(connection)
      const events = ['a', 'b', 'c', 'd']
      const rows = events.map((event) => ({ happened_at_ms: 0, event, actor: 'test', detail: '{}' }))
      const { insertId } = await connection.insertInto('audit_log').values(rows).executeTakeFirstOrThrow()
      const ids = await insertedIds(connection, { insertId, count: events.length })
      expect(ids.map((id) => id - (ids[0] ?? 0))).toEqual([0, 3, 6, 9])
      const kept = await connection.selectFrom('audit_log').select(['id', 'event']).orderBy('id').execute()
      expect(kept).toEqual(events.map((event, index) => ({ id: ids[index], event })))
    })
  } finally {
    await db.destroy()
    await database.drop()
  }
})
