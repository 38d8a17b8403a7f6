import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { startStallingProxy, type StallingProxy } from '@ura/core/database/testing/stalling-proxy'
import { createTestDatabase, type TestDatabase } from '@ura/core/database/testing/test-database'
import { openDatabase } from '../connection.ts'
import { activityOf } from '../database-activity.ts'
import { isUnavailable } from '@ura/core/database/database-errors'
import type { Database } from '../schema.ts'
import { inTransaction } from '../transaction.ts'

const statementTimeoutMs = 300
const connectionsMax = 3

let database: TestDatabase
let proxy: StallingProxy
let db: Database

beforeEach(async () => {
  database = await createTestDatabase()
  const url = new URL(database.url)
  proxy = await startStallingProxy(Number(url.port))
  url.port = String(proxy.port)
  db = openDatabase(url.href, { connectionsMax, statementTimeoutMs })
})

afterEach(async () => {
  await db.destroy()
  await proxy.close()
  await database.drop()
})

async function one(on: Database = db): Promise<number> {
  const { rows } = await sql<{ one: number }>`select 1 as one`.execute(on)
  return rows[0]?.one ?? 0
}

const pool = () => activityOf(db).pool()

/** How long it takes until all have failed as they should. */
async function failedWithinMs(works: readonly Promise<unknown>[]): Promise<number> {
  const startedMs = performance.now()
  const outcomes = await Promise.allSettled(works)
  for (const outcome of outcomes) {
    expect(outcome.status).toBe('rejected')
    expect(isUnavailable((outcome as PromiseRejectedResult).reason)).toBe(true)
  }
  return performance.now() - startedMs
}

describe('a server that stops answering', () => {
  it('is told in time by statements, transactions and those who wait, and is used again when it answers', async () => {
    await Promise.all([one(), one(), one()])
    proxy.stall()
    const works = Array.from({ length: 30 }, (_, index) =>
      index % 2 === 0 ? one() : inTransaction(db, (trx) => one(trx)),
    )
    // The longest: waits for a place, then for a connection that isn't made.
    expect(await failedWithinMs(works)).toBeLessThan(7_500)
    expect(pool()).toMatchObject({ inUse: 0, waiting: 0, idle: 0 })
    proxy.resume()
    expect(await Promise.all(Array.from({ length: 30 }, () => one()))).toEqual(Array(30).fill(1))
    expect(pool()).toMatchObject({ inUse: 0, waiting: 0, idle: connectionsMax })
  })

  it('within a transaction is told after one statement time: it is not begun again', async () => {
    const startedMs = performance.now()
    let turns = 0
    const work = inTransaction(db, async (trx) => {
      turns += 1
      proxy.stall()
      return await one(trx)
    })
    await expect(work).rejects.toSatisfy(isUnavailable)
    expect(turns).toBe(1)
    expect(performance.now() - startedMs).toBeLessThan(2_000)
  })

  it('before it has greeted is told in time', async () => {
    proxy.stall()
    expect(await failedWithinMs([one()])).toBeLessThan(4_000)
  })

  it('keeps no socket open', async () => {
    await Promise.all([one(), one(), one()])
    proxy.stall()
    await failedWithinMs([one(), one(), one()])
    proxy.resume()
    await expect.poll(() => proxy.connections).toBe(0)
  })

  it("doesn't hold up the closing", async () => {
    await one()
    proxy.stall()
    const startedMs = performance.now()
    await db.destroy()
    expect(performance.now() - startedMs).toBeLessThan(3_000)
  })
})

describe('connections that break all at once', () => {
  it('leave nobody waiting for ever', async () => {
    const works = Array.from({ length: 40 }, () => sql`select sleep(0.05)`.execute(db))
    await expect.poll(() => pool()?.idle === 0 && pool()?.inUse).toBe(connectionsMax)
    const settled = Promise.allSettled(works)
    proxy.breakAll()
    const outcomes = await settled
    const failed = outcomes.filter((outcome) => outcome.status === 'rejected')
    expect(failed.length).toBeLessThanOrEqual(connectionsMax)
    expect(failed.every(({ reason }) => isUnavailable(reason))).toBe(true)
    expect(pool()).toMatchObject({ inUse: 0, waiting: 0 })
    expect(await one()).toBe(1)
  })
})
