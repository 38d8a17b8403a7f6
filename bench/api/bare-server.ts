import Fastify, { type FastifyInstance } from 'fastify'
import { createPool, type Pool, type ResultSetHeader, type RowDataPacket } from 'mysql2/promise'

/** The bare route that opens a ticket with all that is kept of one, in a transaction of its own. */
export const TRANSACTION_PATH = '/api/novo_chamado_em_transacao'

const WINDOW_MS = 900_000
const WRONG_MAX = 10
const SERVICE_ID = 2

/**
 * What a user would write first: Fastify and the driver, no sign-in, no validation, no limits, no log. Its routes have
 * the answers of the ticket API.
 */
export async function startBareServer(databaseUrl: string): Promise<string> {
  const pool = createPool({ uri: databaseUrl, connectionLimit: 10 })
  const fastify = Fastify()
  verifyUserRoute(fastify, pool)
  openTicketRoute(fastify, pool)
  openTicketInTransactionRoute(fastify, pool)
  return await fastify.listen({ port: 0, host: '127.0.0.1' })
}

/** The very query that the ticket API runs: user and wrong tries in one. */
function verifyUserRoute(fastify: FastifyInstance, pool: Pool): void {
  fastify.post('/api/verificar_usuario', async (request) => {
    const { usuario } = request.body as { usuario: string }
    const [rows] = await pool.query<RowDataPacket[]>(
      `select (select id from users where code = ? and active = 1) as userId,
         (select attempted_at_ms from registration_attempts where phone_hash = ? and attempted_at_ms > ?
          order by attempted_at_ms desc limit ? offset ?) as blocking`,
      [usuario, 'nobody', Date.now() - WINDOW_MS, 1, WRONG_MAX - 1],
    )
    return { status: rows[0]?.['userId'] !== null && rows[0]?.['blocking'] === null }
  })
}

/** One statement, which commits itself: no history, no audit, and the same request twice is two tickets. */
function openTicketRoute(fastify: FastifyInstance, pool: Pool): void {
  fastify.post('/api/novo_chamado', async (request, reply) => {
    const { usuario } = request.body as { usuario: string }
    const now = Date.now()
    const [{ insertId }] = await pool.query<ResultSetHeader>(
      `insert into tickets (user_id, service_id, origin, status, opened_at_ms, updated_at_ms, changed_at_ms)
       select id, ?, 'telefone', 'aberto', ?, ?, ? from users where code = ?`,
      [SERVICE_ID, now, now, now, usuario],
    )
    return await reply.code(201).send(answerOf(insertId))
  })
}

/** The rows that the ticket API writes: ticket, event, audit and idempotency key. */
function openTicketInTransactionRoute(fastify: FastifyInstance, pool: Pool): void {
  fastify.post(TRANSACTION_PATH, async (request, reply) => {
    const { usuario } = request.body as { usuario: string }
    const now = Date.now()
    const connection = await pool.getConnection()
    try {
      await connection.beginTransaction()
      const [{ insertId }] = await connection.query<ResultSetHeader>(
        `insert into tickets (user_id, service_id, origin, status, opened_at_ms, updated_at_ms, changed_at_ms)
         select id, ?, 'telefone', 'aberto', ?, ?, ? from users where code = ?`,
        [SERVICE_ID, now, now, now, usuario],
      )
      await connection.query(
        'insert into ticket_events (ticket_id, happened_at_ms, actor, to_status) values (?, ?, ?, ?)',
        [insertId, now, 'bare', 'aberto'],
      )
      await connection.query(
        'insert into audit_log (happened_at_ms, event, actor, user_code, detail) values (?, ?, ?, ?, ?)',
        [now, 'ticket_opened', 'bare', usuario, '{}'],
      )
      await connection.query(
        `insert into idempotency_keys (client_id, endpoint, idempotency_key, request_hash, answer, created_at_ms)
         values (?, ?, ?, ?, ?, ?)`,
        [1, 'novo_chamado', request.headers['idempotency-key'], 'none', String(insertId), now],
      )
      await connection.commit()
      return await reply.code(201).send(answerOf(insertId))
    } finally {
      connection.release()
    }
  })
}

function answerOf(insertId: number) {
  return { status: true, protocolo: String(insertId), url: null, nome_audio: null }
}
