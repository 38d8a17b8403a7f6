import type { Socket } from 'node:net'
import type { Admission, Candidate } from './admission.ts'
import type { AgiCall } from './call.ts'
import { CommandExchange, type CommandReport, type ExchangeHost } from './command-exchange.ts'
import { lineBytesMaxOf } from './encoding.ts'
import { type AgiEnvironment, EnvironmentReader } from './environment.ts'
import { AgiConnectionLostError, AgiError, AgiHangupError, AgiProtocolError } from './errors.ts'
import { LineReader, type LineReceiver } from './line-reader.ts'
import type { AgiRoute } from './router.ts'
import { TypedCall } from './typed-call.ts'

/** Longest line taken from a peer: values of GET FULL VARIABLE have no bound of their own. */
const LINE_BYTES_MAX = 64 * 1024

/** How long a failed handler's AGI_HANDLER_ERROR may take: the command before it may never end. */
const ERROR_MARK_MS = 2_000

/** How long a peer may take to close its side after we closed ours. */
const CLOSING_MS = 5_000

/** Errors looked at in a chain of causes. */
const CAUSES_MAX = 8

const CALL_OVER = new AgiConnectionLostError('The call is over')

/** How a call ended. */
export type AgiCallOutcome = 'completed' | 'hangup' | 'connection-lost' | 'failed'

/**
 * Why a connection was answered with `failure`: over `maxCalls` (and no place or time to wait), closing, not FastAGI,
 * no handler, or a peer that isn't among `allowedPeers`. 'abandoned': the caller hung up while waiting.
 */
export type AgiRefusal = 'full' | 'draining' | 'bad-environment' | 'no-script' | 'not-allowed' | 'abandoned'

/** What a session asks and tells of the server it belongs to. */
export interface SessionHost {
  readonly environmentTimeoutMs: number
  readonly replyTimeoutMs: number
  readonly admission: Admission
  /** Called once, when the environment is whole: a route, or why there is none. */
  routeOf(environment: AgiEnvironment): AgiRoute | AgiRefusal
  refused(reason: AgiRefusal): void
  started(call: AgiCall): void
  ended(call: AgiCall, outcome: AgiCallOutcome, durationMs: number): void
  error(error: unknown, call: AgiCall | null): void
  /** The connection is gone. */
  closed(session: CallSession): void
  /** Undefined when nobody wants to know of commands. */
  readonly command: ((report: CommandReport, call: AgiCall) => void) | undefined
}

/** Where a socket keeps its session: listeners that are made once save their memory for each of thousands of calls. */
const SESSION = Symbol('session')

interface SessionSocket extends Socket {
  [SESSION]?: CallSession
}

