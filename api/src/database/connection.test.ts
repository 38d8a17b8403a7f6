import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StartupError } from '@ura/core/service'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase } from './connection.ts'
import { isBusy, isUnavailable, isUniqueViolation } from '@ura/core/database/database-errors'
import { migrate } from './migrations.ts'
import { inTransaction } from './transaction.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ura-database-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

const holiday = { day: '12-01', name: 'Padroeira' }

describe('a SQLite file', () => {
  it('is in WAL mode, synchronous, with foreign keys enforced', async () => {
    const db = openDatabase(`sqlite:${folder}/new/helpdesk.sqlite`)
    const pragma = async (name: string) =>
      (await sql.raw<Record<string, unknown>>(`pragma ${name}`).execute(db)).rows[0]
    expect(await pragma('journal_mode')).toEqual({ journal_mode: 'wal' })
    expect(await pragma('synchronous')).toEqual({ synchronous: 2 })
    expect(await pragma('foreign_keys')).toEqual({ foreign_keys: 1 })
    await db.destroy()
  })

  it.each([
    ['lies in a folder that is a file', async () => `${folder}/plain/helpdesk.sqlite`, /EEXIST|ENOTDIR/],
    ['is a folder', async () => folder, /unable to open database file/],
    ['is no database', async () => `${folder}/plain`, /file is not a database/],
  ])('that %s is a fault at start, told in one line with its path', async (_what, pathOf, reason) => {
    await writeFile(
      `${folder}/plain`,
      'This is not a database, although it is long enough to be one.'.repeat(9),
    )
    const path = await pathOf()
    const opening = () => openDatabase(`sqlite:${path}`)
    expect(opening).toThrow(StartupError)
    expect(opening).toThrow(reason)
    expect(opening).toThrow(new RegExp(`^The database ${path} can't be opened: .+$`))
  })

  it('lets a second program read and write beside the first', async () => {
    const url = `sqlite:${folder}/helpdesk.sqlite`
    const [one, other] = [openDatabase(url), openDatabase(url, { busyTimeoutMs: 20 })]
    await migrate(one, { now: new Date(0) })
    await other.insertInto('office_hours_holidays').values(holiday).execute()
    expect(await one.selectFrom('office_hours_holidays').selectAll().execute()).toEqual([holiday])
    // A transaction that reads first and writes later must not lose to a write in between.
    await one.transaction().execute(async (trx) => {
      await trx.selectFrom('office_hours_holidays').selectAll().execute()
      const write = other.insertInto('office_hours_holidays').values({ day: '12-02', name: 'x' }).execute()
      await expect(write).rejects.toSatisfy(isBusy)
      await trx.deleteFrom('office_hours_holidays').execute()
    })
    expect(await other.selectFrom('office_hours_holidays').selectAll().execute()).toEqual([])
    await Promise.all([one.destroy(), other.destroy()])
  })

  it('that another program holds is a fault at start, in plain words', async () => {
    const url = `sqlite:${folder}/helpdesk.sqlite`
    const [one, other] = [openDatabase(url), openDatabase(url, { busyTimeoutMs: 20 })]
    await one.transaction().execute(async () => {
      const migrating = migrate(other, { now: new Date(0) })
      await expect(migrating).rejects.toThrow(StartupError)
      await expect(migrating).rejects.toThrow('The database is locked by another program.')
    })
    await Promise.all([one.destroy(), other.destroy()])
  })

  it('tells a second row with the same key from other faults', async () => {
    const db = openDatabase('sqlite::memory:')
    await migrate(db, { now: new Date(0) })
    const insert = () => db.insertInto('office_hours_holidays').values(holiday).execute()
    await insert()
    await expect(insert()).rejects.toSatisfy(isUniqueViolation)
    await expect(sql`select nonsense`.execute(db)).rejects.not.toSatisfy(isUniqueViolation)
    await db.destroy()
  })
})

describe('a SQLite file that can grow no more', () => {
  it('is told as unavailable, leaves nothing half written, and is written to again when it can', async () => {
    const db = openDatabase(`sqlite:${folder}/full.sqlite`)
    await migrate(db, { now: new Date(0) })
    const pagesMax = (count: number) => sql`pragma max_page_count = ${sql.lit(count)}`.execute(db)
    const addDays = (year: number) =>
      inTransaction(db, async (trx) => {
        for (let day = 0; day < 300; day += 1) {
          const row = { day: `${year}-${day}`, name: 'x'.repeat(1_000) }
          await trx.insertInto('office_hours_holidays').values(row).execute()
        }
      })
    // Less than there is: SQLite takes the present size.
    await pagesMax(1)
    await expect(addDays(2027)).rejects.toSatisfy(isUnavailable)
    expect(await db.selectFrom('office_hours_holidays').selectAll().execute()).toEqual([])
    await pagesMax(1_000_000)
    await addDays(2028)
    expect(await db.selectFrom('office_hours_holidays').selectAll().execute()).toHaveLength(300)
    await db.destroy()
  })
})
