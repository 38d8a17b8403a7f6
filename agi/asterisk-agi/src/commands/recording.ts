import { dtmfKeyOfCode, type DtmfKey } from '../dtmf.ts'
import type { AgiReply } from '../reply.ts'
import { clamped, INT_MAX, integer, keySet, notEmpty } from './arguments.ts'
import { type AgiCommand, type AgiArgument, IfAlive, UNTIL_DONE } from './command.ts'
import { integerOf } from './readings.ts'

/**
 * What a recording ended in; `endpos` is its length in samples. 'hangup' is a way to end a message, and what was said
 * is kept. 'failed': the file can't be written, or the beep can't be played.
 */
export type RecordResult =
  | { kind: 'key'; key: DtmfKey; endpos: number }
  | { kind: 'timeout'; endpos: number }
  | { kind: 'hangup'; endpos: number }
  | { kind: 'failed' }

/** How to record. */
export interface RecordOptions {
  /** Longest recording in ms; Infinity for no end. */
  timeoutMs: number
  /** Keys that end it, default '#'. */
  escapeDigits?: string
  /** Ends it after so many seconds of silence (told as 'timeout'); default never. */
  silenceSeconds?: number
  /** Plays `beep` first; default false. A key pressed then ends all at once, with nothing recorded. */
  beep?: boolean
  /** Keeps so many samples of an existing file and records behind them; default 0, a new file. */
  offset?: number
}

/** Recording the caller. */
export interface RecordingCommands {
  /**
   * RECORD FILE: records what the caller says.
   *
   * @param file Without its ending, on the host of Asterisk; existing recordings are replaced.
   * @param format An Asterisk format, as 'wav', which is also the ending.
   */
  recordFile(file: string, format: string, options: RecordOptions): Promise<RecordResult>
}

export function recordFile(file: string, format: string, options: RecordOptions): AgiCommand<RecordResult> {
  const verb = 'RECORD FILE'
  const { timeoutMs, escapeDigits = '#', silenceSeconds = 0, beep = false, offset = 0 } = options
  const isEndless = timeoutMs === Infinity
  const lengthMs = isEndless ? -1 : clamped(verb, timeoutMs, { min: 1, max: INT_MAX })
  const all: AgiArgument[] = [notEmpty(verb, file), notEmpty(verb, format), keySet(verb, escapeDigits)]
  all.push(lengthMs, integer(verb, offset, { min: 0, max: INT_MAX }))
  if (beep) all.push('BEEP')
  // Asterisk multiplies it by 1,000 in an int.
  if (silenceSeconds > 0) all.push(`s=${clamped(verb, silenceSeconds, { min: 1, max: 2_000_000 })}`)
  return { ...UNTIL_DONE, ownTimeMs: isEndless ? null : lengthMs, verb, arguments: all, read: recording }
}

/** The word in parentheses tells: the number of a timeout is whatever time was left of the last frame. */
function recording(reply: AgiReply): RecordResult | IfAlive<RecordResult> {
  const code = integerOf(reply)
  const endpos = reply.endpos ?? 0
  switch (reply.value ?? '') {
    case 'timeout':
      return { kind: 'timeout', endpos }
    case 'hangup':
    case 'waitfor':
      return { kind: 'hangup', endpos }
    default:
      // (dtmf), (randomerror) with the key that stopped the beep or -1, and (writefile).
      return code > 0
        ? { kind: 'key', key: dtmfKeyOfCode(code), endpos }
        : new IfAlive<RecordResult>({ kind: 'failed' })
  }
}
