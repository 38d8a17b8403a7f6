import type { Socket } from 'node:net'
import type { AgiCall } from './call.ts'
import { CommandExchange } from './command-exchange.ts'
import { type AgiEnvironment, EnvironmentReader } from './environment.ts'
import { AgiConnectionLostError, AgiError, AgiHangupError, AgiProtocolError } from './errors.ts'
import { LineReader } from './line-reader.ts'
import type { AgiHandler } from './router.ts'
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

/** Why a connection was answered with `failure`. */
export type AgiRefusal = 'full' | 'draining' | 'bad-environment' | 'no-script'

/** What a session asks and tells of the server it belongs to. */
export interface SessionHost {
  environmentTimeoutMs: number
  replyTimeoutMs: number
  /** Called once, when the environment is whole: a handler, or why there is none. */
  admit(environment: AgiEnvironment): AgiHandler | AgiRefusal
  refused(reason: AgiRefusal): void
  started(call: AgiCall): void
  ended(call: AgiCall, outcome: AgiCallOutcome): void
  error(error: unknown, call: AgiCall | null): void
}

/** One connection, from its first byte to its close. */
export class CallSession {
  readonly #socket: Socket
  readonly #host: SessionHost
  readonly #lines = new LineReader(LINE_BYTES_MAX)
  readonly #environment = new EnvironmentReader()
  #exchange: CommandExchange | null = null
  #call: TypedCall | null = null
  #state: 'environment' | 'call' | 'over' = 'environment'
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
    this.#timer = setTimeout(() => this.#refuse('bad-environment'), host.environmentTimeoutMs)
  }

  /** Ends the call, or refuses what has not become one. What is pending in it rejects with `reason`. */
  abort(reason: AgiError): void {
    if (this.#state === 'environment') this.#refuse('draining')
    if (this.#state !== 'call') return
    this.#exchange?.close(reason)
    this.#socket.destroy()
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
      if (this.#state === 'environment') this.#refuse('bad-environment')
      else
        this.#fail(error instanceof AgiError ? error : new AgiProtocolError('Unreadable', { cause: error }))
    }
  }

  #receiveLine(line: string): void {
    if (this.#exchange !== null) {
      this.#exchange.receiveLine(line)
      return
    }
    if (this.#state !== 'environment') return
    const environment = this.#environment.push(line)
    if (environment !== null) this.#begin(environment)
  }

  #begin(environment: AgiEnvironment): void {
    const admitted = this.#host.admit(environment)
    if (typeof admitted === 'string') {
      this.#refuse(admitted)
      return
    }
    clearTimeout(this.#timer)
    this.#state = 'call'
    const exchange = new CommandExchange({
      write: (line) => this.#socket.write(line),
      onOverdue: (error) => this.#fail(error),
    })
    const call = new TypedCall({ environment, exchange, replyTimeoutMs: this.#host.replyTimeoutMs })
    this.#exchange = exchange
    this.#call = call
    this.#host.started(call)
    void this.#run({ call, exchange, handler: admitted })
  }

  async #run(parts: { call: TypedCall; exchange: CommandExchange; handler: AgiHandler }): Promise<void> {
    const { call, exchange, handler } = parts
    let outcome: AgiCallOutcome
    try {
      // A HANGUP in the same segment as the environment is known before the handler writes anything.
      await Promise.resolve()
      await handler(call)
      outcome = this.#outcomeOf(call)
      exchange.finish()
    } catch (error) {
      exchange.finish()
      outcome = endedNormally(error, call.signal) ? this.#outcomeOf(call) : 'failed'
      if (outcome === 'failed') {
        if (error !== this.#fault) this.#host.error(error, call)
        await markFailed(call, exchange)
      }
    }
    this.#end()
    this.#host.ended(call, outcome)
  }

  #outcomeOf(call: TypedCall): AgiCallOutcome {
    if (this.#fault instanceof AgiProtocolError) return 'failed'
    if (!call.signal.aborted) return 'completed'
    if (!(call.signal.reason instanceof AgiHangupError)) return 'connection-lost'
    return call.hangupAsked ? 'completed' : 'hangup'
  }

  /** A line that starts with `failure` makes AGISTATUS=FAILURE; closing alone would mean SUCCESS (run_agi). */
  #refuse(reason: AgiRefusal): void {
    if (this.#state !== 'environment') return
    this.#host.refused(reason)
    this.#socket.write('failure\n')
    this.#end()
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
    this.#exchange?.close(new AgiConnectionLostError('The call is over'))
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
    if (this.#state === 'environment') this.#state = 'over'
    this.#exchange?.close(new AgiConnectionLostError('The connection was lost', { cause }))
  }
}

/**
 * Whether a handler's error is the end of the call, as thrown by a command or, through `call.signal`, by a timer,
 * fetch or a library that wraps what those reject with.
 */
function endedNormally(error: unknown, signal: AbortSignal): boolean {
  let cause = error
  for (let depth = 0; depth < CAUSES_MAX && cause instanceof Error; depth += 1) {
    if (cause instanceof AgiHangupError || cause instanceof AgiConnectionLostError) return true
    if (signal.aborted && cause.name === 'AbortError') return true
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
