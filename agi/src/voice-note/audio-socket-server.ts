import { randomUUID } from 'node:crypto'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Logger } from '@ura/core/logger'
import { AudioSocketReader, encodeFrame, frameTypes, uuidOf } from './audio-socket-frames.ts'

/** What a conversation with Asterisk may do with its connection. */
export interface AudioSocketConnection {
  /** Has the caller hear mono 16-bit samples; at most 65,535 bytes. */
  readonly send: (samples: Buffer) => void
  /** Gives the channel back to whoever ran the application. A second time does nothing. */
  readonly finish: () => void
}

/** One conversation: what it makes of a connection's frames. */
export interface AudioSocketSession {
  begin(connection: AudioSocketConnection): void
  audio(samples: Buffer): void
  key(key: string): void
  /** Nothing more comes. Once, also when nothing ever came. */
  end(): void
}

/** A conversation that Asterisk is asked to come for. */
export interface ExpectedSession {
  /** What Asterisk must show: made of 122 random bits, good once. */
  readonly uuid: string
  /** Takes no connection for it any more; waits a moment for the end of one that is there, then cuts it. */
  close(): Promise<void>
}

export interface AudioSocketServerOptions {
  log: Logger
  /** Connections at once, those that have not yet shown a UUID included. Default: 200. */
  connectionsMax?: number
  /** Within this time a connection must show its UUID. Default: 2,000. */
  uuidWithinMs?: number
  /** The longest connection. Default: 90,000. */
  connectionMsMax?: number
}

interface Expected {
  readonly session: AudioSocketSession
  socket: Socket | null
  readonly ended: PromiseWithResolvers<void>
}

/** How long the other side may take to close, when it has been asked to. */
const closeWithinMs = 1_000

/**
 * Takes the connections of Asterisk's application AudioSocket: plain TCP, each with the one-time UUID of a conversation
 * that is expected. Whatever shows no such UUID in time, or keeps on for too long, is closed.
 */
export class AudioSocketServer {
  readonly #server: Server
  readonly #log: Logger
  readonly #uuidWithinMs: number
  readonly #connectionMsMax: number
  readonly #expected = new Map<string, Expected>()
  readonly #sockets = new Set<Socket>()

  constructor(options: AudioSocketServerOptions) {
    this.#log = options.log
    this.#uuidWithinMs = options.uuidWithinMs ?? 2_000
    this.#connectionMsMax = options.connectionMsMax ?? 90_000
    this.#server = createServer({ noDelay: true }, (socket) => this.#take(socket))
    this.#server.maxConnections = options.connectionsMax ?? 200
  }

  /** @throws Error of the system, as EADDRINUSE */
  async listen(address: { host: string; port: number }): Promise<{ port: number }> {
    const listening = Promise.withResolvers<void>()
    this.#server.once('error', listening.reject)
    this.#server.listen(address, listening.resolve)
    await listening.promise
    this.#server.off('error', listening.reject)
    this.#server.on('error', (error) => this.#log.error({ err: error }, 'the AudioSocket listener failed'))
    return { port: (this.#server.address() as AddressInfo).port }
  }

  /** Connections that are open. */
  get connections(): number {
    return this.#sockets.size
  }

  expect(session: AudioSocketSession): ExpectedSession {
    const uuid = randomUUID()
    const expected: Expected = { session, socket: null, ended: Promise.withResolvers() }
    this.#expected.set(uuid, expected)
    return {
      uuid,
      close: async () => {
        this.#expected.delete(uuid)
        const { socket } = expected
        if (socket === null) {
          this.#end(expected)
        } else {
          // What Asterisk sent last may still be on its way.
          socket.setTimeout(closeWithinMs)
          const late = setTimeout(() => socket.destroy(), closeWithinMs)
          await expected.ended.promise
          clearTimeout(late)
        }
      },
    }
  }

  /** Takes no more connections and cuts those that are open. A second time does nothing. */
  async close(): Promise<void> {
    if (!this.#server.listening) {
      return
    }
    const closed = Promise.withResolvers<void>()
    this.#server.close(() => closed.resolve())
    for (const socket of this.#sockets) {
      socket.destroy()
    }
    await closed.promise
  }

  #take(socket: Socket): void {
    this.#sockets.add(socket)
    const reader = new AudioSocketReader()
    let expected: Expected | null = null
    const late = setTimeout(() => this.#refuse(socket, 'no UUID in time'), this.#uuidWithinMs)
    const tooLong = setTimeout(() => {
      this.#log.warn('an AudioSocket connection was cut: too long')
      socket.destroy()
    }, this.#connectionMsMax)
    socket.on('data', (piece) => {
      for (const { type, payload } of reader.read(piece)) {
        if (expected !== null) {
          deliver(expected.session, type, payload)
          continue
        }
        expected = type === frameTypes.uuid ? this.#claim(payload, socket) : null
        if (expected === null) {
          this.#refuse(socket, 'no UUID that is expected')
          return
        }
        clearTimeout(late)
        expected.session.begin(connectionOn(socket))
      }
    })
    // A connection that breaks is one that ended: what it brought counts.
    socket.on('error', () => socket.destroy())
    socket.on('close', () => {
      clearTimeout(late)
      clearTimeout(tooLong)
      this.#sockets.delete(socket)
      if (expected !== null) {
        this.#end(expected)
      }
    })
  }

  #claim(payload: Buffer, socket: Socket): Expected | null {
    const uuid = uuidOf(payload) ?? ''
    const expected = this.#expected.get(uuid) ?? null
    if (expected !== null) {
      this.#expected.delete(uuid)
      expected.socket = socket
    }
    return expected
  }

  #refuse(socket: Socket, reason: string): void {
    this.#log.warn({ reason, address: socket.remoteAddress }, 'an AudioSocket connection was refused')
    socket.destroy()
  }

  #end({ session, ended }: Expected): void {
    session.end()
    ended.resolve()
  }
}

function deliver(session: AudioSocketSession, type: number, payload: Buffer): void {
  if (type === frameTypes.audio) {
    session.audio(payload)
  } else if (type === frameTypes.key) {
    session.key(payload.toString('latin1'))
  }
  // A hangup is followed by the end of the connection, and other types have nothing for us.
}

function connectionOn(socket: Socket): AudioSocketConnection {
  return {
    send: (samples) => {
      if (socket.writable) {
        socket.write(encodeFrame(frameTypes.audio, samples))
      }
    },
    finish: () => {
      if (socket.writable) {
        // Said first: a socket that just closes while sound comes in may be reset, an error to Asterisk.
        socket.end(encodeFrame(frameTypes.hangup))
        const late = setTimeout(() => socket.destroy(), closeWithinMs)
        socket.once('close', () => clearTimeout(late))
      }
    },
  }
}
