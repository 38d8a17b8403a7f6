import type { Socket } from 'node:net'
import type { FastifyInstance } from 'fastify'

/**
 * Lets a server close as soon as its last answer is out. By itself Node 24 waits (a) for a connection that falls idle
 * after `server.close()`, until its keep-alive timeout (72 s with Fastify 5), and (b) for one on which no request ever
 * came, until `headersTimeout` (60 s); clients such as undici keep one of the latter after an aborted request.
 */
export function closePromptly(fastify: FastifyInstance): void {
  const unused = new Set<Socket>()
  let closing = false
  fastify.server.on('connection', (socket: Socket) => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  fastify.server.on('request', ({ socket }: { socket: Socket }) => unused.delete(socket))
  fastify.addHook('preClose', async () => {
    closing = true
    for (const socket of unused) {
      socket.destroy()
    }
  })
  fastify.addHook('onSend', async (_request, reply) => {
    if (closing) {
      reply.header('connection', 'close')
    }
  })
}
