import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import Fastify from 'fastify'
import { serveTasks } from '../harness/task-process.ts'

const [folder = ''] = process.argv.slice(2)

/** What a user would write first: one INSERT, on disk when it is answered; no sign-in, no validation, no history. */
const database = new DatabaseSync(join(folder, 'bare.sqlite'))
database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
  CREATE TABLE message (id TEXT PRIMARY KEY, recipient TEXT NOT NULL, text TEXT NOT NULL, accepted_at INTEGER NOT NULL)`)
const insert = database.prepare('INSERT INTO message (id, recipient, text, accepted_at) VALUES (?, ?, ?, ?)')

const fastify = Fastify()
fastify.post('/api/send-message', async (request, reply) => {
  const { phone, message } = request.body as { phone: string; message: string }
  const id = randomUUID()
  insert.run(id, phone, message, Date.now())
  return await reply.code(202).send({ id, status: 'queued' })
})
const url = await fastify.listen({ port: 0, host: '127.0.0.1' })

const tasks = { url: () => url }

/** What the process can be asked for. */
export type BareTasks = typeof tasks

serveTasks(tasks)
