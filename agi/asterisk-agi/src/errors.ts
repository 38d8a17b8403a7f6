/**
 * What can go wrong in a call. Every error carries a literal `code` to branch on and, where one was
 * involved, the verb of the command. Never the arguments: they may hold keyed digits or names.
 */

/** The literal codes of {@link AgiError}. */
export type AgiErrorCode =
  | 'hangup'
  | 'connection-lost'
  | 'dead-channel'
  | 'invalid-command'
  | 'usage'
  | 'command-failed'
  | 'protocol'
  | 'argument'
  | 'queue-full'

/** What every error of this library may carry beside its message. */
export interface AgiErrorContext {
  /** The verb of the command ('STREAM FILE'), without arguments. */
  command?: string
  cause?: unknown
}

/** The base of every error of this library. */
export abstract class AgiError extends Error {
  abstract readonly code: AgiErrorCode
  /** The verb of the command that failed, or null when there was none. */
  readonly command: string | null

  constructor(message: string, context: AgiErrorContext = {}) {
    super(message, context.cause === undefined ? undefined : { cause: context.cause })
    this.name = new.target.name
    this.command = context.command ?? null
  }
}

/** The caller hung up: a normal end of a call, not a fault. */
export class AgiHangupError extends AgiError {
  readonly code = 'hangup'
}

/** The connection to Asterisk ended, or stopped answering, while the call was being handled. */
export class AgiConnectionLostError extends AgiError {
  readonly code = 'connection-lost'
}

/**
 * Reply 511 on a channel that was dead from the start (AGI called in an `h` extension or an intercept
 * routine). A 511 after the caller has hung up is an {@link AgiHangupError}.
 */
export class AgiDeadChannelError extends AgiError {
  readonly code = 'dead-channel'
}

/** Reply 510: Asterisk does not know the command. */
export class AgiInvalidCommandError extends AgiError {
  readonly code = 'invalid-command'
}

/** Reply 520: Asterisk knows the command but not with these arguments. */
export class AgiUsageError extends AgiError {
  readonly code = 'usage'
}

/** Result -1 on a channel that is still alive, from a command that has no other way to say it failed. */
export class AgiCommandFailedError extends AgiError {
  readonly code = 'command-failed'
}

/** The peer sent something that is not FastAGI, or more of it than the bounds allow. */
export class AgiProtocolError extends AgiError {
  readonly code = 'protocol'
}

/** An argument that can't be sent to Asterisk; nothing was written. */
export class AgiArgumentError extends AgiError {
  readonly code = 'argument'
}

/** More commands are waiting for their turn than one call may queue; nothing was written. */
export class AgiQueueFullError extends AgiError {
  readonly code = 'queue-full'
}
