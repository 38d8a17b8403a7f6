import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises'
import { LineReader } from '../line-reader.ts'
import type { FakeQuirks } from './fake-quirks.ts'

/** AGI_BUF_LEN of Asterisk 22.6 and later, less its terminator. */
const LINE_BYTES_MAX = 8_191

/** The fake's end of a connection to a FastAGI server. */
export class FakeConnection {
  /** Lines of the server that haven't been run. */
  readonly received: string[] = []
  serverClosed = false
  /** The code of what broke the connection or refused it ('ECONNREFUSED'), or null. */
  errorCode: string | null = null
  /** Why no more is read: a line that Asterisk would have run in pieces. */
  fault: Error | null = null
  readonly #socket: Socket
  readonly #quirks: FakeQuirks
  readonly #onChange: () => void
  readonly #lines = new LineReader(LINE_BYTES_MAX - 1, {
    receiveLine: (line) => void this.received.push(line),
  })

  constructor(address: { host: string; port: number }, quirks: FakeQuirks, onChange: () => void) {
    this.#quirks = quirks
    this.#onChange = onChange
    this.#socket = connect({ ...address, noDelay: true, allowHalfOpen: true })
    this.#socket.on('data', (chunk) => void this.#read(chunk))
    for (const event of ['end', 'close']) this.#socket.on(event, () => this.#gone())
    this.#socket.on('error', (error: NodeJS.ErrnoException) => {
      this.errorCode ??= error.code ?? error.name
      this.#gone()
    })
  }

  /** Whether the connection came about. */
  connected(): Promise<boolean> {
    return new Promise((resolve) => {
      this.#socket.once('connect', () => resolve(true))
      for (const event of ['error', 'close']) this.#socket.once(event, () => resolve(false))
    })
  }

  /** Sends a text; resolves when it needn't be held back any longer, or the connection is gone. */
  async send(text: string): Promise<void> {
    const { splitBytes = false } = this.#quirks
    if (splitBytes === false) {
      await this.#write(Buffer.from(text))
      return
    }
    const bytes = Buffer.from(text)
    const size = splitBytes === true ? 1 : splitBytes
    for (let at = 0; at < bytes.length && this.#socket.writable; at += size) {
      await this.#write(bytes.subarray(at, at + size))
      await nextTurn()
    }
  }

  /** Ends the connection, and resolves when the server has, too. */
  async close(): Promise<void> {
    if (this.#socket.destroyed) return
    const closed = once(this.#socket, 'close')
    this.#socket.end()
    await closed
  }

  /** Breaks the connection at once. */
  cut(): void {
    this.#socket.destroy()
    this.#gone()
  }

  async #write(bytes: Buffer): Promise<void> {
    if (!this.#socket.writable || this.#socket.write(bytes)) return
    await new Promise<void>((resolve) => {
      for (const event of ['drain', 'close']) this.#socket.once(event, () => resolve())
    })
  }

  async #read(chunk: Buffer): Promise<void> {
    const { slowReader } = this.#quirks
    if (slowReader === undefined) {
      this.#take(chunk)
      return
    }
    this.#socket.pause()
    for (let at = 0; at < chunk.length && !this.#socket.destroyed; at += slowReader.bytes) {
      await delay(slowReader.everyMs)
      this.#take(chunk.subarray(at, at + slowReader.bytes))
    }
    this.#socket.resume()
  }

  #take(chunk: Buffer): void {
    try {
      this.#lines.push(chunk)
      this.#onChange()
    } catch (error) {
      this.fault = error instanceof Error ? error : new Error(String(error))
      this.cut()
    }
  }

  #gone(): void {
    this.serverClosed = true
    this.#onChange()
  }
}