/** One connection, from its first byte to its close. */
export class CallSession implements Candidate, ExchangeHost, LineReceiver {
  readonly #socket: Socket
  readonly #host: SessionHost
  readonly #lines = new LineReader(LINE_BYTES_MAX, this)
  /** Undefined when nobody wants to know. */
  readonly report: ((report: CommandReport) => void) | undefined
  lineBytesMax = 0
  #environment: EnvironmentReader | null = new EnvironmentReader()
  #exchange: CommandExchange | null = null
  #call: TypedCall | null = null
  #route: AgiRoute | null = null
  #state: 'environment' | 'waiting' | 'call' | 'over' = 'environment'
  #bytesSeen = false
  #startedAtMs = 0
  #fault: AgiError | null = null
  #socketError: Error | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(socket: Socket, host: SessionHost) {
    this.#socket = socket
    this.#host = host
    const { command } = host
    this.report = command === undefined ? undefined : (report) => this.#report(command, report)
    const withSession: SessionSocket = socket
    withSession[SESSION] = this
    // Asterisk gives up on a write after 100 ms: the socket is read to its end, whatever the state.
    socket.on('data', receiveData)
    socket.on('error', noteError)
    socket.on('close', noteClose)
    this.#timer = setTimeout(() => this.refuse('bad-environment'), host.environmentTimeoutMs)
  }

  /** Ends the call, or refuses what has not become one. What is pending in it rejects with `reason`. */
  abort(reason: AgiError): void {
    this.refuse('draining')
    if (this.#state !== 'call') return
    this.#exchange?.close(reason)
    this.#socket.destroy()
  }

  /**
   * Refuses what has not become a call. A line that starts with `failure` makes AGISTATUS=FAILURE; closing alone would
   * mean SUCCESS (res/res_agi.c, run_agi).
   */
  refuse(reason: AgiRefusal): void {
    if (this.#state !== 'environment' && this.#state !== 'waiting') return
    this.#host.admission.giveUp(this)
    this.#host.refused(reason)
    this.#socket.write('failure\n')
    this.#end()
  }

  /** A server that closes has no place for those who wait. */
  refuseWaiting(): void {
    if (this.#state === 'waiting') this.refuse('draining')
  }

  /** @internal Called by the admission when a place is free. */
  admitted(): void {
    this.#start()
  }

  /** @internal Called by the admission after the longest wait. */
  turnedAway(): void {
    this.refuse('full')
  }

  /** Drops the connection, whatever state it is in. */
  destroy(): void {
    this.#socket.destroy()
  }

  get replyTimeoutMs(): number {
    return this.#host.replyTimeoutMs
  }

  write(line: string): void {
    this.#socket.write(line)
  }

  overdue(error: AgiConnectionLostError): void {
    this.#fail(error)
  }

  #report(tell: NonNullable<SessionHost['command']>, report: CommandReport): void {
    if (this.#call !== null) tell(report, this.#call)
  }

  /** @internal Bytes of the peer. */
  receive(chunk: Buffer): void {
    this.#bytesSeen = true
    if (this.#state === 'over') return
    try {
      this.#lines.push(chunk)
    } catch (error) {
      if (this.#state !== 'call') this.refuse('bad-environment')
      else
        this.#fail(error instanceof AgiError ? error : new AgiProtocolError('Unreadable', { cause: error }))
    }
  }

  /** @internal One line of the peer. */
  receiveLine(line: string): void {
    if (this.#exchange !== null) {
      this.#exchange.receiveLine(line)
      if (this.#state === 'waiting' && this.#exchange.hungUp) this.refuse('abandoned')
      return
    }
    if (this.#state !== 'environment') return
    const environment = this.#environment?.push(line) ?? null
    if (environment !== null) this.#enter(environment)
  }

  #enter(environment: AgiEnvironment): void {
    this.#stopTimer()
    this.#environment = null
    const route = this.#host.routeOf(environment)
    const place = typeof route === 'string' ? route : this.#host.admission.enter(this)
    if (typeof route === 'string' || place === 'full') {
      this.refuse(typeof route === 'string' ? route : 'full')
      return
    }
    this.lineBytesMax = lineBytesMaxOf(environment.version)
    const exchange = new CommandExchange(this)
    this.#exchange = exchange
    this.#call = new TypedCall({ environment, exchange, lineBytesMax: this.lineBytesMax })
    this.#route = route
    this.#state = 'waiting'
    if (place === 'active') this.#start()
  }

  #start(): void {
    if (this.#call === null) return
    this.#state = 'call'
    this.#startedAtMs = performance.now()
    this.#host.started(this.#call)
    // A HANGUP in the same segment as the environment is known before the handler writes anything.
    queueMicrotask(() => this.#handle())
  }

  /** Without a function that awaits: its frame would be as large as a session, for as long as the call. */
  #handle(): void {
    const [call, exchange, route] = [this.#call, this.#exchange, this.#route]
    this.#route = null
    if (call === null || exchange === null || route === null) return
    handled(route, call).then(
      () => this.#finish(call, this.#outcomeOf(call, exchange)),
      (error: unknown) => this.#handlerFailed(error, call, exchange),
    )
  }

  #handlerFailed(error: unknown, call: TypedCall, exchange: CommandExchange): void {
    const outcome = endedNormally(error, exchange) ? this.#outcomeOf(call, exchange) : 'failed'
    if (outcome !== 'failed') {
      this.#finish(call, outcome)
      return
    }
    exchange.finish()
    if (error !== this.#fault) this.#host.error(error, call)
    void this.#finishFailed(call, exchange)
  }

  async #finishFailed(call: TypedCall, exchange: CommandExchange): Promise<void> {
    await markFailed(call, exchange)
    this.#finish(call, 'failed')
  }

  #finish(call: TypedCall, outcome: AgiCallOutcome): void {
    this.#exchange?.finish()
    this.#end()
    this.#host.ended(call, outcome, performance.now() - this.#startedAtMs)
  }

  #outcomeOf(call: TypedCall, { endReason }: CommandExchange): AgiCallOutcome {
    if (this.#fault instanceof AgiProtocolError) return 'failed'
    if (endReason === null) return 'completed'
    if (!(endReason instanceof AgiHangupError)) return 'connection-lost'
    return call.hangupAsked ? 'completed' : 'hangup'
  }

  /** The stream is of no more use. */
  #fail(fault: AgiError): void {
    if (this.#state !== 'call' || this.#fault !== null) return
    this.#fault = fault
    this.#host.error(fault, this.#call)
    this.abort(fault)
  }

  /** Closes our side; the peer's bytes are still read, for a reset would take the last line from it. */
  #end(): void {
    this.#state = 'over'
    this.#exchange?.close(CALL_OVER)
    this.#stopTimer()
    if (this.#socket.destroyed) return
    this.#timer = setTimeout(() => this.#socket.destroy(), CLOSING_MS)
    this.#socket.end()
  }

  /** @internal The socket's error, which 'close' follows. */
  noteError(error: Error): void {
    this.#socketError = error
  }

  /** @internal The connection is gone. */
  closed(): void {
    this.#stopTimer()
    this.#host.closed(this)
    // A probe that connects and closes says nothing; one that said something was no Asterisk.
    if (this.#state === 'environment' && this.#bytesSeen) this.#host.refused('bad-environment')
    if (this.#state === 'waiting') this.refuse('abandoned')
    if (this.#state === 'environment') this.#state = 'over'
    const exchange = this.#exchange
    if (exchange === null || exchange.closed) return
    exchange.close(new AgiConnectionLostError('The connection was lost', { cause: this.#socketError }))
  }

  /** Lets the timer go as well: it is larger than all the rest of a session. */
  #stopTimer(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
  }
}

function receiveData(this: SessionSocket, chunk: Buffer): void {
  this[SESSION]?.receive(chunk)
}

function noteError(this: SessionSocket, error: Error): void {
  this[SESSION]?.noteError(error)
}

function noteClose(this: SessionSocket): void {
  this[SESSION]?.closed()
}

/** The handler's promise, also when it throws before it gives one. */
function handled({ handler, parameters }: AgiRoute, call: AgiCall): Promise<void> {
  try {
    return handler(call, parameters)
  } catch (error) {
    return Promise.reject(error)
  }
}

/**
 * Whether a handler's error is the end of the call, as thrown by a command or, through `call.signal`, by a timer,
 * fetch or a library that wraps what those reject with.
 */
function endedNormally(error: unknown, { endReason }: CommandExchange): boolean {
  let cause = error
  for (let depth = 0; depth < CAUSES_MAX && cause instanceof Error; depth += 1) {
    if (cause instanceof AgiHangupError || cause instanceof AgiConnectionLostError) return true
    if (endReason !== null && cause.name === 'AbortError') return true
    cause = cause.cause
  }
  return false
}

/** Lets the dialplan know; what can't be told (hangup, lost connection) it knows already. */
async function markFailed(call: AgiCall, exchange: CommandExchange): Promise<void> {
  if (exchange.closed) return
  let timer: NodeJS.Timeout | undefined
  const tooLate = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ERROR_MARK_MS)
  })
  await Promise.race([call.setVariable('AGI_HANDLER_ERROR', '1').catch(() => undefined), tooLate])
  clearTimeout(timer)
}
