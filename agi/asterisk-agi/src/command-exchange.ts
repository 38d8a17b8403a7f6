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
import { type AgiReply, ReplyReader } from './reply.ts'

/** Commands that may wait for their turn behind the one in flight. A call flow needs one or two. */
const QUEUE_MAX = 32

/** After HANGUP a command for a live channel gets its 511 at once, or Asterisk is no more. */
const REPLY_AFTER_HANGUP_MS = 5_000

/** Longest time of a timer in Node. */
const TIMER_MS_MAX = 2_147_483_647

const NOT_WRITTEN = -1

const CHANNEL_STATUS_PROBE: AgiCommand<unknown> = { ...CHANNEL_STATUS, read: () => undefined }
const CHANNEL_STATUS_LINE = `${CHANNEL_STATUS.verb}\n`

/** What a server tells of a command that is over. */
export interface CommandReport {
  /** As 'STREAM FILE', without arguments. */
  verb: string
  /** From the writing to the reply, or to what ended the wait for it. */
  durationMs: number
  outcome: 'ok' | AgiErrorCode
}

interface PendingCommand {
  command: AgiCommand<unknown>
  line: string
  writtenAtMs: number
  resolve: (result: unknown) => void
  reject: (error: AgiError) => void
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
  #queue: PendingCommand[] = []
  #inFlight: PendingCommand | null = null
  #replyTimer: NodeJS.Timeout | undefined
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
    return new Promise<Result>((resolve, reject) => {
      const refusal = this.#refusalOf(command)
      if (refusal !== null) {
        reject(refusal)
        return
      }
      const line = encodeCommand(command, this.#host.lineBytesMax)
      this.#queue.push({
        command,
        line,
        writtenAtMs: NOT_WRITTEN,
        resolve: resolve as (result: unknown) => void,
        reject,
      })
      this.#writeNext()
    })
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
    if (event.kind === 'hangup') {
      this.markHungUp()
    } else {
      this.#settle(event.reply)
    }
  }

  /** Notes that the caller is gone: what needs a live channel is refused from now on. */
  markHungUp(): void {
    if (this.#hungUp || this.#finished) return
    this.#hungUp = true
    this.#abort(new AgiHangupError('The caller hung up'))
    const waiting = this.#queue
    this.#queue = waiting.filter(({ command }) => command.allowedWhenDead)
    for (const { command, reject } of waiting) if (!command.allowedWhenDead) reject(hangupOf(command))
    const inFlight = this.#inFlight?.command
    if (inFlight !== undefined && !inFlight.allowedWhenDead)
      this.#expectReply(inFlight, REPLY_AFTER_HANGUP_MS)
  }

  /** The handler is done: commands that were never written won't be, and a later HANGUP means nothing. */
  finish(): void {
    this.#finished = true
    const waiting = this.#queue
    this.#queue = []
    for (const { command, reject } of waiting) {
      reject(new AgiConnectionLostError('The call was over', { command: command.verb }))
    }
  }

  /** The connection is gone, for `reason`: every pending command settles. */
  close(reason: AgiError): void {
    if (this.#closed !== null) return
    this.#closed = reason
    clearTimeout(this.#replyTimer)
    if (!this.#finished) this.#abort(reason)
    const [inFlight, waiting] = [this.#inFlight, this.#queue]
    this.#inFlight = null
    this.#queue = []
    if (inFlight !== null) this.#end(inFlight, this.#lossOf(inFlight.command, reason))
    for (const { command, reject } of waiting) reject(this.#lossOf(command, reason))
  }

  #abort(reason: AgiError): void {
    if (this.#endReason !== null) return
    this.#endReason = reason
    this.#ending?.abort(reason)
  }

  #refusalOf(command: AgiCommand<unknown>): AgiError | null {
    if (this.#closed !== null) return this.#lossOf(command, this.#closed)
    if (this.#hungUp && !command.allowedWhenDead) return hangupOf(command)
    if (this.#queue.length < QUEUE_MAX) return null
    return new AgiQueueFullError(`Over ${QUEUE_MAX} commands are waiting`, { command: command.verb })
  }

  /** With AGIEXITONHANGUP=yes Asterisk closes right after HANGUP: then the hangup is why. */
  #lossOf(command: AgiCommand<unknown>, reason: AgiError): AgiError {
    if (this.#hungUp) return hangupOf(command)
    if (reason instanceof AgiProtocolError) return reason
    return new AgiConnectionLostError(reason.message, { command: command.verb, cause: reason.cause })
  }

  #writeNext(): void {
    if (this.#inFlight !== null || this.#closed !== null) return
    const next = this.#queue.shift()
    if (next !== undefined) this.#writeNow(next)
  }

  #writeNow(pending: PendingCommand): void {
    const { command, line } = pending
    this.#inFlight = pending
    this.#replies.expect(command.valueEnd)
    if (command.ownTimeMs !== null) this.#expectReply(command, command.ownTimeMs + this.#host.replyTimeoutMs)
    pending.writtenAtMs = performance.now()
    this.#host.write(line)
  }

  #expectReply(command: AgiCommand<unknown>, timeoutMs: number): void {
    clearTimeout(this.#replyTimer)
    this.#replyTimer = setTimeout(
      () => {
        const { verb } = command
        this.#host.overdue(new AgiConnectionLostError('Asterisk did not reply in time', { command: verb }))
      },
      Math.min(timeoutMs, TIMER_MS_MAX),
    )
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
    clearTimeout(this.#replyTimer)
    this.#inFlight = null
    const { command } = settled
    if (command.verb === 'EXEC' && reply.status === 200 && reply.result === '1') this.#strayUsageDue = true
    const error = this.#errorOf(command, reply)
    if (error === null && !command.allowedWhenDead) this.#channelSeenAlive = true
    const outcome = error ?? this.#readingOf(settled, reply)
    if (outcome instanceof IfAlive) this.#decide(settled, outcome)
    else this.#end(settled, outcome)
    this.#writeNext()
  }

  /** What a reply 200 means, or the error that it is none of this command's. */
  #readingOf({ command, writtenAtMs }: PendingCommand, reply: AgiReply): unknown {
    try {
      return command.read(reply, performance.now() - writtenAtMs)
    } catch (cause) {
      return new AgiProtocolError(cause instanceof Error ? cause.message : 'The reply makes no sense', {
        command: command.verb,
        cause,
      })
    }
  }

  /**
   * Asks whether the channel is alive before anything else is written: on that hangs what the reply meant. Asks only
   * when the rest of the segment is read: HANGUP often is in it, and answers the question.
   */
  #decide(pending: PendingCommand, { result }: IfAlive<unknown>): void {
    const { command } = pending
    const probe: PendingCommand = {
      command: CHANNEL_STATUS_PROBE,
      line: CHANNEL_STATUS_LINE,
      writtenAtMs: NOT_WRITTEN,
      resolve: () => this.#end(pending, result ?? failureOf(command)),
      reject: (error) => this.#end(pending, error instanceof AgiHangupError ? hangupOf(command) : error),
    }
    this.#inFlight = probe
    queueMicrotask(() => {
      if (this.#inFlight !== probe) return
      if (this.#hungUp) {
        clearTimeout(this.#replyTimer)
        this.#inFlight = null
        this.#end(pending, hangupOf(command))
        this.#writeNext()
      } else {
        this.#writeNow(probe)
      }
    })
  }

  /** Hands an outcome to whoever awaits it: a result, or an error. */
  #end({ command: { verb }, writtenAtMs, resolve, reject }: PendingCommand, outcome: unknown): void {
    const isError = outcome instanceof AgiError
    const { report } = this.#host
    if (report !== undefined && writtenAtMs !== NOT_WRITTEN) {
      report({ verb, durationMs: performance.now() - writtenAtMs, outcome: isError ? outcome.code : 'ok' })
    }
    if (isError) reject(outcome)
    else resolve(outcome)
  }

  #errorOf({ verb: command }: AgiCommand<unknown>, reply: AgiReply): AgiError | null {
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

function hangupOf(command: AgiCommand<unknown>): AgiHangupError {
  return new AgiHangupError('The caller hung up', { command: command.verb })
}

function failureOf(command: AgiCommand<unknown>): AgiCommandFailedError {
  return new AgiCommandFailedError('Asterisk could not do it', { command: command.verb })
}
