import { createApi } from '@ura/api/app'
import { readApiConfiguration } from '@ura/api/config'
import { silentSpeech } from '@ura/api/testing/silent-speech'
import { createLogger } from '@ura/core/logger'
import { systemClock } from '@ura/core/clock'
import Fastify from 'fastify'
import { createPool } from 'mysql2/promise'
import { serveTasks } from '../harness/task-process.ts'

/** Where a server listens, and the session its requests must show. */
export interface ServerAddress {
  url: string
  session: string
}

const [kind = '', databaseUrl = '', token = ''] = process.argv.slice(2)

/** The ticket API as in production, but that speech answers at once: what that costs is a benchmark of its own. */
async function startApi(): Promise<ServerAddress> {
  const config = readApiConfiguration({
    DATABASE_URL: databaseUrl,
    HELPDESK_API_TOKEN: token,
    API_SECRET: token,
    GATEWAY_TOKEN: token,
    API_PORT: '0',
    API_REQUESTS_PER_MINUTE: '1000000',
  })
  const log = createLogger({ service: 'api', level: 'info', destination: { write: () => {} } })
  const api = await createApi(config, { clock: systemClock, log, speech: silentSpeech })
  const { url } = await api.listen()
  const answer = await fetch(`${url}/api/autenticar_sessao`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  })
  const { sessao } = (await answer.json()) as { sessao: string }
  return { url, session: sessao }
}

/** What a user would write first: Fastify, the driver, one query a route. */
async function startBare(): Promise<ServerAddress> {
  const pool = createPool({ uri: databaseUrl, connectionLimit: 10 })
  const fastify = Fastify()
  fastify.post('/api/verificar_usuario', async (request) => {
    const { usuario } = request.body as { usuario: string }
    const [rows] = await pool.query('select * from users where code = ? and active = 1', [usuario])
    return { status: (rows as unknown[]).length > 0 }
  })
  fastify.post('/api/novo_chamado', async (request, reply) => {
    const { usuario } = request.body as { usuario: string }
    const [result] = await pool.query(
      `insert into tickets (user_id, service_id, origin, status, opened_at_ms, updated_at_ms)
       select id, 2, 'telefone', 'aberto', ?, ? from users where code = ?`,
      [Date.now(), Date.now(), usuario],
    )
    const { insertId } = result as { insertId: number }
    return await reply
      .code(201)
      .send({ status: true, protocolo: String(insertId), url: null, nome_audio: null })
  })
  return { url: await fastify.listen({ port: 0, host: '127.0.0.1' }), session: '' }
}

const address = await (kind === 'api' ? startApi() : startBare())

const tasks = {
  address: () => address,
  residentBytes: () => process.memoryUsage.rss(),
}

/** What the process can be asked for. */
export type ServerTasks = typeof tasks

serveTasks(tasks)
