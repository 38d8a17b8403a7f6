import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { generateOpenApiDocument } from '../../scripts/api-documents/openapi-document.ts'
import { realPartsRequired } from '../../scripts/real-parts/config.ts'
import { startDatabaseServer } from '../../scripts/real-parts/database-process.ts'
import { ensureDatabaseServer } from '../../scripts/real-parts/database-servers.ts'
import { recordFigure } from '../../scripts/test/figures.ts'
import { type ApiProcess, startApiProcess } from './api-process.ts'
import { attack } from './attack.ts'
import { addAdministrator, databaseFacts } from './database-facts.ts'
import { sendRaw } from './raw-http.ts'

/** `HOSTILE_SEED` and `HOSTILE_REQUESTS` draw other requests, or more of them. */
const seed = Number(process.env['HOSTILE_SEED'] ?? 20_261_122)
const requestsOnSqlite = Number(process.env['HOSTILE_REQUESTS'] ?? 6_000)
const requestsOnMysql = Math.ceil(requestsOnSqlite / 6)

/** Many times what they take on an idle machine. */
const attackTimeoutMs = 600_000
/** At least one request in so many opens a ticket. */
const ticketlessMax = 1_000
const heapGrowthMaxBytes = 24 * 1024 * 1024
const clientToken = 'token-of-the-attacked-client'
const secrets = ['secret-of-the-attacked-api', 'token-of-the-attacked-gateway', clientToken]
const mysql = await ensureDatabaseServer('mysql')
const required = realPartsRequired()
if (!mysql.available) {
  process.stderr.write(`*** SKIPPED: hostile requests on MySQL 9 (${mysql.reason})\n`)
}

describe('generated hostile requests', () => {
  it(
    'on SQLite get a documented answer, tell nothing of the inside and leave the data whole',
    { timeout: attackTimeoutMs },
    async () => {
      const folder = await mkdtemp(join(tmpdir(), 'ura-hostile-'))
      try {
        expect(await outcomeOf({ name: 'SQLite', count: requestsOnSqlite, folder })).toEqual(unharmed)
      } finally {
        await rm(folder, { recursive: true, force: true })
      }
    },
  )

  it.skipIf(!mysql.available && !required)('do no more on MySQL', { timeout: attackTimeoutMs }, async () => {
    if (!mysql.available) {
      throw new Error(`MySQL 9 can't be had: ${mysql.reason}`)
    }
    const folder = await mkdtemp(join(tmpdir(), 'ura-hostile-'))
    const server = await startDatabaseServer({ kind: 'mysql', root: mysql.root, durability: 'fast' })
    try {
      const connection = await createConnection({ uri: server.url })
      await connection.query('create database hostile')
      await connection.end()
      const databaseUrl = `${server.url}hostile`
      expect(await outcomeOf({ name: 'MySQL', count: requestsOnMysql, folder, databaseUrl })).toEqual(
        unharmed,
      )
    } finally {
      await server.destroy()
      await rm(folder, { recursive: true, force: true })
    }
  })
})

describe('a request that never ends', () => {
  let api: ApiProcess
  let folder: string

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ura-hostile-'))
    api = await startApiProcess(environmentOf(folder))
  })

  afterAll(async () => {
    await api.stop()
    await rm(folder, { recursive: true, force: true })
  })

  it('is answered 408 after 15 s, in its head or in its body, while others are served', async () => {
    const unfinished = [
      'POST /api/novo_chamado HTTP/1.1\r\nHost: x\r\nX-Slow: ',
      'POST /api/autenticar_sessao HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 50\r\n\r\n{"usu',
      'POST /api/autenticar_sessao HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"usu\r\n',
    ]
    const answers = unfinished
      .flatMap((head) => Array.from({ length: 20 }, () => Buffer.from(head)))
      .map((head) => sendRaw(api.port, { head, body: Buffer.alloc(0), delivery: 'whole' }, 30_000))
    const health = await fetch(`http://127.0.0.1:${api.port}/healthz`)
    expect(health.status).toBe(200)
    const statuses = (await Promise.all(answers)).map(({ status, hung }) => (hung ? 'hung' : status))
    expect(new Set(statuses)).toEqual(new Set([408]))
  })
})

