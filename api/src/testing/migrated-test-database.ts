import {
  createTestDatabase,
  databaseServerUrl,
  type TestDatabase,
} from '@ura/core/database/testing/test-database'
import { type Connection, createConnection, type RowDataPacket } from 'mysql2/promise'
import { afterAll } from 'vitest'
import { systemClock } from '@ura/core/clock'
import { openMigratedDatabase } from '../database/migrated-database.ts'

/** A database of a server as the migrations leave it. */
interface MigratedDatabase {
  database: TestDatabase
  tables: readonly Table[]
}

interface Table {
  name: string
  /** What the migrations put in. */
  rows: unknown[][]
  /** The next number; null where the table gives none. */
  nextId: number | null
}

/** Those that a test has given back; what other files of the worker leave goes with the server. */
const idle: MigratedDatabase[] = []

afterAll(async () => {
  await Promise.all(idle.splice(0).map(({ database }) => database.drop()))
})

/**
 * A database with nothing in it but what the migrations make. On SQLite an empty file, which whoever opens it first
 * migrates. On MySQL and MariaDB that takes most of a test's time, so one that was given back is emptied and given to the
 * next test.
 */
export async function borrowMigratedDatabase(): Promise<TestDatabase> {
  if (databaseServerUrl() === undefined) {
    return createTestDatabase()
  }
  const migrated = idle.pop() ?? (await makeMigrated())
  const { database } = migrated
  return {
    url: database.url,
    drop: async () => {
      try {
        await restore(migrated)
        idle.push(migrated)
      } catch {
        // A test that left it locked or without a table keeps it to itself.
        await database.drop()
      }
    },
  }
}

async function makeMigrated(): Promise<MigratedDatabase> {
  const database = await createTestDatabase()
  const { db } = await openMigratedDatabase(database.url, { now: systemClock.now() })
  await db.destroy()
  return { database, tables: await connected(database.url, readTables) }
}

async function readTables(connection: Connection): Promise<Table[]> {
  const nextIds = await readNextIds(connection)
  const tables: Table[] = []
  for (const [name, nextId] of nextIds) {
    const [rows] = await connection.query<RowDataPacket[][]>({
      sql: `select * from ${connection.escapeId(name)}`,
      rowsAsArray: true,
    })
    tables.push({ name, nextId, rows })
  }
  return tables
}

/** Every table with its next number, as it is now. */
async function readNextIds(connection: Connection): Promise<Map<string, number | null>> {
  const [tables] = await connection.query<RowDataPacket[]>(
    "select table_name as name from information_schema.tables where table_schema = database() and table_type = 'BASE TABLE'",
  )
  const nextIds = new Map<string, number | null>()
  for (const { name } of tables as { name: string }[]) {
    const [[created]] = await connection.query<RowDataPacket[]>(
      `show create table ${connection.escapeId(name)}`,
    )
    const text = String(created?.['Create Table'])
    const next = /\) ENGINE.* AUTO_INCREMENT=(\d+)/.exec(text)?.[1]
    nextIds.set(name, text.includes('AUTO_INCREMENT') ? Number(next ?? 1) : null)
  }
  return nextIds
}

async function restore({ database, tables }: MigratedDatabase): Promise<void> {
  await connected(database.url, async (connection) => {
    await connection.query('set foreign_key_checks = 0')
    for (const { name } of tables) await connection.query(`delete from ${connection.escapeId(name)}`)
    const nextIds = await readNextIds(connection)
    for (const { name, rows, nextId } of tables) {
      const table = connection.escapeId(name)
      if (nextIds.get(name) !== nextId)
        await connection.query(`alter table ${table} auto_increment = ${nextId}`)
      if (rows.length > 0) await connection.query(`insert into ${table} values ?`, [rows])
    }
  })
}

async function connected<T>(url: string, work: (connection: Connection) => Promise<T>): Promise<T> {
  const connection = await createConnection({
    uri: url,
    dateStrings: true,
    supportBigNumbers: true,
    bigNumberStrings: true,
  })
  try {
    await connection.query('set lock_wait_timeout = 5, innodb_lock_wait_timeout = 5')
    return await work(connection)
  } finally {
    await connection.end()
  }
}
