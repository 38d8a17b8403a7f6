import type { Socket } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import type { FastifyInstance } from 'fastify'

/** How long clients in the midst of their work have to hear that each connection is at its end. */
const lastAnswersMs = 250
const pauseMs = 10

/**
 * Lets a server close as soon as its last answer is out. By itself Node 24 waits (a) for a connection that falls idle
 * after `server.close()`, until its keep-alive timeout (72 s with Fastify 5), and (b) for one on which no request ever
 * came, until `headersTimeout` (60 s); clients such as undici keep one of the latter after an aborted request.
 *
 * Nor does it know of requests that clients send on a connection while it closes that one as idle. So for a moment
 * every answer still says that it is the last on its connection, and those that come meanwhile are answered.
 */
export function closePromptly(fastify: FastifyInstance): void {
  const open = new Set<Socket>()
  const unused = new Set<Socket>()
  let closing = false

  function closeUnlessUsed(socket: Socket): void {
    setTimeout(() => {
      if (unused.has(socket)) {
        socket.destroy()
      }
    }, lastAnswersMs)
  }

  fastify.server.on('connection', (socket: Socket) => {
    open.add(socket)
    unused.add(socket)
    socket.once('close', () => {
      open.delete(socket)
      unused.delete(socket)
    })
    if (closing) {
      closeUnlessUsed(socket)
    }
  })
  fastify.server.on('request', ({ socket }: { socket: Socket }) => unused.delete(socket))
  fastify.addHook('preClose', async () => {
    closing = true
    unused.forEach(closeUnlessUsed)
    for (let waited = 0; open.size > 0 && waited < lastAnswersMs; waited += pauseMs) {
      await pause(pauseMs)
    }
  })
  fastify.addHook('onSend', async (_request, reply) => {
    if (closing) {
      reply.header('connection', 'close')
    }
  })
}
