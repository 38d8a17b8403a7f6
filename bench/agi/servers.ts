import { createServer, type Server } from 'node:net'
import { type AgiCall, AgiRouter, createAgiServer } from 'asterisk-agi'
import createDingDong from 'ding-dong'
import { SCRIPT } from './call-script.ts'

/** The servers that are compared. */
export const SERVER_KINDS = ['asterisk-agi', 'socket', 'ding-dong'] as const

/** One of {@link SERVER_KINDS}. */
export type ServerKind = (typeof SERVER_KINDS)[number]

/** A server under test, listening. */
export interface ServerUnderTest {
  port: number
  /** Ends every call at once and stops listening; null for those that can't. */
  drain: (() => Promise<void>) | null
}

const HOST = '127.0.0.1'
const LINE_FEED = 0x0a

/** More than any benchmark opens: what is measured is the work of a call, not of a refusal. */
const CALLS_MAX = 10_000

/**
 * Starts a server that takes each call through the script.
 *
 * @param rounds Times through the script before the server ends the call; Infinity leaves the end to the peer.
 */
export function startServer(kind: ServerKind, rounds: number): Promise<ServerUnderTest> {
  return STARTERS[kind](rounds)
}

async function startOurs(rounds: number): Promise<ServerUnderTest> {
  const handle = async (call: AgiCall): Promise<void> => {
    for (let round = 0; round < rounds; round += 1) {
      await call.streamFile('helpdesk/welcome', '#')
      await call.setVariable('HELPDESK_STEP', 'menu')
      await call.getData('helpdesk/registration', 5_000, 4)
    }
  }
  const router = new AgiRouter().script('helpdesk', handle)
  const server = createAgiServer({ router, maxCalls: CALLS_MAX })
  const { port } = await server.listen({ port: 0, host: HOST })
  return { port, drain: () => server.close({ drainMs: 0 }) }
}

/** Writes the next line of the script whenever a line feed has come; looks at nothing else. */
function startSocket(rounds: number): Promise<ServerUnderTest> {
  const lines = SCRIPT.map(({ line }) => line)
  const commands = rounds * lines.length
  const server = createServer((socket) => {
    let written = 0
    socket.on('data', (chunk) => {
      if (chunk.at(-1) !== LINE_FEED) return
      if (written === commands) {
        socket.end()
        return
      }
      socket.write(lines[written % lines.length] ?? '')
      written += 1
    })
    socket.on('error', () => socket.destroy())
  })
  return listening(server)
}

function startDingDong(rounds: number): Promise<ServerUnderTest> {
  const server = createDingDong((context) => {
    void (async () => {
      await context.onEvent('variables')
      for (let round = 0; round < rounds; round += 1) {
        await context.streamFile('helpdesk/welcome', '#')
        await context.setVariable('HELPDESK_STEP', 'menu')
        await context.getData('helpdesk/registration', 5_000, 4)
      }
      await context.end()
    })()
  }).start('0', HOST)
  return listening(server, { isListening: true })
}

const STARTERS: Record<ServerKind, (rounds: number) => Promise<ServerUnderTest>> = {
  'asterisk-agi': startOurs,
  socket: startSocket,
  'ding-dong': startDingDong,
}

async function listening(server: Server, { isListening = false } = {}): Promise<ServerUnderTest> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.once('listening', resolve)
    if (!isListening) server.listen(0, HOST)
  })
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('The server has no TCP port')
  return { port: address.port, drain: null }
}