/** What an attack leaves behind where everything holds. */
const unharmed = {
  faults: '',
  failures: [],
  isAlive: true,
  isHeapFlat: true,
  // An attack that only knocks at the door would show nothing.
  reachedTheInside: true,
  signsInAfterwards: true,
  isDataWhole: true,
}

async function outcomeOf(options: {
  name: string
  count: number
  folder: string
  databaseUrl?: string
}): Promise<Record<keyof typeof unharmed, unknown>> {
  const { name, count, folder } = options
  const document = await generateOpenApiDocument()
  const environment = environmentOf(folder, options.databaseUrl)
  const api = await startApiProcess(environment)
  try {
    const administratorToken = await addAdministrator(environment)
    const credentials = {
      session: await signIn(api.port),
      adminSession: await signIn(api.port, administratorToken),
      sessionToEnd: await signIn(api.port),
      clientToken,
    }
    const before = await databaseFacts(environment)
    const began = performance.now()
    const result = await attack({
      port: api.port,
      document,
      seed,
      count,
      ...credentials,
      secrets: [...secrets, administratorToken],
    })
    const seconds = (performance.now() - began) / 1000
    const growth = heapGrowthBytes(result.heapBytes)
    recordFigure(
      `hostile requests on ${name} (seed ${seed})`,
      `${count} in ${seconds.toFixed(0)} s, ${JSON.stringify(result.statuses)}, ${result.ticketsOpened} tickets opened, heap ${(growth / 1024 / 1024).toFixed(1)} MiB`,
    )
    const signsInAfterwards = (await signIn(api.port)) !== ''
    const after = await databaseFacts(environment)
    return {
      faults: result.faults.join('\n\n'),
      failures: api.failures,
      isAlive: api.isAlive(),
      isHeapFlat: growth < heapGrowthMaxBytes,
      reachedTheInside:
        (result.statuses['200'] ?? 0) > count / 20 && result.ticketsOpened >= count / ticketlessMax,
      signsInAfterwards,
      // Answers lost with a cut connection belong to tickets all the same.
      isDataWhole:
        JSON.stringify(after.untouchable) === JSON.stringify(before.untouchable) &&
        before.codes.every((code) => after.codes.includes(code)) &&
        after.tickets >= result.ticketsOpened &&
        after.ticketsWithoutEvent === 0,
    }
  } finally {
    await api.stop()
  }
}

function environmentOf(folder: string, databaseUrl?: string): Record<string, string> {
  return {
    DATA_DIR: folder,
    API_PORT: '0',
    API_SECRET: 'secret-of-the-attacked-api',
    GATEWAY_TOKEN: 'token-of-the-attacked-gateway',
    // Nobody listens on the discard port of loopback: codes are refused as WHATSAPP_INDISPONIVEL.
    GATEWAY_URL: 'http://127.0.0.1:9',
    HELPDESK_API_TOKEN: clientToken,
    SAMPLE_USERS: 'true',
    API_REQUESTS_PER_MINUTE: '1000000',
    API_SIGN_INS_PER_MINUTE: '10000',
    WRONG_REGISTRATIONS_PER_WINDOW: '1000',
    LOG_LEVEL: 'info',
    ...(databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl }),
  }
}

async function signIn(port: number, token = clientToken): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/api/autenticar_sessao`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  })
  return ((await answer.json()) as { sessao: string }).sessao
}

/** From the first half to the last quarter, each at its lowest: what garbage is still about doesn't count. */
function heapGrowthBytes(samples: readonly number[]): number {
  const lowest = (from: number, to: number): number =>
    Math.min(...samples.slice(Math.floor(samples.length * from), Math.floor(samples.length * to)))
  return lowest(0.75, 1) - lowest(0.25, 0.5)
}
