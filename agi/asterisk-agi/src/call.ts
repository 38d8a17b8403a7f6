import type { DtmfKey } from './dtmf.ts'
import type { AgiEnvironment } from './environment.ts'

/**
 * What a playback ended in. `endpos` is in samples (8,000 a second for narrowband files). 'failed': the file
 * is missing or can't be played, while the channel is alive; Asterisk then ends the whole AGI with
 * AGISTATUS=FAILURE, whatever else is done.
 */
export type PlaybackResult =
  | { kind: 'finished'; endpos: number }
  | { kind: 'key'; key: DtmfKey; endpos: number }
  | { kind: 'failed' }

/** What saying digits ended in. */
export type SayResult = { kind: 'finished' } | { kind: 'key'; key: DtmfKey } | { kind: 'failed' }

/** What waiting for one key ended in. */
export type DigitResult = { kind: 'key'; key: DtmfKey } | { kind: 'timeout' }

/**
 * One call. Commands may be issued at any time: they run one after another, in order (at most 32 waiting).
 *
 * Every command may reject with `AgiHangupError` (all but `setVariable(s)`, `getVariable`, `getFullVariable`,
 * `verbose`, `noop`, `exec` and `hangup`, which still run after a hangup), `AgiConnectionLostError`,
 * `AgiDeadChannelError`, `AgiInvalidCommandError`, `AgiUsageError`, `AgiProtocolError`, `AgiQueueFullError`,
 * and `AgiArgumentError` before anything is written. A rejection that nobody awaits is dropped, so that a
 * hangup during a playback begun in the background can't end the process.
 */
export interface AgiCall {
  readonly environment: AgiEnvironment

  /** Aborted on hangup (reason `AgiHangupError`) or lost connection (`AgiConnectionLostError` or `AgiProtocolError`). */
  readonly signal: AbortSignal

  /** Answers the channel, unless it is up. @throws AgiCommandFailedError when Asterisk can't. */
  answer(): Promise<void>

  /** State of the channel: 0 down … 4 ringing … 6 up (include/asterisk/channelstate.h). */
  channelStatus(): Promise<number>

  /** Plays a file; a key of `escapeDigits` (default none) stops it. Other keys are lost. */
  streamFile(file: string, escapeDigits?: string): Promise<PlaybackResult>

  /**
   * Plays a file, then waits for one key. 'finished': nothing was pressed, or, in the wait, a key that isn't in
   * `escapeDigits` (it ends the wait at once); give all twelve keys to hear of wrong ones.
   *
   * @param timeoutMs From the end of the file, 0 to 2,147,483,647.
   */
  getOption(file: string, escapeDigits: string, timeoutMs: number): Promise<PlaybackResult>

  /** Waits for one key. @param timeoutMs 0 to 2,147,483,647. */
  waitForDigit(timeoutMs: number): Promise<DigitResult>

  /**
   * Plays a file (none when '') and collects digits up to `#`, which isn't among them; any key stops the file.
   *
   * @param timeoutMs For the first digit, from the end of the file, and again for each next one; at least 1.
   * @param maxDigits 1 to 1,023.
   * @returns The digits as keyed ('0123' keeps its zero), '' for none; `timedOut` when time ended them.
   * @throws AgiCommandFailedError when the file can't be played.
   */
  getData(file: string, timeoutMs: number, maxDigits: number): Promise<{ digits: string; timedOut: boolean }>

  /** Says digits (0–9 only) one by one with Asterisk's own recordings; those missing are passed over. */
  sayDigits(digits: string, escapeDigits?: string): Promise<SayResult>

  /** Sets a channel variable or a writable function, as `CALLERID(name)`. */
  setVariable(name: string, value: string): Promise<void>

  /** Sets several, in one round trip (EXEC MSet) when their names and values allow it. */
  setVariables(variables: Readonly<Record<string, string>>): Promise<void>

  /**
   * Reads a channel variable; null when it isn't set. Asterisk cuts it at 1,023 bytes, and a value with `)` at
   * the end of an inner line is cut there: use {@link getFullVariable} for long or foreign text.
   */
  getVariable(name: string): Promise<string | null>

  /** Expands an expression, as `${CHANNEL(linkedid)}`, whole; '' for what isn't set, null for no channel. */
  getFullVariable(expression: string): Promise<string | null>

  /** Starts or stops music on hold; it plays while other work is done. @param musicClass Default: the channel's. */
  setMusic(on: boolean, musicClass?: string): Promise<void>

  /** Writes to Asterisk's console. @param level 0 (default) to 10. */
  verbose(message: string, level?: number): Promise<void>

  /** Does nothing but a round trip to Asterisk. */
  noop(): Promise<void>

  /**
   * Runs a dialplan application; takes as long as that does. Asterisk expands `${…}` in `argument` when
   * AGIEXECFULL=yes: never put a caller's text there.
   *
   * @returns What the application returned; -2 when there is no such application.
   */
  exec(application: string, argument?: string): Promise<number>

  /** Hangs the channel up. Resolves as well when the caller was faster. */
  hangup(): Promise<void>
}
