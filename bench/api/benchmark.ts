import { randomBytes } from 'node:crypto'
import { ensureFirstClient } from '@ura/api/authentication/client-repository'
import { ensureFirstCatalogue } from '@ura/api/catalogue/catalogue-repository'
import { openMigratedDatabase } from '@ura/api/database/migrated-database'
import type { Database } from '@ura/api/database/schema'
import { createConnection } from 'mysql2/promise'
import { startDatabaseServer } from '../../scripts/real-parts/database-process.ts'
import { ensureDatabaseServer } from '../../scripts/real-parts/database-servers.ts'
import type {
  Benchmark,
  BenchmarkContext,
  BenchmarkResult,
  Comparison,
  Measured,
} from '../harness/benchmark.ts'
import { startProcess, type TaskProcess } from '../harness/task-process.ts'
import type { LoadTasks } from './load-process.ts'
import { addPopulation } from './population.ts'
import type { ServerTasks } from './server-process.ts'
import { measureSteadyMemory } from './steady-memory.ts'
import { compareThroughput } from './throughput.ts'

/** What two requests of a call cost in the ticket API on MySQL, beside a bare route with one query. */
export const apiBenchmark: Benchmark = {
  name: 'api',
  about: 'verificar_usuario and novo_chamado on MySQL, beside bare Fastify routes',
  run: async (context) => {
    const part = await ensureDatabaseServer('mysql', context.progress)
    if (!part.available) throw new Error(`MySQL can't be had: ${part.reason}`)
    const server = await startDatabaseServer({ kind: 'mysql', root: part.root, durability: 'durable' })
    try {
      return await runOn(server.url, context)
    } finally {
      await server.destroy()
    }
  },
}

async function runOn(serverUrl: string, context: BenchmarkContext): Promise<BenchmarkResult> {
  const { comparisons, others } = await measureThroughput(serverUrl, context)
  return { comparisons, others, warnings: [] }
}

async function measureThroughput(
  serverUrl: string,
  context: BenchmarkContext,
): Promise<{ comparisons: Comparison[]; others: Measured[] }> {
  const api = startServerProcess('api', await newDatabase(serverUrl, 'throughput', addPopulation))
  const bare = startServerProcess('bare', await newDatabase(serverUrl, 'bare', addPopulationAndClient))
  const load = startProcess<LoadTasks>(new URL('load-process.ts', import.meta.url))
  try {
    const contest = { load, api: await api.run('address'), bare: await bare.run('address') }
    const { comparisons, others, halfLoads } = await compareThroughput(contest, context)
    const memory = await measureSteadyMemory(contest, api, { ...context, halfLoads })
    return { comparisons: [...comparisons, memory], others }
  } finally {
    await Promise.all([api.stop(), bare.stop(), load.stop()])
  }
}

function startServerProcess(kind: 'api' | 'bare', databaseUrl: string): TaskProcess<ServerTasks> {
  return startProcess<ServerTasks>(new URL('server-process.ts', import.meta.url), {
    args: [kind, databaseUrl, randomBytes(24).toString('hex')],
    env: { NODE_ENV: 'production' },
  })
}

/** The ticket API adds its first client itself; the bare routes need one for their idempotency keys. */
async function addPopulationAndClient(db: Database): Promise<void> {
  await addPopulation(db)
  await ensureFirstClient(db, {
    token: randomBytes(24).toString('hex'),
    networks: ['127.0.0.1/32'],
    now: new Date(),
  })
}

/** A database with the schema and the first catalogue, filled; gives its address. */
async function newDatabase(
  serverUrl: string,
  name: string,
  fill: (db: Database) => Promise<void>,
): Promise<string> {
  const connection = await createConnection({ uri: serverUrl })
  await connection.query(`create database ${name}`)
  await connection.end()
  const { db } = await openMigratedDatabase(`${serverUrl}${name}`, {
    now: new Date(),
    statementTimeoutMs: 0,
    seed: (seeded) => ensureFirstCatalogue(seeded),
  })
  await fill(db)
  await db.destroy()
  return `${serverUrl}${name}`
}
