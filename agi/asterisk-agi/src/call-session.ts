import type { Socket } from 'node:net'
import type { Admission, Candidate } from './admission.ts'
import type { AgiCall } from './call.ts'
import { CommandExchange, type CommandReport } from './command-exchange.ts'
import { lineBytesMaxOf } from './encoding.ts'
import { type AgiEnvironment, EnvironmentReader } from './environment.ts'
import { AgiConnectionLostError, AgiError, AgiHangupError, AgiProtocolError } from './errors.ts'
import { LineReader } from './line-reader.ts'
import type { AgiRoute } from './router.ts'
import { TypedCall } from './typed-call.ts'

/** Longest line taken from a peer: values of GET FULL VARIABLE have no bound of their own. */
const LINE_BYTES_MAX = 64 * 1024

/** TCP keepalive finds a dead peer; there is no idle timer, for silence is normal for hours (EXEC Dial). */
const KEEPALIVE_DELAY_MS = 30_000

/** How long a failed handler's AGI_HANDLER_ERROR may take: the command before it may never end. */
const ERROR_MARK_MS = 2_000

/** How long a peer may take to close its side after we closed ours. */
const CLOSING_MS = 5_000

/** Errors looked at in a chain of causes. */
const CAUSES_MAX = 8

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
  ended(call: AgiCall, outcome: AgiCallOutcome): void
  error(error: unknown, call: AgiCall | null): void
  /** Undefined when nobody wants to know of commands. */
  readonly command: ((report: CommandReport, call: AgiCall) => void) | undefined
}

/** A call that has come as far as its route. */
interface CallParts {
  call: TypedCall
  exchange: CommandExchange
  route: AgiRoute
}

/** One connection, from its first byte to its close. */
export class CallSession implements Candidate {
  readonly #socket: Socket
  readonly #host: SessionHost
  readonly #lines = new LineReader(LINE_BYTES_MAX)
  #environment: EnvironmentReader | null = new EnvironmentReader()
  #parts: CallParts | null = null
  #state: 'environment' | 'waiting' | 'call' | 'over' = 'environment'
  #bytesSeen = false
  #fault: AgiError | null = null
  #socketError: Error | undefined
  #timer: NodeJS.Timeout | undefined

  constructor(socket: Socket, host: SessionHost) {
    this.#socket = socket
    this.#host = host
    socket.setNoDelay(true)
    socket.setKeepAlive(true, KEEPALIVE_DELAY_MS)
    // Asterisk gives up on a write after 100 ms: the socket is read to its end, whatever the state.
    socket.on('data', (chunk) => this.#receive(chunk))
    socket.on('error', (error) => {
      this.#socketError = error
    })
    socket.on('close', () => this.#closed())
    this.#timer = setTimeout(() => this.refuse('bad-environment'), host.environmentTimeoutMs)
  }

  /** Ends the call, or refuses what has not become one. What is pending in it rejects with `reason`. */
  abort(reason: AgiError): void {
    this.refuse('draining')
    if (this.#state !== 'call') return
    this.#parts?.exchange.close(reason)
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
    if (this.#parts !== null) this.#start(this.#parts)
  }

  /** @internal Called by the admission after the longest wait. */
  turnedAway(): void {
    this.refuse('full')
  }

  /** Drops the connection, whatever state it is in. */
  destroy(): void {
    this.#socket.destroy()
  }

  #receive(chunk: Buffer): void {
    this.#bytesSeen = true
    if (this.#state === 'over') return
    try {
      for (const line of this.#lines.push(chunk)) this.#receiveLine(line)
    } catch (error) {
      if (this.#state !== 'call') this.refuse('bad-environment')
      else
        this.#fail(error instanceof AgiError ? error : new AgiProtocolError('Unreadable', { cause: error }))
    }
  }

  #receiveLine(line: string): void {
    if (this.#parts !== null) {
      this.#parts.exchange.receiveLine(line)
      if (this.#state === 'waiting' && this.#parts.exchange.hungUp) this.refuse('abandoned')
      return
    }
    const environment = this.#environment?.push(line) ?? null
    if (environment !== null) this.#enter(environment)
  }

  #enter(environment: AgiEnvironment): void {
    clearTimeout(this.#timer)
    const route = this.#host.routeOf(environment)
    const place = typeof route === 'string' ? route : this.#host.admission.enter(this)
    if (typeof route === 'string' || place === 'full') {
      this.refuse(typeof route === 'string' ? route : 'full')
      return
    }
    this.#environment = null
    this.#parts = this.#partsOf(environment, route)
    this.#state = 'waiting'
    if (place === 'active') this.#start(this.#parts)
  }

  #partsOf(environment: AgiEnvironment, route: AgiRoute): CallParts {
    const lineBytesMax = lineBytesMaxOf(environment.version)
    const { command, replyTimeoutMs } = this.#host
    const exchange = new CommandExchange({
      lineBytesMax,
      replyTimeoutMs,
      write: (line) => this.#socket.write(line),
      overdue: (error) => this.#fail(error),
      report: command === undefined ? undefined : (report) => command(report, call),
    })
    const call = new TypedCall({ environment, exchange, lineBytesMax })
    return { call, exchange, route }
  }

  #start(parts: CallParts): void {
    this.#state = 'call'
    this.#host.started(parts.call)
    void this.#run(parts)
  }

  async #run({ call, exchange, route }: CallParts): Promise<void> {
    let outcome: AgiCallOutcome
    try {
      // A HANGUP in the same segment as the environment is known before the handler writes anything.
      await Promise.resolve()
      await route.handler(call, route.parameters)
      outcome = this.#outcomeOf(call, exchange)
      exchange.finish()
    } catch (error) {
      exchange.finish()
      outcome = endedNormally(error, exchange) ? this.#outcomeOf(call, exchange) : 'failed'
      if (outcome === 'failed') {
        if (error !== this.#fault) this.#host.error(error, call)
        await markFailed(call, exchange)
      }
    }
    this.#end()
    this.#host.ended(call, outcome)
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
    this.#host.error(fault, this.#parts?.call ?? null)
    this.abort(fault)
  }

  /** Closes our side; the peer's bytes are still read, for a reset would take the last line from it. */
  #end(): void {
    this.#state = 'over'
    this.#parts?.exchange.close(new AgiConnectionLostError('The call is over'))
    clearTimeout(this.#timer)
    if (this.#socket.destroyed) return
    this.#timer = setTimeout(() => this.#socket.destroy(), CLOSING_MS)
    this.#socket.end()
  }

  #closed(): void {
    clearTimeout(this.#timer)
    const cause = this.#socketError
    // A probe that connects and closes says nothing; one that said something was no Asterisk.
    if (this.#state === 'environment' && this.#bytesSeen) this.#host.refused('bad-environment')
    if (this.#state === 'waiting') this.refuse('abandoned')
    if (this.#state === 'environment') this.#state = 'over'
    this.#parts?.exchange.close(new AgiConnectionLostError('The connection was lost', { cause }))
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
