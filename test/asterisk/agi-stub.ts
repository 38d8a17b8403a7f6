import { createServer, type Socket } from 'node:net'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** One FastAGI session, a line at a time: enough to see what Asterisk does, without the library under test. */
export type StubSession = {
  /** What Asterisk told at the beginning: `agi_request`, `agi_arg_1`, … */
  environment: Record<string, string>
  /** Sends a command and gives the reply's line; `undefined` when the call or the connection is over. */
  send: (command: string) => Promise<string | undefined>
  /** Cuts the connection, as a server that dies. */
  die: () => void
}

/** A FastAGI server whose behaviour a test sets. */
export type AgiStub = {
  /** `host:port`, for the dialplan. */
  readonly address: string
  /** What happens in the next sessions; the connection closes when it is done. */
  script: (session: StubSession) => Promise<void>
  /** The environments of all sessions so far. */
  readonly sessions: readonly Record<string, string>[]
  /** Refuses connections from now on, as a server that isn't there; `rise` undoes it. */
  fall: () => Promise<void>
  rise: () => Promise<void>
  stop: () => Promise<void>
}

/** Starts a FastAGI server on a free port of 127.0.0.1. */
export async function startAgiStub(): Promise<AgiStub> {
  const sessions: Record<string, string>[] = []
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    void converse(socket, (session) => {
      sessions.push(session.environment)
      return stub.script(session)
    })
  })
  const listen = async (port: number) => {
    server.listen(port, '127.0.0.1')
    await once(server, 'listening')
  }
  await listen(0)
  const bound = server.address()
  if (bound === null || typeof bound === 'string') throw new Error('no TCP address')
  const { port } = bound
  const fall = async () => {
    for (const socket of sockets) socket.destroy()
    if (!server.listening) return
    const closed = once(server, 'close')
    server.close()
    await closed
  }
  const stub: AgiStub = {
    address: `127.0.0.1:${port}`,
    script: async () => {},
    sessions,
    fall,
    rise: async () => {
      if (!server.listening) await listen(port)
    },
    stop: fall,
  }
  return stub
}

async function converse(socket: Socket, script: (session: StubSession) => Promise<void>): Promise<void> {
  const lines = createInterface({ input: socket })[Symbol.asyncIterator]()
  const nextLine = async (): Promise<string | undefined> => {
    const { value, done } = await lines.next()
    return done === true ? undefined : value
  }
  const environment: Record<string, string> = {}
  for (let line = await nextLine(); line !== undefined && line !== ''; line = await nextLine()) {
    const [name = ''] = line.split(': ', 1)
    environment[name] = line.slice(name.length + 2)
  }
  await script({
    environment,
    send: async (command) => {
      socket.write(`${command}\n`)
      const line = await nextLine()
      return line === 'HANGUP' ? undefined : line
    },
    die: () => socket.destroy(),
  })
  socket.end()
}
