import { randomBytes } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { inject } from 'vitest'

declare module 'vitest' {
  interface ProvidedContext {
    /** Of a MySQL or MariaDB, as `mysql://user:password@host:port/`; not provided where the tests run on SQLite. */
    databaseServerUrl: string
  }
}

/** An empty database of one test's own, of the kind that this run of the tests is about. */
export interface TestDatabase {
  /** For `DATABASE_URL`; several programs may open it. */
  url: string
  drop(): Promise<void>
}

/** The MySQL or MariaDB that this run of the tests is about; undefined when that is SQLite. */
export function databaseServerUrl(): string | undefined {
  const url: string | undefined = inject('databaseServerUrl')
  return url
}

/** Makes an empty database; on SQLite a file that several may open. */
export async function createTestDatabase(): Promise<TestDatabase> {
  const server = databaseServerUrl()
  return server === undefined ? await createFile() : await createOnServer(server)
}

async function createFile(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'ura-test-database-'))
  return {
    url: `sqlite:${folder}/helpdesk.sqlite`,
    drop: () => rm(folder, { recursive: true, force: true }),
  }
}

async function createOnServer(server: string): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`
  await administer(server, `create database ${name}`)
  return { url: `${server}${name}`, drop: () => administer(server, `drop database ${name}`) }
}

async function administer(server: string, statement: string): Promise<void> {
  const connection = await createConnection({ uri: server })
  try {
    await connection.query(statement)
  } finally {
    await connection.end()
  }
}
