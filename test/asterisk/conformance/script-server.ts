import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { createInterface } from 'node:readline'
import type { Script, Step } from './script.ts'
import type { Exchange, Transcript } from './transcript.ts'

/** What a side of the comparison does while the server talks. */
export type Performer = {
  /** Lets the step's act happen once the command has begun; for `nextLine` only waits for that beginning. */
  during: (step: Step) => Promise<void>
  /** The value of AGISTATUS, once the conversation is over. */
  agiStatus: () => Promise<string>
}

/** A FastAGI server that speaks a script and writes down every line that comes back. */
export type ScriptServer = {
  port: number
  /** Has the conversation of a script with the next call, which `dial` begins. */
  converse: (script: Script, dial: (script: Script) => Performer | Promise<Performer>) => Promise<Transcript>
  stop: () => Promise<void>
}

type Connection = {
  write: (line: string) => void
  end: () => void
  /** The next line; `undefined` when Asterisk has closed. */
  nextLine: () => Promise<string | undefined>
}

/** Starts it on a free port of 127.0.0.1. It knows nothing of the library under test. */
export async function startScriptServer(): Promise<ScriptServer> {
  const sockets = new Set<Socket>()
  let arrived: PromiseWithResolvers<Connection> | undefined
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    socket.on('error', () => socket.destroy())
    // A call that nobody has a script for, as from a dialplan that goes back to its AGI.
    if (arrived === undefined) socket.destroy()
    arrived?.resolve(connectionOf(socket))
    arrived = undefined
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no TCP address')
  return {
    port: address.port,
    converse: async (script, dial) => {
      const expected = Promise.withResolvers<Connection>()
      arrived = expected
      const dialling = dial(script)
      // A call that can't be made must not leave the server waiting for it.
      const connection = await Promise.race([expected.promise, failureOf(dialling)])
      return await speak(connection, script, dialling)
    },
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}

async function failureOf(dialling: Performer | Promise<Performer>): Promise<never> {
  await dialling
  return await new Promise<never>(() => {})
}

function connectionOf(socket: Socket): Connection {
  const received = createInterface({ input: socket })[Symbol.asyncIterator]()
  return {
    write: (line) => void socket.write(`${line}\n`),
    end: () => void socket.end(),
    nextLine: async () => {
      try {
        const { value, done } = await received.next()
        return done === true ? undefined : value
      } catch (error) {
        // An Asterisk that has closed answers what is still written to it with a reset.
        if (error instanceof Error && 'code' in error && error.code === 'ECONNRESET') return undefined
        throw error
      }
    },
  }
}

async function speak(
  connection: Connection,
  script: Script,
  dialling: Performer | Promise<Performer>,
): Promise<Transcript> {
  const environment: string[] = []
  for (let line = await connection.nextLine(); line !== undefined && line !== '';) {
    environment.push(line)
    line = await connection.nextLine()
  }
  const exchanges: Exchange[] = []
  for (const [index, step] of script.steps.entries()) {
    connection.write(step.line)
    const isPipelined = step.during !== undefined && 'nextLine' in step.during
    const acting =
      step.during === undefined ? null : Promise.resolve(dialling).then((side) => side.during(step))
    const replies: string[] = []
    if (isPipelined) await acting
    else await Promise.all([acting, readReply(connection, replies)])
    exchanges.push({ line: step.line, replies: [...replies, ...(await readUntilMark(connection, index))] })
  }
  connection.end()
  const closing: string[] = []
  for (let line = await connection.nextLine(); line !== undefined; line = await connection.nextLine()) {
    closing.push(line)
  }
  return { environment, exchanges, closing, agiStatus: await (await dialling).agiStatus() }
}

/** Reads on to the end of one reply, whatever comes before it. */
async function readReply(connection: Connection, replies: string[]): Promise<void> {
  for (;;) {
    const line = await connection.nextLine()
    if (line === undefined) return
    replies.push(line)
    if (/^(?:[2-9]\d\d)(?: |$)/.test(line)) return
  }
}

/** A command that runs on every channel and answers what no other does: what comes before its answer is all there was. */
async function readUntilMark(connection: Connection, index: number): Promise<string[]> {
  connection.write(`GET FULL VARIABLE mark-${index}`)
  const before: string[] = []
  for (;;) {
    const line = await connection.nextLine()
    if (line === undefined || line === `200 result=1 (mark-${index})`) return before
    before.push(line)
  }
}
