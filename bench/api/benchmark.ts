import { randomBytes } from 'node:crypto'
import { openMigratedDatabase } from '@ura/api/database/migrated-database'
import { createConnection } from 'mysql2/promise'
import { startDatabaseServer } from '../../scripts/real-parts/database-process.ts'
import { ensureDatabaseServer } from '../../scripts/real-parts/database-servers.ts'
import { ensureFirstCatalogue } from '@ura/api/catalogue/catalogue-repository'
import type { Benchmark, BenchmarkContext, BenchmarkResult } from '../harness/benchmark.ts'
import { startProcess } from '../harness/task-process.ts'
import type { LoadTasks } from './load-process.ts'
import { addPopulation } from './population.ts'
import type { ServerTasks } from './server-process.ts'
import { compareThroughput } from './throughput.ts'

/** What two requests of a call cost in the ticket API on MySQL, beside a bare route with one query. */
export const apiBenchmark: Benchmark = {
  name: 'api',
  about: 'verificar_usuario and novo_chamado on MySQL, beside a bare Fastify route with one query',
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
  const databases = { api: await database(serverUrl, 'api'), bare: await database(serverUrl, 'bare') }
  const token = randomBytes(24).toString('hex')
  const start = (kind: 'api' | 'bare') =>
    startProcess<ServerTasks>(new URL('server-process.ts', import.meta.url), {
      args: [kind, databases[kind], token],
      env: { NODE_ENV: 'production' },
    })
  const [api, bare] = [start('api'), start('bare')]
  const load = startProcess<LoadTasks>(new URL('load-process.ts', import.meta.url))
  try {
    const contest = { load, api: await api.run('address'), bare: await bare.run('address') }
    const { comparisons, others } = await compareThroughput(contest, context)
    return { comparisons, others, warnings: [] }
  } finally {
    await Promise.all([api.stop(), bare.stop(), load.stop()])
  }
}

/** A database with the schema, the first catalogue and people. */
async function database(serverUrl: string, name: string): Promise<string> {
  const connection = await createConnection({ uri: serverUrl })
  await connection.query(`create database ${name}`)
  await connection.end()
  const { db } = await openMigratedDatabase(`${serverUrl}${name}`, {
    now: new Date(),
    seed: (seeded) => ensureFirstCatalogue(seeded),
  })
  await addPopulation(db)
  await db.destroy()
  return `${serverUrl}${name}`
}
