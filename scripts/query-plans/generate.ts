import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { startDatabaseServer } from '../real-parts/database-process.ts'
import type { DatabaseServerKind } from '../real-parts/database-servers.ts'
import { readRequestPlans, type RequestPlan } from './request-plans.ts'

/** Memory for the data of a server that is thrown away afterwards. */
const diskMegabytes = 2_048

/** The plans of a MySQL or MariaDB that is started for them. */
export async function plansOnServer(kind: DatabaseServerKind, root: string): Promise<RequestPlan[]> {
  const server = await startDatabaseServer({ kind, root, durability: 'fast', diskMegabytes })
  try {
    const connection = await createConnection({ uri: server.url })
    await connection.query('create database plans')
    await connection.end()
    return await readRequestPlans(`${server.url}plans`)
  } finally {
    await server.destroy()
  }
}

/** The plans of SQLite. */
export async function plansOnSqlite(): Promise<RequestPlan[]> {
  const folder = await mkdtemp(join(tmpdir(), 'ura-query-plans-'))
  try {
    return await readRequestPlans(`sqlite:${folder}/plans.sqlite`)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
