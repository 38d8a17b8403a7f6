import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { addUsers, findActiveUser, listUsers } from '../../users/user-repository.ts'
import type { TestDatabase } from '@ura/core/database/testing/test-database'
import { isUniqueViolation } from '@ura/core/database/database-errors'
import { openMigratedDatabase } from '../migrated-database.ts'
import type { Database } from '../schema.ts'
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

function person(code: string, name: string) {
  return { code, name, department: null, whatsapp: null, extension: null, email: null }
}

describe('text', () => {
  it.each([
    ['accents', 'João Antônio de Araújo Müller'],
    ['characters of four bytes', 'Zé 🖨️ 𝔄𝔫𝔞'],
    ['decomposed accents, which are another text than composed ones', 'Joa\u0303o'],
    ['quotes, backslashes and what looks like SQL', `D'Ávila "\\\\' ; drop table users; --`],
    ['spaces at its end', 'Ana  '],
    ['a NUL and other control characters', 'a\u0000b\u0008\u001a'],
    ['the longest name', 'ã'.repeat(200)],
  ])('comes back as it went in: %s', async (_what, name) => {
    await addUsers(db, [person('1001', name)], now)
    expect((await findActiveUser(db, '1001'))?.name).toBe(name)
  })

  it('of a key is another one for another case, accent or trailing space', async () => {
    const days = ['ana', 'Ana', 'aná', 'ana ']
    const rows = days.map((day) => ({ day, name: 'x' }))
    await db.insertInto('office_hours_holidays').values(rows).execute()
    const again = db.insertInto('office_hours_holidays').values({ day: 'ana', name: 'y' }).execute()
    await expect(again).rejects.toSatisfy(isUniqueViolation)
    for (const day of days) {
      const found = await db
        .selectFrom('office_hours_holidays')
        .select('day')
        .where('day', '=', day)
        .execute()
      expect(found).toEqual([{ day }])
    }
  })

  it('is in the order of its code points', async () => {
    const codes = ['10', '2', 'B', 'a', 'z', 'á', '🖨']
    await addUsers(
      db,
      codes.toReversed().map((code) => person(code, 'x')),
      now,
    )
    expect((await listUsers(db)).map(({ code }) => code)).toEqual(codes)
  })

  it('of a call record may be as long as the longest record that the API takes', async () => {
    const steps = JSON.stringify('á'.repeat(30_000))
    const row = {
      call_id: '1795360430.0',
      round: 1,
      phone: null,
      started_at_ms: 1,
      ended_at_ms: 2,
      steps,
      outcome: 'concluida',
      user_code: null,
      protocols: '[]',
      recorded_at_ms: 3,
    }
    await db.insertInto('calls').values(row).execute()
    expect((await db.selectFrom('calls').select('steps').executeTakeFirstOrThrow()).steps).toBe(steps)
  })
})

describe('numbers', () => {
  it('of milliseconds come back whole, for every time that a Date can hold', async () => {
    const times = [0, Date.parse('2026-10-25T02:30:00-03:00'), Date.parse('9999-12-31T23:59:59.999Z'), -1]
    for (const [index, time] of times.entries()) {
      await db
        .insertInto('registration_attempts')
        .values({ phone_hash: String(index).padEnd(64, '0'), attempted_at_ms: time })
        .execute()
    }
    const rows = await db
      .selectFrom('registration_attempts')
      .select('attempted_at_ms')
      .orderBy('id')
      .execute()
    expect(rows.map((row) => row.attempted_at_ms)).toEqual(times)
  })

  it('of rows counted are numbers', async () => {
    const { count } = await db
      .selectFrom('users')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    expect(count).toBe(0)
  })
})
