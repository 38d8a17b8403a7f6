import type { Environment } from '@ura/core/configuration'
import { createLogger } from '@ura/core/logger'
import type { LightMyRequestResponse } from 'fastify'
import { type Api, createApi } from '../app.ts'
import { readApiConfiguration } from '../config.ts'
import { databaseServerUrl, type TestDatabase } from '@ura/core/database/testing/test-database'
import { borrowMigratedDatabase } from './migrated-test-database.ts'
import { createFakeClock, createFakeGateway, createFakeSpeech, type FakeClock } from './fakes.ts'

export const clientToken = 'token-of-the-first-client'

const environment = {
  API_SECRET: 'secret-of-the-tests',
  API_PORT: '0',
  GATEWAY_TOKEN: 'token-of-the-gateway',
  HELPDESK_API_TOKEN: clientToken,
  SAMPLE_USERS: 'true',
  // A session that was revoked is over at once.
  SESSION_CACHE_SECONDS: '0',
  // On a busy machine nothing is refused but what a test is about.
  API_EVENT_LOOP_DELAY_MAX_MS: '60000',
}

export interface TestApi {
  api: Api
  clock: FakeClock
  gateway: ReturnType<typeof createFakeGateway>
  speech: ReturnType<typeof createFakeSpeech>
  /** Every log line so far. */
  logged: string[]
  session: string
  post(path: string, body: unknown, headers?: Record<string, string>): Promise<LightMyRequestResponse>
  get(path: string, headers?: Record<string, string>): Promise<LightMyRequestResponse>
  [Symbol.asyncDispose](): Promise<void>
}

const inMemory: TestDatabase = { url: 'sqlite::memory:', drop: async () => {} }

/**
 * The real API on an empty database, in memory where that is SQLite, signed in; clock, gateway and speech are fakes.
 * With a `DATABASE_URL` among the changes that database is used, and left as it is.
 */
export async function createTestApi(
  changes: Environment = {},
  clock: FakeClock = createFakeClock(),
): Promise<TestApi> {
  const gateway = createFakeGateway()
  const speech = createFakeSpeech()
  const logged: string[] = []
  const log = createLogger({
    service: 'api',
    level: 'debug',
    destination: { write: (line: string) => void logged.push(line) },
  })
  const isBorrowed = changes['DATABASE_URL'] === undefined && databaseServerUrl() !== undefined
  const database = isBorrowed ? await borrowMigratedDatabase() : inMemory
  const config = readApiConfiguration({ ...environment, DATABASE_URL: database.url, ...changes })
  const api = await createApi(config, { clock, log, gateway, speech })
  const signedIn = await api.fastify.inject({
    method: 'POST',
    url: '/api/autenticar_sessao',
    headers: { authorization: `Bearer ${clientToken}` },
  })
  const session = signedIn.json<{ sessao: string }>().sessao
  const authorization = `Bearer ${session}`
  return {
    api,
    clock,
    gateway,
    speech,
    logged,
    session,
    post: (path, body, headers = {}) =>
      api.fastify.inject({
        method: 'POST',
        url: path,
        headers: { authorization, 'content-type': 'application/json', ...headers },
        payload: JSON.stringify(body),
      }),
    get: (path, headers = {}) =>
      api.fastify.inject({ method: 'GET', url: path, headers: { authorization, ...headers } }),
    async [Symbol.asyncDispose]() {
      await api.close()
      await database.drop()
    },
  }
}

/** The audit log's events, oldest first. */
export async function auditEvents(api: Api): Promise<string[]> {
  const rows = await api.db.selectFrom('audit_log').select('event').orderBy('id').execute()
  return rows.map((row) => row.event)
}
