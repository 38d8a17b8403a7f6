import { createServer, type Server, type Socket } from 'node:net'
import { Admission } from './admission.ts'
import { allowedPeers } from './allowed-peers.ts'
import type { AgiCall } from './call.ts'
import { type AgiCallOutcome, type AgiRefusal, CallSession, type SessionHost } from './call-session.ts'
import type { CommandReport } from './command-exchange.ts'
import type { AgiEnvironment } from './environment.ts'
import { AgiArgumentError, AgiConnectionLostError } from './errors.ts'
import type { AgiRoute, AgiRouter } from './router.ts'

/** Connections beyond `maxCalls` that are answered with `failure`; still more are closed without a word. */
const REFUSALS_AT_ONCE_MAX = 1_000

/**
 * A command is a small line whose reply is awaited. TCP keepalive finds a dead peer; there is no idle timer, for silence
 * is normal for hours (EXEC Dial).
 */
const CONNECTION_OPTIONS = { noDelay: true, keepAlive: true, keepAliveInitialDelay: 30_000 }

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
  /** Calls that wait, in order, for one of those to end; default 0. The caller hears nothing meanwhile. */
  maxWaiting?: number
  /** How long a call may wait, default 2,000; then it is refused. */
  waitingTimeoutMs?: number
  /**
   * Addresses and CIDR networks that may connect, as `['10.1.0.0/16', '::1']`; default everybody. Others are answered
   * with `failure`, so that an Asterisk with a wrong address falls back.
   */
  allowedPeers?: readonly string[]
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
  /** Told of each command that is over: its verb, how long it took, and how it ended. */
  onCommand?: (report: CommandReport, call: AgiCall) => void
}

/** A FastAGI server. */
export interface AgiServer {
  /** Begins to take calls. @param address `port` 0 picks a free one; `host` defaults to every address. */
  listen(address: { port: number; host?: string }): Promise<{ port: number; host: string }>
  /** Calls whose handler is running. */
  readonly activeCalls: number
  /** Calls that wait for one of those to end. */
  readonly waitingCalls: number
  /**
   * Refuses new calls with `failure`, waits for those in progress, then ends them and stops listening.
   * Calling it again gives the same promise.
   *
   * @param options.drainMs How long calls in progress may go on, default 10,000.
   */
  close(options?: { drainMs?: number }): Promise<void>
}

/** Makes a FastAGI server; it doesn't listen yet. @throws AgiArgumentError for a limit or network that is none. */
export function createAgiServer(options: AgiServerOptions): AgiServer {
  return new FastAgiServer(options)
}

class FastAgiServer implements AgiServer {
  readonly #options: AgiServerOptions
  readonly #admission: Admission
  /** null when everybody is: an address costs a system call. */
  readonly #isAllowed: ((address: string | undefined) => boolean) | null
  readonly #host: SessionHost
  readonly #server: Server
  readonly #sessions = new Set<CallSession>()
  #closing: Promise<void> | null = null
  #onChange: (() => void) | null = null

  constructor(options: AgiServerOptions) {
    this.#options = options
    const limits = {
      activeMax: atLeast(1, 'maxCalls', options.maxCalls ?? 500),
      waitingMax: atLeast(0, 'maxWaiting', options.maxWaiting ?? 0),
      waitingTimeoutMs: atLeast(1, 'waitingTimeoutMs', options.waitingTimeoutMs ?? 2_000),
    }
    this.#admission = new Admission(limits)
    this.#isAllowed = options.allowedPeers === undefined ? null : allowedPeers(options.allowedPeers)
    this.#host = this.#sessionHost()
    this.#server = createServer(CONNECTION_OPTIONS, (socket) => this.#accept(socket))
    this.#server.maxConnections = limits.activeMax + limits.waitingMax + REFUSALS_AT_ONCE_MAX
  }

  get activeCalls(): number {
    return this.#admission.active
  }

  get waitingCalls(): number {
    return this.#admission.waiting
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
    for (const session of this.#sessions) session.refuseWaiting()
    await this.#until(() => this.activeCalls === 0, drainMs)
    for (const session of this.#sessions) session.abort(new AgiConnectionLostError('The server is closing'))
    // Handlers see their end, and those just refused read why before their connection goes.
    await this.#until(() => this.activeCalls === 0 && this.#sessions.size === 0, SETTLING_MS)
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
    const session = new CallSession(socket, this.#host)
    this.#sessions.add(session)
    if (this.#isAllowed?.(socket.remoteAddress) === false) session.refuse('not-allowed')
  }

  #sessionHost(): SessionHost {
    const { environmentTimeoutMs = 5_000, replyTimeoutMs = 30_000, onCommand } = this.#options
    return {
      environmentTimeoutMs: atLeast(1, 'environmentTimeoutMs', environmentTimeoutMs),
      replyTimeoutMs: atLeast(1, 'replyTimeoutMs', replyTimeoutMs),
      admission: this.#admission,
      routeOf: (environment) => this.#routeOf(environment),
      refused: (reason) => this.#tell({ type: 'call-refused', reason }),
      started: (call) => this.#tell({ type: 'call-started', call }),
      ended: (call, outcome, durationMs) => this.#ended({ type: 'call-ended', call, durationMs, outcome }),
      error: (error, call) => this.#tellError(error, call),
      closed: (session) => {
        this.#sessions.delete(session)
        this.#onChange?.()
      },
      command:
        onCommand === undefined ? undefined : (report, call) => this.#safely(() => onCommand(report, call)),
    }
  }

  #routeOf(environment: AgiEnvironment): AgiRoute | AgiRefusal {
    if (this.#closing !== null) return 'draining'
    return this.#options.router.routeOf(environment.script) ?? 'no-script'
  }

  #ended(event: AgiServerEvent): void {
    this.#tell(event)
    this.#admission.leave()
    this.#onChange?.()
  }

  #tell(event: AgiServerEvent): void {
    const { onEvent } = this.#options
    if (onEvent !== undefined) this.#safely(() => onEvent(event))
  }

  /** An observer that throws must not cost a call. */
  #safely(observe: () => void): void {
    try {
      observe()
    } catch (error) {
      this.#tellError(error, null)
    }
  }

  #tellError(error: unknown, call: AgiCall | null): void {
    try {
      this.#options.onError?.(error, call)
    } catch {
      // There is nobody else to tell.
    }
  }
}

function atLeast(min: number, name: string, value: number): number {
  if (Number.isSafeInteger(value) && value >= min) return value
  throw new AgiArgumentError(`${name} is no integer of at least ${min}`)
}
