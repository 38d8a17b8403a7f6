import { once } from 'node:events'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'

/** A TCP proxy on a free port of 127.0.0.1 that can stop forwarding, as a network or a server that hangs. */
export interface StallingProxy {
  readonly port: number
  /** Connections that are open towards clients. */
  readonly connections: number
  /** Forwards no byte more in either direction; new connections are accepted and hear nothing. */
  stall(): void
  /** Goes on, also with what came meanwhile. */
  resume(): void
  /** Breaks every connection. */
  breakAll(): void
  close(): Promise<void>
}

/** Starts a proxy in front of 127.0.0.1:`targetPort`. */
export async function startStallingProxy(targetPort: number): Promise<StallingProxy> {
  const clients = new Set<Socket>()
  const sockets = new Set<Socket>()
  let isStalled = false
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const target = connect({ port: targetPort, host: '127.0.0.1', allowHalfOpen: true })
    clients.add(client)
    client.once('close', () => clients.delete(client))
    forward(client, target)
    forward(target, client)
  })

  function forward(from: Socket, to: Socket): void {
    sockets.add(from)
    from.on('data', (bytes) => void to.write(bytes))
    from.on('end', () => void to.end())
    from.on('error', () => void to.destroy())
    from.once('close', () => {
      sockets.delete(from)
      to.destroy()
    })
    if (isStalled) {
      from.pause()
    }
  }

  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const breakAll = (): void => {
    for (const socket of sockets) {
      socket.destroy()
    }
  }
  return {
    port: (server.address() as AddressInfo).port,
    get connections() {
      return clients.size
    },
    stall() {
      isStalled = true
      for (const socket of sockets) {
        socket.pause()
      }
    },
    resume() {
      isStalled = false
      for (const socket of sockets) {
        socket.resume()
      }
    },
    breakAll,
    async close() {
      breakAll()
      server.close()
      await once(server, 'close')
    },
  }
}
