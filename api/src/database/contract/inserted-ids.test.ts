import { afterEach, beforeEach, expect, it } from 'vitest'
import type { TestDatabase } from '@ura/core/database/testing/test-database'
import { insertedIds } from '../inserted-ids.ts'
import { openMigratedDatabase } from '../migrated-database.ts'
import type { Database } from '../schema.ts'
import { inTransaction } from '../transaction.ts'
import { borrowMigratedDatabase } from '../../testing/migrated-test-database.ts'

const now = new Date('2026-11-23T14:00:00Z')

let database: TestDatabase
let db: Database

beforeEach(async () => {
  database = await borrowMigratedDatabase()
  ;({ db } = await openMigratedDatabase(database.url, { now }))
})

afterEach(async () => {
  await db.destroy()
  await database.drop()
})

/** Adds rows that say who they are, in one statement, and gives what their ids are said to be. */
async function addRows(trx: Database, names: readonly string[]): Promise<number[]> {
  const rows = names.map((event) => ({ happened_at_ms: 0, event, actor: 'test', detail: '{}' }))
  const { insertId } = await trx.insertInto('audit_log').values(rows).executeTakeFirstOrThrow()
  return await insertedIds(trx, { insertId, count: names.length })
}

async function namesOf(ids: readonly number[]): Promise<(string | undefined)[]> {
  const rows = await db.selectFrom('audit_log').select(['id', 'event']).execute()
  const names = new Map(rows.map(({ id, event }) => [id, event]))
  return ids.map((id) => names.get(id))
}

it.each([1, 2, 32])('the ids of %i rows of one statement are in the order of the rows', async (count) => {
  const names = Array.from({ length: count }, (_, index) => `row-${index}`)
  await addRows(db, ['one before'])
  const ids = await inTransaction(db, (trx) => addRows(trx, names))
  expect(await namesOf(ids)).toEqual(names)
})

it('they are right while many add rows at once', async () => {
  const groups = Array.from({ length: 40 }, (_, group) =>
    Array.from({ length: 1 + (group % 7) }, (__, index) => `group-${group}-row-${index}`),
  )
  const ids = await Promise.all(groups.map((names) => inTransaction(db, (trx) => addRows(trx, names))))
  expect(await Promise.all(ids.map(namesOf))).toEqual(groups)
})
