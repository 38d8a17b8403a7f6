import { type Api, createApi } from '@ura/api/app'
import { ensureFirstCatalogue } from '@ura/api/catalogue/catalogue-repository'
import { readApiConfiguration } from '@ura/api/config'
import { activityOf } from '@ura/api/database/database-activity'
import { openMigratedDatabase } from '@ura/api/database/migrated-database'
import type { Database } from '@ura/api/database/schema'
import { MessageNotAcceptedError, type MessageGateway } from '@ura/api/gateway/message-gateway'
import { systemClock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'
import type { CompiledQuery } from 'kysely'
import { lists } from '../../bench/api/scale/lists.ts'
import { pageProbes } from '../../bench/api/scale/pages.ts'
import { phoneProbes } from '../../bench/api/scale/phone-probes.ts'
import { growingTables, populate } from '../../bench/api/scale/populate.ts'
import { extensionEnvironment, type Population } from '../../bench/api/scale/population.ts'
import type { Probe } from '../../bench/api/scale/probe.ts'
import { resourceProbes } from '../../bench/api/scale/resource-probes.ts'
import { ask, type Facts, type Target } from '../../bench/api/scale/target.ts'
import { silentSpeech } from '@ura/api/testing/silent-speech'
import { type PlanStep, planStepsOf } from './plan-step.ts'

/** What one kind of request asks of the growing tables. */
export interface RequestPlan {
  /** The operationId, and for a list the fields that it is filtered and ordered by. */
  request: string
  steps: PlanStep[]
}

/** Enough rows for every optimizer to prefer the index that it prefers with millions of them. */
const population: Population = { tickets: 20_000, users: 1_000 }

const secret = 'secret-of-no-installation'

/** Codes are taken; texts are not, so that nothing is written when a request is over. */
const gateway: MessageGateway = {
  sendAccessCode: async () => 'whatsapp',
  sendText: async () => {
    throw new MessageNotAcceptedError('connection')
  },
  findDelivery: async () => ({ channel: 'whatsapp', state: 'sent', fallback: null }),
  isAvailable: async () => true,
}

/**
 * Sends each request of the benchmark `api-scale` to an API on this empty database and has the database explain every
 * statement that the API made of it. Inserts are left out: they look for nothing.
 */
export async function readRequestPlans(databaseUrl: string): Promise<RequestPlan[]> {
  const config = readApiConfiguration({
    DATABASE_URL: databaseUrl,
    API_SECRET: secret,
    GATEWAY_TOKEN: secret,
    API_PORT: '0',
    // SQLite works in this very process, and its longest statements are those of the measurement.
    API_EVENT_LOOP_DELAY_MAX_MS: '60000',
    ...extensionEnvironment,
  })
  const token = await fill(databaseUrl)
  const log = createLogger({ service: 'api', level: 'silent' })
  const api = await createApi(config, { clock: systemClock, log, gateway, speech: silentSpeech })
  try {
    return await readPlans(api, token)
  } finally {
    await api.close()
  }
}

/** Gives an administrator's token. */
async function fill(databaseUrl: string): Promise<string> {
  const { db } = await openMigratedDatabase(databaseUrl, {
    now: new Date(),
    statementTimeoutMs: 0,
    seed: (seeded) => ensureFirstCatalogue(seeded),
  })
  try {
    return await populate(db, population, () => {})
  } finally {
    await db.destroy()
  }
}

async function readPlans(api: Api, token: string): Promise<RequestPlan[]> {
  const target = await startTarget(api, token)
  const statements = recordStatements(api.db)
  const plans = new Map<string, PlanStep[]>()
  for (const probe of await probesOf(target)) {
    const request = await probe.request(target, 1)
    statements.length = 0
    await ask(target, request)
    const asked = [...statements]
    const name = requestName(probe, target)
    const steps = plans.get(name) ?? []
    for (const query of asked) steps.push(...(await planStepsOf(api.db, query)))
    plans.set(name, steps)
  }
  return Array.from(plans, ([request, steps]) => ({ request, steps: distinct(steps) }))
}

/** Listens without the API's work in the background, whose statements would come in between. */
async function startTarget({ db, fastify }: Api, token: string): Promise<Target> {
  const url = await fastify.listen({ port: 0, host: '127.0.0.1' })
  const times = await db
    .selectFrom('tickets')
    .select(({ fn }) => [fn.min('opened_at_ms').as('firstMs'), fn.max('opened_at_ms').as('lastMs')])
    .executeTakeFirstOrThrow()
  const target: Target = { name: 'large', url, session: '', token, db, population, ...times }
  const authorization = `Bearer ${token}`
  const { content } = await ask(target, { method: 'POST', path: '/api/autenticar_sessao', authorization })
  target.session = (content as { sessao: string }).sessao
  return target
}

function recordStatements(db: Database): CompiledQuery[] {
  const statements: CompiledQuery[] = []
  activityOf(db).listener = {
    statement: (_seconds, _isFailed, query) => {
      if (/^(select|update|delete) /i.test(query.sql.trimStart())) statements.push(query)
    },
    waited: () => {},
    connectionLost: () => {},
    transactionRepeated: () => {},
  }
  return statements
}

async function probesOf(target: Target): Promise<Probe[]> {
  const pages: Probe[] = []
  for (const list of lists) pages.push(...(await pageProbes(list, { small: target, large: target }, secret)))
  return [...phoneProbes, ...resourceProbes, ...pages]
}

/** A list by its fields: their values, its direction and its page don't change the index. */
function requestName({ operation, list }: Probe, facts: Facts): string {
  const fields = Object.entries(list?.query(facts) ?? {}).map(([name, value]) =>
    name === 'sort' ? `sort=${String(value).replace('-', '')}` : name,
  )
  return fields.length === 0 ? operation : `${operation}: ${fields.join(', ')}`
}

function distinct(steps: readonly PlanStep[]): PlanStep[] {
  const growing: readonly string[] = growingTables
  const known = new Map<string, PlanStep>()
  for (const step of steps) {
    if (growing.includes(step.table)) known.set(JSON.stringify(step), step)
  }
  return [...known.values()]
}
