import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { databaseServerUrl } from '@ura/core/database/testing/test-database'
import { isUniqueViolation } from '@ura/core/database/database-errors'
import type { Database } from '../schema.ts'
import { inTransaction, lockUser } from '../transaction.ts'
import { append, createTwoPrograms, nameOf, type TwoPrograms } from './two-programs.ts'

const now = new Date('2026-11-23T14:00:00Z')
const isServer = databaseServerUrl() !== undefined

let programs: TwoPrograms
let one: Database
let other: Database

beforeEach(async () => {
  programs = await createTwoPrograms(now, ['1', '2'])
  ;({ one, other } = programs)
})

afterEach(() => programs.close())

async function rename(db: Database, code: string, name: string): Promise<void> {
  await db.updateTable('users').set({ name }).where('code', '=', code).execute()
}

describe('a transaction', () => {
  it('that fails leaves nothing', async () => {
    const failing = inTransaction(one, async (trx) => {
      await rename(trx, '1', 'Bia')
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await nameOf(one, '1')).toBe('Ana')
  })

  it('goes on after a duplicate key', async () => {
    await inTransaction(one, async (trx) => {
      await rename(trx, '1', 'Bia')
      const duplicate = sql`insert into users select * from users where code = '1'`.execute(trx)
      await expect(duplicate).rejects.toSatisfy(isUniqueViolation)
      await rename(trx, '2', 'Caio')
    })
    expect([await nameOf(other, '1'), await nameOf(other, '2')]).toEqual(['Bia', 'Caio'])
  })

  it('is not seen by others before its end', async () => {
    await inTransaction(one, async (trx) => {
      await rename(trx, '1', 'Bia')
      expect(await nameOf(other, '1')).toBe('Ana')
    })
    expect(await nameOf(other, '1')).toBe('Bia')
  })

  it('that locked a user is alone with what it reads and writes of them: forty counts, none lost', async () => {
    const counts = Array.from({ length: 40 }, (_, index) =>
      inTransaction(index % 2 === 0 ? one : other, async (trx) => {
        await lockUser(trx, 1)
        await append(trx, '1')
      }),
    )
    await Promise.all(counts)
    expect(await nameOf(one, '1')).toBe(`Ana${'+'.repeat(40)}`)
  })

  it('that the database gave up for another one is repeated: two that lock each other out both end', async () => {
    let [onesTurns, othersTurns] = [0, 0]
    const both = barrier(2)
    const turn = async (trx: Database, first: string, second: string): Promise<void> => {
      await append(trx, first)
      // SQLite lets in one writer at a time: there nobody to meet.
      if (isServer && onesTurns + othersTurns <= 2) {
        await both()
      }
      await append(trx, second)
    }
    await Promise.all([
      inTransaction(one, async (trx) => {
        onesTurns += 1
        await turn(trx, '1', '2')
      }),
      inTransaction(other, async (trx) => {
        othersTurns += 1
        await turn(trx, '2', '1')
      }),
    ])
    expect([await nameOf(one, '1'), await nameOf(one, '2')]).toEqual(['Ana++', 'Ana++'])
    expect(onesTurns + othersTurns).toBe(isServer ? 3 : 2)
  })
})

/** Holds each caller until `count` have come. */
function barrier(count: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  let here = 0
  return () => {
    here += 1
    if (here === count) {
      resolve()
    }
    return promise
  }
}
