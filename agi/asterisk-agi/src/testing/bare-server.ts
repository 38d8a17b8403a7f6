import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import { LineReader } from '../line-reader.ts'
import { type FakeCall, fakeCall, type FakeCallOptions } from './fake-call.ts'

/** A server that knows nothing of AGI, so that a test sees every line of the fake and writes what it likes. */
export interface BareServer {
  fake: FakeCall
  /** The next line of Asterisk after the environment; null when it has closed. */
  next: () => Promise<string | null>
  write: (text: string) => void
  end: () => void
  socket: Socket
}

const listening: Server[] = []

/** Has a fake call a bare server, which has read its environment. */
export async function bareServer(options: Omit<FakeCallOptions, 'port'> = {}): Promise<BareServer> {
  const server = createServer({ allowHalfOpen: true })
  listening.push(server)
  const connection = once(server, 'connection') as Promise<[Socket]>
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('No address')
  const fake = fakeCall({ port: address.port, speed: Infinity, ...options })
  const [socket] = await connection
  const lines = received(socket)
  const next = async (): Promise<string | null> => {
    const { done, value } = await lines.next()
    return done === true ? null : value
  }
  for (let line = await next(); line !== '' && line !== null;) line = await next()
  return {
    fake,
    next,
    write: (text) => void socket.write(text),
    end: () => void socket.end(),
    socket,
  }
}

/** Sends each line after the reply to the one before; gives the first line of each reply. */
export async function answersOf(
  lines: readonly string[],
  options: Omit<FakeCallOptions, 'port'> = {},
): Promise<{ answers: (string | null)[]; fake: FakeCall; agiStatus: string }> {
  const { fake, next, write, end } = await bareServer(options)
  const answers: (string | null)[] = []
  for (const line of lines) {
    write(`${line}\n`)
    answers.push(await next())
  }
  end()
  const { agiStatus } = await fake.ended
  return { answers, fake, agiStatus }
}

/** Stops the servers of all calls so far. */
export function closeBareServers(): void {
  for (const server of listening.splice(0)) server.close()
}

async function* received(socket: Socket): AsyncGenerator<string, void, undefined> {
  const found: string[] = []
  const lines = new LineReader(8_192, { receiveLine: (line) => void found.push(line) })
  for await (const chunk of socket) {
    lines.push(chunk as Buffer)
    yield* found.splice(0)
  }
}
