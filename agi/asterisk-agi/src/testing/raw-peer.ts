import { connect, type Socket } from 'node:net'
import { LineReader } from '../line-reader.ts'

/** The least environment an AGI server takes. */
export const RAW_ENVIRONMENT = [
  'agi_network: yes',
  'agi_network_script: raw',
  'agi_request: agi://127.0.0.1:4573/raw',
  'agi_channel: PJSIP/2001-00000001',
  'agi_uniqueid: 1795360430.0',
  'agi_version: 22.10.1',
  'agi_context: default',
  'agi_extension: 7000',
  'agi_priority: 1',
  '',
  '',
].join('\n')

/** A bare TCP peer for streams that no Asterisk should send: for this library's own tests. */
export interface RawPeer {
  socket: Socket
  send: (text: string) => void
  /** The next line from the server; null when it has closed. */
  nextLine: () => Promise<string | null>
  /** Resolves when the connection is gone. */
  closed: Promise<void>
}

/** Connects to a server on this machine. */
export async function rawPeer(port: number): Promise<RawPeer> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  const received: (string | null)[] = []
  let wake: (() => void) | null = null
  const reader = new LineReader(64 * 1024, { receiveLine: (line) => void received.push(line) })
  socket.on('data', (chunk) => {
    reader.push(chunk)
    wake?.()
  })
  // A reset is one of the ways a server may close; 'close' follows.
  socket.on('error', () => undefined)
  const closed = new Promise<void>((resolve) => {
    socket.on('close', () => {
      received.push(null)
      wake?.()
      resolve()
    })
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  const nextLine = async (): Promise<string | null> => {
    while (received.length === 0) {
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
    return received.shift() ?? null
  }
  return { socket, send: (text) => void socket.write(text), nextLine, closed }
}
