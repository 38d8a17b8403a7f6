import { createServer, type Server, type Socket } from 'node:net'
import type { AgiCall } from './call.ts'
import { type AgiCallOutcome, type AgiRefusal, CallSession, type SessionHost } from './call-session.ts'
import type { AgiEnvironment } from './environment.ts'
import { AgiConnectionLostError } from './errors.ts'
import type { AgiHandler, AgiRouter } from './router.ts'

/** Connections beyond `maxCalls` that are answered with `failure`; still more are closed without a word. */
const REFUSALS_AT_ONCE_MAX = 1_000

/** How long handlers may take to see that their call was ended by {@link AgiServer.close}. */
const SETTLING_MS = 1_000

/** What happens in a server, for logs and metrics. */
export type AgiServerEvent =
  | { type: 'call-started'; call: AgiCall }
  | { type: 'call-ended'; call: AgiCall; durationMs: number; outcome: AgiCallOutcome }
  | { type: 'call-refused'; reason: AgiRefusal }

/** Options of {@link createAgiServer}. */
export interface AgiServerOptions {
  router: AgiRouter
  /** Calls handled at once, default 500. Past it a call is refused with `failure`, so that AGISTATUS=FAILURE. */
  maxCalls?: number
  /** How long a peer may take to send its environment, default 5,000. */
  environmentTimeoutMs?: number
  /**
   * How long Asterisk may take to reply to a command that ends by itself (not a playback, GET DATA or EXEC),
   * default 30,000. Past it the connection counts as lost.
   */
  replyTimeoutMs?: number
  /** Told of errors thrown by handlers and of protocol faults. A hangup or a lost connection is neither. */
  onError?: (error: unknown, call: AgiCall | null) => void
  /** Told of calls as they begin, end and are refused; what it throws goes to `onError`. */
  onEvent?: (event: AgiServerEvent) => void
}

/** A FastAGI server. */
export interface AgiServer {
  /** Begins to take calls. @param address `port` 0 picks a free one; `host` defaults to every address. */
  listen(address: { port: number; host?: string }): Promise<{ port: number; host: string }>
  /** Calls whose handler is running. */
  readonly activeCalls: number
  /**
   * Refuses new calls with `failure`, waits for those in progress, then ends them and stops listening.
   * Calling it again gives the same promise.
   *
   * @param options.drainMs How long calls in progress may go on, default 10,000.
   */
  close(options?: { drainMs?: number }): Promise<void>
}

/** Makes a FastAGI server; it doesn't listen yet. */
export function createAgiServer(options: AgiServerOptions): AgiServer {
  return new FastAgiServer(options)
}

class FastAgiServer implements AgiServer {
  readonly #options: AgiServerOptions
  readonly #maxCalls: number
  readonly #server: Server
  readonly #sessions = new Set<CallSession>()
  /** Calls in progress, with the time each began. */
  readonly #calls = new Map<AgiCall, number>()
  #closing: Promise<void> | null = null
  #onChange: (() => void) | null = null

  constructor(options: AgiServerOptions) {
    this.#options = options
    this.#maxCalls = options.maxCalls ?? 500
    this.#server = createServer((socket) => this.#accept(socket))
    this.#server.maxConnections = this.#maxCalls + REFUSALS_AT_ONCE_MAX
  }

  get activeCalls(): number {
    return this.#calls.size
  }

  listen(address: { port: number; host?: string }): Promise<{ port: number; host: string }> {
    const server = this.#server
    return new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen(address, () => {
        server.off('error', reject)
        server.on('error', (error) => this.#tellError(error, null))
        const bound = server.address()
        if (bound === null || typeof bound === 'string') reject(new Error('The server has no TCP address'))
        else resolve({ port: bound.port, host: bound.address })
      })
    })
  }

  close({ drainMs = 10_000 }: { drainMs?: number } = {}): Promise<void> {
    this.#closing ??= this.#drainAndStop(drainMs)
    return this.#closing
  }

  async #drainAndStop(drainMs: number): Promise<void> {
    await this.#until(() => this.#calls.size === 0, drainMs)
    for (const session of this.#sessions) session.abort(new AgiConnectionLostError('The server is closing'))
    // Handlers see their end, and those just refused read why before their connection goes.
    await this.#until(() => this.#calls.size === 0 && this.#sessions.size === 0, SETTLING_MS)
    if (!this.#server.listening) return
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve())
      for (const session of this.#sessions) session.destroy()
    })
  }

  async #until(condition: () => boolean, timeoutMs: number): Promise<void> {
    if (condition()) return
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs)
      this.#onChange = () => {
        if (!condition()) return
        clearTimeout(timer)
        resolve()
      }
    })
    this.#onChange = null
  }

  #accept(socket: Socket): void {
    const session = new CallSession(socket, this.#sessionHost())
    this.#sessions.add(session)
    socket.on('close', () => {
      this.#sessions.delete(session)
      this.#onChange?.()
    })
  }

  #sessionHost(): SessionHost {
    return {
      environmentTimeoutMs: this.#options.environmentTimeoutMs ?? 5_000,
      replyTimeoutMs: this.#options.replyTimeoutMs ?? 30_000,
      admit: (environment) => this.#admit(environment),
      refused: (reason) => this.#tell({ type: 'call-refused', reason }),
      started: (call) => {
        this.#calls.set(call, performance.now())
        this.#tell({ type: 'call-started', call })
      },
      ended: (call, outcome) => this.#ended(call, outcome),
      error: (error, call) => this.#tellError(error, call),
    }
  }

  #admit(environment: AgiEnvironment): AgiHandler | AgiRefusal {
    if (this.#closing !== null) return 'draining'
    if (this.#calls.size >= this.#maxCalls) return 'full'
    return this.#options.router.handlerOf(environment.script) ?? 'no-script'
  }

  #ended(call: AgiCall, outcome: AgiCallOutcome): void {
    const durationMs = performance.now() - (this.#calls.get(call) ?? performance.now())
    this.#calls.delete(call)
    this.#tell({ type: 'call-ended', call, durationMs, outcome })
    this.#onChange?.()
  }

  #tell(event: AgiServerEvent): void {
    try {
      this.#options.onEvent?.(event)
    } catch (error) {
      this.#tellError(error, null)
    }
  }

  #tellError(error: unknown, call: AgiCall | null): void {
    try {
      this.#options.onError?.(error, call)
    } catch {
      // An observer that throws must not cost a call, and there is nobody else to tell.
    }
  }
}
