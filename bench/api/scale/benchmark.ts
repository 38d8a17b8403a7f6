import { randomBytes } from 'node:crypto'
import { ensureFirstCatalogue } from '@ura/api/catalogue/catalogue-repository'
import { openDatabase } from '@ura/api/database/connection'
import { openMigratedDatabase } from '@ura/api/database/migrated-database'
import { createConnection } from 'mysql2/promise'
import { startDatabaseServer } from '../../../scripts/real-parts/database-process.ts'
import { ensureDatabaseServer } from '../../../scripts/real-parts/database-servers.ts'
import type { Benchmark, BenchmarkContext, BenchmarkResult } from '../../harness/benchmark.ts'
import { ratioOf } from '../../harness/summary.ts'
import { startProcess, type TaskProcess } from '../../harness/task-process.ts'
import type { ScaleApiTasks } from './api-process.ts'
import { lists } from './lists.ts'
import { compareScale, type Targets } from './measure.ts'
import { pageProbes } from './pages.ts'
import { phoneProbes } from './phone-probes.ts'
import { populate } from './populate.ts'
import { large, type Population, small } from './population.ts'
import type { Probe } from './probe.ts'
import { resourceProbes } from './resource-probes.ts'
import { ask, type Target } from './target.ts'

/** What the size of the database costs each endpoint and each page of a list, on MySQL. */
export const scaleBenchmark: Benchmark = {
  name: 'api-scale',
  about: 'every endpoint and list page on MySQL, at 1,000,000 tickets and at 1,000',
  run: async (context) => {
    const part = await ensureDatabaseServer('mysql', context.progress)
    if (!part.available) throw new Error(`MySQL can't be had: ${part.reason}`)
    const server = await startDatabaseServer({ kind: 'mysql', root: part.root, durability: 'durable' })
    try {
      await giveMemory(server.url)
      const databases = {
        small: await newDatabase(server.url, { name: 'small', population: small }, context),
        large: await newDatabase(server.url, { name: 'large', population: large }, context),
      }
      return await measureScale(databases, context)
    } finally {
      await server.destroy()
    }
  },
}

/** A populated database, and an administrator's token to its API. */
export interface PopulatedDatabase {
  url: string
  token: string
  population: Population
}

/** What databases of these sizes get in an installation (docs/programmers-guide.md); MySQL's default is 128 MiB. */
const bufferPoolBytes = 2 * 1024 ** 3

async function giveMemory(serverUrl: string): Promise<void> {
  const connection = await createConnection({ uri: serverUrl })
  await connection.query(`set global innodb_buffer_pool_size = ${bufferPoolBytes}`)
  await connection.end()
}

async function newDatabase(
  serverUrl: string,
  { name, population }: { name: string; population: Population },
  { progress }: BenchmarkContext,
): Promise<PopulatedDatabase> {
  const connection = await createConnection({ uri: serverUrl })
  await connection.query(`create database ${name}`)
  await connection.end()
  const url = `${serverUrl}${name}`
  const { db } = await openMigratedDatabase(url, {
    now: new Date(),
    statementTimeoutMs: 0,
    seed: (seeded) => ensureFirstCatalogue(seeded),
  })
  const token = await populate(db, population, progress)
  await db.destroy()
  return { url, token, population }
}

/** Starts an API on each database and compares every probe. */
export async function measureScale(
  databases: { small: PopulatedDatabase; large: PopulatedDatabase },
  context: BenchmarkContext,
): Promise<BenchmarkResult> {
  const secret = randomBytes(24).toString('hex')
  const closing: (() => Promise<void>)[] = []
  const start = async (name: 'small' | 'large'): Promise<Target> => {
    const { url: databaseUrl, token, population } = databases[name]
    const process = startApi(databaseUrl, secret)
    closing.push(() => process.stop())
    const db = openDatabase(databaseUrl, { statementTimeoutMs: 0 })
    closing.push(() => db.destroy())
    const opened = await db
      .selectFrom('tickets')
      .select(({ fn }) => [fn.min('opened_at_ms').as('firstMs'), fn.max('opened_at_ms').as('lastMs')])
      .executeTakeFirstOrThrow()
    const url = await process.run('url')
    return { name, url, session: '', token, db, population, ...opened }
  }
  try {
    const targets = { small: await start('small'), large: await start('large') }
    for (const target of [targets.small, targets.large]) target.session = await signIn(target)
    const comparisons = await compareScale(await probesOf(targets, { secret, ...context }), targets, context)
    const [worst] = comparisons
    const worstRatio = worst === undefined ? [] : [ratioOf(worst) ?? 0]
    const name = `the worst of ${comparisons.length}: ${worst?.what}`
    return {
      comparisons,
      others: [{ figure: 'worstSlowdown', name, unit: 'times', samples: worstRatio }],
      warnings: [],
    }
  } finally {
    await Promise.all(closing.map((close) => close()))
  }
}

async function probesOf(
  targets: Targets,
  { secret, progress }: { secret: string } & BenchmarkContext,
): Promise<Probe[]> {
  const pages: Probe[] = []
  for (const list of lists) pages.push(...(await pageProbes(list, targets, secret)))
  progress(`${pages.length} pages of ${lists.length} lists found`)
  // Reads first: the others open tickets, and lists of the small database would grow by them.
  return [...pages, ...phoneProbes, ...resourceProbes]
}

function startApi(databaseUrl: string, secret: string): TaskProcess<ScaleApiTasks> {
  return startProcess<ScaleApiTasks>(new URL('api-process.ts', import.meta.url), {
    args: [databaseUrl, secret],
    env: { NODE_ENV: 'production' },
  })
}

async function signIn(target: Target): Promise<string> {
  const authorization = `Bearer ${target.token}`
  const { content } = await ask(target, { method: 'POST', path: '/api/autenticar_sessao', authorization })
  return (content as { sessao: string }).sessao
}
