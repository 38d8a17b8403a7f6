import type { DtmfKey } from '../dtmf.ts'
import { AgiArgumentError } from '../errors.ts'
import { dtmfKeyOfCode, isDtmfKey } from '../dtmf.ts'
import type { AgiReply } from '../reply.ts'
import { clamped, INT_MAX, integer, keySet, milliseconds, notEmpty } from './arguments.ts'
import { type AgiCommand, IfAlive, UNTIL_DONE } from './command.ts'
import { integerOf, playback, type PlaybackResult } from './readings.ts'

/**
 * What {@link PlaybackCommands.controlStreamFile} ended in. `offsetMs` is how far the file had played; null at its end,
 * where Asterisk tells -1.
 */
export type ControlledPlaybackResult =
  | { kind: 'finished'; offsetMs: number | null }
  | { kind: 'key'; key: DtmfKey; offsetMs: number }
  | { kind: 'failed' }

/** What the caller may do during {@link PlaybackCommands.controlStreamFile}. */
export interface ControlOptions {
  /** Keys that end the playback; default none. */
  escapeDigits?: string
  /** How far the forward and rewind keys go, default 3,000. */
  skipMs?: number
  /** Default '#'. */
  forwardKey?: DtmfKey
  /** Default '*'. */
  rewindKey?: DtmfKey
  /** Pauses and goes on; default none. */
  pauseKey?: DtmfKey
  /** Where to begin, default 0. */
  offsetMs?: number
}

/** Playing files. */
export interface PlaybackCommands {
  /**
   * STREAM FILE: plays a file; a key of `escapeDigits` (default none) stops it. Other keys are lost.
   *
   * @param offset Where to begin, in samples; default 0.
   */
  streamFile(file: string, escapeDigits?: string, offset?: number): Promise<PlaybackResult>

  /** CONTROL STREAM FILE: plays a file that the caller can wind and pause. */
  controlStreamFile(file: string, options?: ControlOptions): Promise<ControlledPlaybackResult>

  /**
   * GET OPTION: plays a file, then waits for one key. 'finished': nothing was pressed, or, in the wait, a key that
   * isn't in `escapeDigits` (it ends the wait at once); give all twelve keys to hear of wrong ones.
   *
   * @param timeoutMs From the end of the file; at least 0, cut to 2,147,483,647.
   */
  getOption(file: string, escapeDigits: string, timeoutMs: number): Promise<PlaybackResult>
}

export function streamFile(file: string, escapeDigits = '', offset = 0): AgiCommand<PlaybackResult> {
  const verb = 'STREAM FILE'
  const keys = keySet(verb, escapeDigits)
  const begin = integer(verb, offset, { min: 0, max: INT_MAX })
  const from = begin === 0 ? [] : [begin]
  return { ...UNTIL_DONE, verb, arguments: [notEmpty(verb, file), keys, ...from], read: playback }
}

export function controlStreamFile(
  file: string,
  options: ControlOptions = {},
): AgiCommand<ControlledPlaybackResult> {
  const verb = 'CONTROL STREAM FILE'
  const { escapeDigits = '', skipMs = 3_000, forwardKey = '#', rewindKey = '*', pauseKey = '' } = options
  const skip = clamped(verb, skipMs, { min: 1, max: INT_MAX })
  for (const key of [forwardKey, rewindKey, pauseKey]) {
    if (key !== '' && !isDtmfKey(key)) throw new AgiArgumentError('A key is none', { command: verb })
  }
  const keys = [skip, forwardKey, rewindKey, pauseKey] as const
  const offsetMs = milliseconds(verb, options.offsetMs ?? 0)
  const all = [notEmpty(verb, file), keySet(verb, escapeDigits), ...keys, offsetMs]
  return { ...UNTIL_DONE, verb, arguments: all, read: controlledPlayback }
}

export function getOption(file: string, escapeDigits: string, timeoutMs: number): AgiCommand<PlaybackResult> {
  const verb = 'GET OPTION'
  const waitMs = milliseconds(verb, timeoutMs)
  return {
    ...UNTIL_DONE,
    verb,
    arguments: [notEmpty(verb, file), keySet(verb, escapeDigits), waitMs],
    read: (reply, elapsedMs) => option(reply, elapsedMs - waitMs),
  }
}

/** Samples in a millisecond of a narrowband file; a wideband one has more, which only asks once too often. */
const SAMPLES_PER_MS = 8

/**
 * A hangup in the wait is told as "no key" (res/res_agi.c, handle_getoption). A wait that ended before its time
 * was ended by that, or by a key outside the set.
 */
function option(reply: AgiReply, playedMs: number): PlaybackResult | IfAlive<PlaybackResult> {
  const reading = playback(reply)
  if (reading instanceof IfAlive || reading.kind !== 'finished') return reading
  return playedMs < reading.endpos / SAMPLES_PER_MS ? new IfAlive<PlaybackResult>(reading) : reading
}

function controlledPlayback(reply: AgiReply): ControlledPlaybackResult | IfAlive<ControlledPlaybackResult> {
  const code = integerOf(reply)
  if (code < 0) return new IfAlive<ControlledPlaybackResult>({ kind: 'failed' })
  const offsetMs = Math.max(reply.endpos ?? 0, 0)
  return code === 0
    ? { kind: 'finished', offsetMs: reply.endpos === -1 ? null : offsetMs }
    : { kind: 'key', key: dtmfKeyOfCode(code), offsetMs }
}
