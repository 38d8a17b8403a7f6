import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from '../connection.ts'
import { isConnectionLost } from '@ura/core/database/database-errors'
import type { Database } from '../schema.ts'
import { inTransaction } from '../transaction.ts'
import { append, createTwoPrograms, nameOf, type TwoPrograms } from './two-programs.ts'

const now = new Date('2026-11-23T14:00:00Z')

let programs: TwoPrograms
let one: Database
let other: Database

beforeEach(async () => {
  programs = await createTwoPrograms(now, ['1'])
  ;({ one, other } = programs)
})

afterEach(() => programs.close())

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
    const impatient = openDatabase(programs.url, { connectionsMax: 1, statementTimeoutMs: 100 })
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
