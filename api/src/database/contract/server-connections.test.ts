import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestDatabase, type TestDatabase } from '../../testing/test-database.ts'
import { addUsers } from '../../users/user-repository.ts'
import { openDatabase } from '../connection.ts'
import { isConnectionLost } from '../database-errors.ts'
import { openMigratedDatabase } from '../migrated-database.ts'
import type { Database } from '../schema.ts'
import { inTransaction } from '../transaction.ts'

const now = new Date('2026-11-23T14:00:00Z')

let database: TestDatabase
/** Two programs on one database. */
let one: Database
let other: Database

beforeEach(async () => {
  database = await createTestDatabase()
  ;({ db: one } = await openMigratedDatabase(database.url, { now }))
  other = openDatabase(database.url)
  const person = { name: 'Ana', department: null, whatsapp: null, extension: null, email: null }
  await addUsers(one, [{ ...person, code: '1' }], now)
})

afterEach(async () => {
  await Promise.all([one.destroy(), other.destroy()])
  await database.drop()
})

async function nameOf(db: Database, code: string): Promise<string | undefined> {
  const row = await db.selectFrom('users').select('name').where('code', '=', code).executeTakeFirst()
  return row?.name
}

async function append(db: Database, code: string): Promise<void> {
  const name = `${await nameOf(db, code)}+`
  await db.updateTable('users').set({ name }).where('code', '=', code).execute()
}

describe('a connection that the server ends', () => {
  it('within a transaction costs nothing: the transaction is repeated on another one', async () => {
    let turns = 0
    await inTransaction(one, async (trx) => {
      turns += 1
      await append(trx, '1')
      if (turns === 1) {
        await killConnectionOf(trx)
      }
      await append(trx, '1')
    })
    expect(turns).toBe(2)
    expect(await nameOf(other, '1')).toBe('Ana++')
  })

  it('while it is idle is replaced before anybody uses it', async () => {
    const { rows } = await sql<{ id: number }>`select connection_id() as id`.execute(one)
    await sql`kill ${sql.lit(rows[0]?.id ?? 0)}`.execute(other)
    await expect.poll(() => nameOf(one, '1').catch(() => 'lost')).toBe('Ana')
  })

  it('within a statement is told as lost', async () => {
    const sleeping = one.connection().execute(async (connection) => {
      const { rows } = await sql<{ id: number }>`select connection_id() as id`.execute(connection)
      setTimeout(() => void sql`kill ${sql.lit(rows[0]?.id ?? 0)}`.execute(other), 50)
      await sql`select sleep(20)`.execute(connection)
    })
    await expect(sleeping).rejects.toSatisfy(isConnectionLost)
  })
})

describe('a statement that takes longer than it may', () => {
  it('is given up with its connection, and the next one has an answer of its own', async () => {
    const impatient = openDatabase(database.url, { connectionsMax: 1, statementTimeoutMs: 100 })
    await expect(sql`select sleep(5)`.execute(impatient)).rejects.toSatisfy(isConnectionLost)
    expect(await nameOf(impatient, '1')).toBe('Ana')
    await impatient.destroy()
  })
})

describe('a server that is not there', () => {
  it('is told as lost, in time, by each statement', async () => {
    const nowhere = openDatabase('mysql://ura:nobody@127.0.0.1:1/ura')
    await expect(nameOf(nowhere, '1')).rejects.toSatisfy(isConnectionLost)
    await nowhere.destroy()
  })
})

async function killConnectionOf(trx: Database): Promise<void> {
  const { rows } = await sql<{ id: number }>`select connection_id() as id`.execute(trx)
  await sql`kill ${sql.lit(rows[0]?.id ?? 0)}`.execute(other)
}
