import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'

/** Stands before a server and passes everything on, until it is told to cut. */
export interface CuttingProxy {
  readonly port: number
  /**
   * When the server next says something that matches, neither that nor anything after it arrives: the connection is
   * broken, as by a server that is killed at that moment. Resolves then.
   */
  cutAt(words: RegExp): Promise<void>
  stop(): Promise<void>
}

/** Starts a proxy on a free port of 127.0.0.1 for a server on the same machine. */
export async function startCuttingProxy(serverPort: number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>()
  let waiting: { words: RegExp; resolve: () => void } | null = null
  const server = createServer((client) => {
    const upstream = connect(serverPort, '127.0.0.1')
    const end = (): void => {
      client.destroy()
      upstream.destroy()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('error', end)
      socket.once('close', () => {
        sockets.delete(socket)
        end()
      })
    }
    client.pipe(upstream)
    upstream.on('data', (bytes: Buffer) => {
      if (waiting?.words.test(bytes.toString('latin1')) === true) {
        waiting.resolve()
        waiting = null
        end()
      } else {
        client.write(bytes)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('no TCP address')
  return {
    port: bound.port,
    cutAt: (words) => {
      const { promise, resolve } = Promise.withResolvers<void>()
      waiting = { words, resolve }
      return promise
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      const closed = once(server, 'close')
      server.close()
      await closed
    },
  }
}
