import { connect, type Socket } from 'node:net'
import { ENVIRONMENT } from '../call-script.ts'

const LINE_FEED = 0x0a

/** What a peer does with a call. */
export interface PeerCall {
  port: number
  /** Called for each command line; says nothing itself. */
  onCommand: (socket: Socket) => void
  /** Called once when the connection is gone, with what broke it or null. */
  onClose: (error: Error | null) => void
}

/**
 * Opens a call and sends its environment. Does as little as can be done, so that one core drives a server on
 * another: a command is a chunk that ends with a line feed, for the servers here write each line whole.
 */
export function openPeerCall({ port, onCommand, onClose }: PeerCall): Socket {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true })
  let failure: Error | null = null
  socket.once('connect', () => void socket.write(ENVIRONMENT))
  socket.on('data', (chunk) => {
    if (chunk.at(-1) === LINE_FEED) onCommand(socket)
  })
  socket.once('error', (error) => {
    failure = error
  })
  socket.once('close', () => onClose(failure))
  return socket
}
