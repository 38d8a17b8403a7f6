import type { AgiReply } from '../reply.ts'

/** One argument of a command: text is quoted, an integer written bare. */
export type AgiArgument = string | number

/**
 * One command of Asterisk: what is written, and what its reply means. Which commands there are, what they take and
 * answer, and whether they run on a dead channel is read in res/res_agi.c (`commands[]` and its handlers) and, for
 * GOSUB, apps/app_stack.c of Asterisk 22.
 */
export interface AgiCommand<Result> {
  readonly verb: string
  readonly arguments: readonly AgiArgument[]
  /** Whether Asterisk runs it on a dead channel too (else: 511). */
  readonly allowedWhenDead: boolean
  /**
   * How long the command may run by itself, in ms: the reply is late some time after that. 0 for one that answers at
   * once, null for as long as the caller, a file or a conversation takes.
   */
  readonly ownTimeMs: number | null
  /** How the last line of a parenthesised value ends (')'), or null when the reply is one line. */
  readonly valueEnd: string | null
  /**
   * What a reply 200 means.
   *
   * @param elapsedMs From the writing of the command to its reply.
   * @throws AgiProtocolError when the reply is none of this command's.
   */
  readonly read: (reply: AgiReply, elapsedMs: number) => Result | IfAlive<Result>
}

/**
 * A reading that holds only if the channel is alive: Asterisk answers -1 for a hangup as well as for a missing file.
 * Without a `result` the command has failed.
 */
export class IfAlive<Result> {
  readonly result: Result | undefined

  constructor(result?: Result) {
    this.result = result
  }
}

/** What most commands have in common: a short reply, at once, on a live channel. */
export const ON_LIVE_CHANNEL = { allowedWhenDead: false, ownTimeMs: 0, valueEnd: null } as const

/** The same for a command that Asterisk runs on a dead channel too. */
export const ON_ANY_CHANNEL = { allowedWhenDead: true, ownTimeMs: 0, valueEnd: null } as const

/** A command that takes as long as a file, a caller or a conversation does. */
export const UNTIL_DONE = { allowedWhenDead: false, ownTimeMs: null, valueEnd: null } as const

/** Whether the channel is alive: what a reading of {@link IfAlive} hangs on. */
export const CHANNEL_STATUS = {
  ...ON_LIVE_CHANNEL,
  verb: 'CHANNEL STATUS',
  arguments: [],
} as const
