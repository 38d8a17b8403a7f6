import type { Server } from 'node:http'
import type { Socket } from 'node:net'

/**
 * Makes the closing of an HTTP server prompt. Node's `closeIdleConnections()` passes over a connection on which no
 * request has come yet (Node 24, it counts as active until `headersTimeout`, 60 s), and clients such as undici keep
 * one of those after an aborted request.
 * @returns a function that ends those connections; to be called when the server begins to close.
 */
export function trackUnusedConnections(server: Server): () => void {
  const unused = new Set<Socket>()
  server.on('connection', (socket: Socket) => {
    unused.add(socket)
    socket.once('close', () => unused.delete(socket))
  })
  server.on('request', ({ socket }: { socket: Socket }) => unused.delete(socket))
  return () => {
    for (const socket of unused) {
      socket.destroy()
    }
  }
}
