import {
  AgiConnectionLostError,
  AgiDeadChannelError,
  type AgiError,
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

/** One command, ready to be written. */
export interface AgiCommand {
  verb: string
  /** The whole line, line feed included. */
  line: string
  /** Whether Asterisk still runs it when the channel is dead. */
  allowedWhenDead: boolean
  /** How long the reply may take; null for as long as the caller, a queue or a conversation likes. */
  replyTimeoutMs: number | null
  /** See {@link ReplyReader.expect}. */
  valueEnd: string | null
}

interface PendingCommand {
  command: AgiCommand
  resolve: (reply: AgiReply) => void
  reject: (error: AgiError) => void
}

/**
 * Commands and replies of one call: one command in flight, the others in a bounded queue. Never pipelined:
 * Asterisk polls the socket but reads it buffered, so a second line in the same segment waits for more bytes
 * (res/res_agi.c, run_agi), and any input interrupts a playback without a reply.
 *
 * Knows nothing of sockets: lines come by {@link receiveLine}, go by `write`, and {@link close} ends it.
 */
export class CommandExchange {
  readonly #write: (line: string) => void
  /** Called when a reply is overdue: the connection is of no more use. */
  readonly #onOverdue: (error: AgiConnectionLostError) => void
  readonly #replies = new ReplyReader()
  readonly #ending = new AbortController()
  #queue: PendingCommand[] = []
  #inFlight: PendingCommand | null = null
  #replyTimer: NodeJS.Timeout | undefined
  #strayUsageDue = false
  #channelSeenAlive = false
  #hungUp = false
  #closed: AgiError | null = null
  #finished = false

  constructor(options: {
    write: (line: string) => void
    onOverdue: (error: AgiConnectionLostError) => void
  }) {
    this.#write = options.write
    this.#onOverdue = options.onOverdue
  }

  /** Aborted with the reason when the caller hangs up or the connection ends, unless {@link finish} came first. */
  get signal(): AbortSignal {
    return this.#ending.signal
  }

  get hungUp(): boolean {
    return this.#hungUp
  }

  get closed(): boolean {
    return this.#closed !== null
  }

  /**
   * Writes a command when its turn comes; gives its reply when that is a 200.
   *
   * @throws AgiHangupError, AgiConnectionLostError, AgiDeadChannelError, AgiInvalidCommandError,
   *   AgiUsageError, AgiProtocolError, AgiQueueFullError
   */
  submit(command: AgiCommand): Promise<AgiReply> {
    return new Promise((resolve, reject) => {
      const refusal = this.#refusalOf(command)
      if (refusal !== null) {
        reject(refusal)
        return
      }
      this.#queue.push({ command, resolve, reject })
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
    const pending = this.#inFlight === null ? this.#queue : [this.#inFlight, ...this.#queue]
    this.#inFlight = null
    this.#queue = []
    for (const { command, reject } of pending) reject(this.#lossOf(command, reason))
  }

  #abort(reason: AgiError): void {
    if (!this.#ending.signal.aborted) this.#ending.abort(reason)
  }

  #refusalOf(command: AgiCommand): AgiError | null {
    if (this.#closed !== null) return this.#lossOf(command, this.#closed)
    if (this.#hungUp && !command.allowedWhenDead) return hangupOf(command)
    if (this.#queue.length < QUEUE_MAX) return null
    return new AgiQueueFullError(`Over ${QUEUE_MAX} commands are waiting`, { command: command.verb })
  }

  /** With AGIEXITONHANGUP=yes Asterisk closes right after HANGUP: then the hangup is why. */
  #lossOf(command: AgiCommand, reason: AgiError): AgiError {
    if (this.#hungUp) return hangupOf(command)
    if (reason instanceof AgiProtocolError) return reason
    return new AgiConnectionLostError(reason.message, { command: command.verb, cause: reason.cause })
  }

  #writeNext(): void {
    if (this.#inFlight !== null || this.#closed !== null) return
    const next = this.#queue.shift()
    if (next === undefined) return
    this.#inFlight = next
    const { command } = next
    this.#replies.expect(command.valueEnd)
    if (command.replyTimeoutMs !== null) this.#expectReply(command, command.replyTimeoutMs)
    this.#write(command.line)
  }

  #expectReply(command: AgiCommand, timeoutMs: number): void {
    clearTimeout(this.#replyTimer)
    this.#replyTimer = setTimeout(() => {
      this.#onOverdue(new AgiConnectionLostError('Asterisk did not reply in time', { command: command.verb }))
    }, timeoutMs)
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
    if (settled === null) throw new AgiProtocolError('A reply came without a command')
    clearTimeout(this.#replyTimer)
    this.#inFlight = null
    const { command } = settled
    if (command.verb === 'EXEC' && reply.status === 200 && reply.result === '1') this.#strayUsageDue = true
    const error = this.#errorOf(command, reply)
    if (error === null) {
      if (!command.allowedWhenDead) this.#channelSeenAlive = true
      settled.resolve(reply)
    } else {
      settled.reject(error)
    }
    this.#writeNext()
  }

  #errorOf({ verb: command }: AgiCommand, reply: AgiReply): AgiError | null {
    switch (reply.status) {
      case 200:
        return null
      case 510:
        return new AgiInvalidCommandError('Asterisk does not know the command', { command })
      case 511:
        return this.#deadChannel(command)
      case 520:
        return new AgiUsageError('Asterisk does not take these arguments', { command })
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

function hangupOf(command: AgiCommand): AgiHangupError {
  return new AgiHangupError('The caller hung up', { command: command.verb })
}
