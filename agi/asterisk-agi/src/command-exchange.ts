import { type AgiCommand, CHANNEL_STATUS, IfAlive } from './commands/command.ts'
import { encodeCommand } from './encoding.ts'
import {
  AgiCommandFailedError,
  AgiConnectionLostError,
  AgiDeadChannelError,
  AgiError,
  type AgiErrorCode,
  AgiHangupError,
  AgiInvalidCommandError,
  AgiProtocolError,
  AgiQueueFullError,
  AgiUsageError,
} from './errors.ts'
import {
  failureOf,
  hangupOf,
  NOT_WRITTEN,
  type PendingCommand,
  pendingOf,
  refuse,
} from './pending-command.ts'
import { type AgiReply, ReplyReader } from './reply.ts'

/** Commands that may wait for their turn behind the one in flight. A call flow needs one or two. */
const QUEUE_MAX = 32

/** After HANGUP a command for a live channel gets its 511 at once, or Asterisk is no more. */
const REPLY_AFTER_HANGUP_MS = 5_000

/** Longest time of a timer in Node. */
const TIMER_MS_MAX = 2_147_483_647

const CHANNEL_STATUS_LINE = `${CHANNEL_STATUS.verb}\n`

const NOBODY: readonly PendingCommand[] = []

/** What a server tells of a command that is over. */
export interface CommandReport {
  /** As 'STREAM FILE', without arguments. */
  verb: string
  /** From the writing to the reply, or to what ended the wait for it. */
  durationMs: number
  outcome: 'ok' | AgiErrorCode
}

/** What an exchange needs from the connection it belongs to. */
export interface ExchangeHost {
  /** Bytes of a line, line feed included, that this Asterisk reads as one command. */
  readonly lineBytesMax: number
  /** How long a reply may take beyond the command's own time. */
  readonly replyTimeoutMs: number
  write(line: string): void
  /** A reply is overdue: the connection is of no more use. */
  overdue(error: AgiConnectionLostError): void
  /** Told of every command that was written; undefined when nobody wants to know. */
  readonly report: ((report: CommandReport) => void) | undefined
}

/**
 * Commands and replies of one call: one command in flight, the others in a bounded queue. Never pipelined:
 * Asterisk polls the socket but reads it buffered, so a second line in the same segment waits for more bytes
 * (res/res_agi.c, run_agi), and any input interrupts a playback without a reply.
 *
 * Knows nothing of sockets: lines come by {@link receiveLine}, go by `write`, and {@link close} ends it.
 */
export class CommandExchange {
  readonly #host: ExchangeHost
  readonly #replies = new ReplyReader()
  /** Made when somebody wants to know: most calls in progress never look. */
  #ending: AbortController | null = null
  #endReason: AgiError | null = null
  /** Behind the one in flight; null for none, as nearly always. */
  #queue: PendingCommand[] | null = null
  #inFlight: PendingCommand | null = null
  /** When the reply in flight is late; 0 = nothing is due. */
  #dueAtMs = 0
  #timer: NodeJS.Timeout | undefined
  #timerAtMs = 0
  #strayUsageDue = false
  #channelSeenAlive = false
  #hungUp = false
  #closed: AgiError | null = null
  #finished = false

  constructor(host: ExchangeHost) {
    this.#host = host
  }

  /** Aborted with the reason when the caller hangs up or the connection ends, unless {@link finish} came first. */
  get signal(): AbortSignal {
    if (this.#ending === null) {
      this.#ending = new AbortController()
      if (this.#endReason !== null) this.#ending.abort(this.#endReason)
    }
    return this.#ending.signal
  }

  /** The reason of {@link signal}, or null while it isn't aborted. */
  get endReason(): AgiError | null {
    return this.#endReason
  }

  get hungUp(): boolean {
    return this.#hungUp
  }

  get closed(): boolean {
    return this.#closed !== null
  }

  /**
   * Writes a command when its turn comes; gives what its reply means.
   *
   * @throws AgiArgumentError before anything is written, AgiHangupError, AgiConnectionLostError,
   *   AgiDeadChannelError, AgiInvalidCommandError, AgiUsageError, AgiCommandFailedError, AgiProtocolError,
   *   AgiQueueFullError
   */
  submit<Result>(command: AgiCommand<Result>): Promise<Result> {
    const pending = pendingOf(command)
    const answer = new Promise<Result>((resolve, reject) => {
      pending.resolve = resolve as (result: unknown) => void
      pending.reject = reject
    })
    pending.answer = answer
    const error = this.#refusalOf(command) ?? this.#encode(command, pending)
    if (error !== null) refuse(pending, error)
    else if (this.#inFlight === null) this.#writeNow(pending)
    else (this.#queue ??= []).push(pending)
    return answer
  }

  /**
   * Takes one line of the peer.
   *
   * @throws AgiProtocolError when the stream is no longer FastAGI: replies can't be told apart any more.
   */
  receiveLine(line: string): void {
    if (this.#closed !== null) return
    const event = this.#replies.push(line)
    if (event === null) return
    if (event === 'hangup') this.markHungUp()
    else this.#settle(event)
  }

  /** Notes that the caller is gone: what needs a live channel is refused from now on. */
  markHungUp(): void {
    if (this.#hungUp || this.#finished) return
    this.#hungUp = true
    this.#abort(new AgiHangupError('The caller hung up'))
    const waiting = this.#takeQueue()
    const allowed = waiting.filter(({ allowedWhenDead }) => allowedWhenDead)
    if (allowed.length > 0) this.#queue = allowed
    for (const pending of waiting) if (!pending.allowedWhenDead) refuse(pending, hangupOf(pending.verb))
    const inFlight = this.#inFlight
    if (inFlight !== null && !inFlight.allowedWhenDead) this.#expectReply(REPLY_AFTER_HANGUP_MS)
  }

  /** The handler is done: commands that were never written won't be, and a later HANGUP means nothing. */
  finish(): void {
    this.#finished = true
    for (const pending of this.#takeQueue()) {
      refuse(pending, new AgiConnectionLostError('The call was over', { command: pending.verb }))
    }
  }

  /** The connection is gone, for `reason`: every pending command settles. */
  close(reason: AgiError): void {
    if (this.#closed !== null) return
    this.#closed = reason
    clearTimeout(this.#timer)
    this.#timer = undefined
    if (!this.#finished) this.#abort(reason)
    const inFlight = this.#inFlight
    const waiting = this.#takeQueue()
    this.#inFlight = null
    if (inFlight !== null) this.#end(inFlight, this.#lossOf(inFlight.verb, reason))
    for (const pending of waiting) refuse(pending, this.#lossOf(pending.verb, reason))
  }

  #abort(reason: AgiError): void {
    if (this.#endReason !== null) return
    this.#endReason = reason
    this.#ending?.abort(reason)
  }

  #refusalOf({ verb, allowedWhenDead }: AgiCommand<unknown>): AgiError | null {
    if (this.#closed !== null) return this.#lossOf(verb, this.#closed)
    if (this.#hungUp && !allowedWhenDead) return hangupOf(verb)
    if (this.#queue === null || this.#queue.length < QUEUE_MAX) return null
    return new AgiQueueFullError(`Over ${QUEUE_MAX} commands are waiting`, { command: verb })
  }

  #encode(command: AgiCommand<unknown>, pending: PendingCommand): AgiError | null {
    try {
      pending.line = encodeCommand(command, this.#host.lineBytesMax)
      return null
    } catch (error) {
      if (error instanceof AgiError) return error
      throw error
    }
  }

  /** With AGIEXITONHANGUP=yes Asterisk closes right after HANGUP: then the hangup is why. */
  #lossOf(verb: string, reason: AgiError): AgiError {
    if (this.#hungUp) return hangupOf(verb)
    if (reason instanceof AgiProtocolError) return reason
    return new AgiConnectionLostError(reason.message, { command: verb, cause: reason.cause })
  }

  #takeQueue(): readonly PendingCommand[] {
    const waiting = this.#queue ?? NOBODY
    this.#queue = null
    return waiting
  }

  #writeNext(): void {
    if (this.#inFlight !== null || this.#closed !== null || this.#queue === null) return
    const next = this.#queue.shift()
    if (this.#queue.length === 0) this.#queue = null
    if (next !== undefined) this.#writeNow(next)
  }

  #writeNow(pending: PendingCommand): void {
    const { line, ownTimeMs } = pending
    pending.line = ''
    pending.writtenAtMs = performance.now()
    this.#inFlight = pending
    this.#replies.expect(pending.valueEnd)
    if (ownTimeMs !== null) this.#expectReply(ownTimeMs + this.#host.replyTimeoutMs)
    this.#host.write(line)
  }

  /** A reply that comes leaves the timer be: it finds nothing due, or the next reply. To set one each time costs more. */
  #expectReply(timeoutMs: number): void {
    this.#dueAtMs = performance.now() + timeoutMs
    if (this.#timer !== undefined && this.#timerAtMs <= this.#dueAtMs) return
    clearTimeout(this.#timer)
    this.#wakeIn(timeoutMs)
  }

  #wakeIn(delayMs: number): void {
    this.#timerAtMs = performance.now() + delayMs
    this.#timer = setTimeout(() => this.#wake(), Math.min(delayMs, TIMER_MS_MAX))
  }

  #wake(): void {
    this.#timer = undefined
    if (this.#dueAtMs === 0) return
    const leftMs = this.#dueAtMs - performance.now()
    if (leftMs > 0) {
      this.#wakeIn(leftMs)
      return
    }
    const command = this.#inFlight?.verb ?? ''
    this.#host.overdue(new AgiConnectionLostError('Asterisk did not reply in time', { command }))
  }

  #settle(reply: AgiReply): void {
    // An application that returns 1 means RESULT_SHOWUSAGE to Asterisk 22 (res/res_agi.c, agi_handle_command):
    // after the reply it sends the usage of EXEC, which answers nothing.
    if (this.#strayUsageDue && reply.status === 520) {
      this.#strayUsageDue = false
      return
    }
    this.#strayUsageDue = false
    const settled = this.#inFlight
    if (settled === null || settled.writtenAtMs === NOT_WRITTEN)
      throw new AgiProtocolError('A reply came without a command')
    this.#dueAtMs = 0
    this.#inFlight = null
    if (settled.verb === 'EXEC' && reply.status === 200 && reply.result === '1') this.#strayUsageDue = true
    const error = this.#errorOf(settled.verb, reply)
    if (error === null && !settled.allowedWhenDead) this.#channelSeenAlive = true
    const outcome = error ?? this.#readingOf(settled, reply)
    if (outcome instanceof IfAlive) this.#decide(settled, outcome)
    else this.#end(settled, outcome)
    this.#writeNext()
  }

  /** What a reply 200 means, or the error that it is none of this command's. */
  #readingOf({ verb, read, writtenAtMs }: PendingCommand, reply: AgiReply): unknown {
    try {
      return read(reply, performance.now() - writtenAtMs)
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : 'The reply makes no sense'
      return new AgiProtocolError(message, { command: verb, cause })
    }
  }

  /**
   * Asks whether the channel is alive before anything else is written: on that hangs what the reply meant. Asks only
   * when the rest of the segment is read: HANGUP often is in it, and answers the question.
   */
  #decide(pending: PendingCommand, { result }: IfAlive<unknown>): void {
    const { verb } = pending
    const probe: PendingCommand = {
      ...pendingOf({ ...CHANNEL_STATUS, read: () => undefined }),
      line: CHANNEL_STATUS_LINE,
      resolve: () => this.#end(pending, result ?? failureOf(verb)),
      reject: (error) => this.#end(pending, error instanceof AgiHangupError ? hangupOf(verb) : error),
    }
    this.#inFlight = probe
    queueMicrotask(() => {
      if (this.#inFlight !== probe) return
      if (this.#hungUp) {
        this.#dueAtMs = 0
        this.#inFlight = null
        this.#end(pending, hangupOf(verb))
        this.#writeNext()
      } else {
        this.#writeNow(probe)
      }
    })
  }

  /** Hands an outcome to whoever awaits it: a result, or an error. */
  #end(pending: PendingCommand, outcome: unknown): void {
    const isError = outcome instanceof AgiError
    const { report } = this.#host
    const { verb, writtenAtMs } = pending
    if (report !== undefined && writtenAtMs !== NOT_WRITTEN) {
      report({ verb, durationMs: performance.now() - writtenAtMs, outcome: isError ? outcome.code : 'ok' })
    }
    if (isError) refuse(pending, outcome)
    else pending.resolve(outcome)
  }

  #errorOf(command: string, reply: AgiReply): AgiError | null {
    switch (reply.status) {
      case 200:
        return null
      case 510:
        return new AgiInvalidCommandError('Asterisk does not know the command', { command })
      case 511:
        return this.#deadChannel(command)
      case 520:
        return new AgiUsageError('Asterisk does not take these arguments', { command })
      case 503:
        return new AgiCommandFailedError('Asterisk is out of memory', { command })
      default:
        return new AgiProtocolError(`Asterisk replied ${reply.status}`, { command })
    }
  }

  #deadChannel(command: string): AgiError {
    // With AGISIGHUP=no there is no HANGUP line: a channel that lived and is now dead was hung up.
    if (this.#channelSeenAlive) this.markHungUp()
    if (this.#hungUp) return new AgiHangupError('The caller hung up', { command })
    return new AgiDeadChannelError('The channel was dead from the start', { command })
  }
}
