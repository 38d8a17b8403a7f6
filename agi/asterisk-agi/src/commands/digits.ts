import { dtmfKeyOfCode, type DtmfKey } from '../dtmf.ts'
import type { AgiReply } from '../reply.ts'
import { clamped, milliseconds } from './arguments.ts'
import { type AgiCommand, IfAlive, ON_LIVE_CHANNEL, UNTIL_DONE } from './command.ts'
import { integerOf } from './readings.ts'

/** GET DATA writes into 1,024 bytes (res/res_agi.c, handle_getdata). */
const GET_DATA_DIGITS_MAX = 1_023

/** What waiting for one key ended in. */
export type DigitResult = { kind: 'key'; key: DtmfKey } | { kind: 'timeout' }

/** What waiting for one character of text ended in. */
export type CharacterResult = { kind: 'character'; character: string } | { kind: 'timeout' }

/** What waiting for text ended in. */
export type TextResult = { kind: 'text'; text: string } | { kind: 'timeout' }

/** What the caller keys or types. */
export interface DigitCommands {
  /** WAIT FOR DIGIT: waits for one key. @param timeoutMs At least 0, cut to 2,147,483,647. */
  waitForDigit(timeoutMs: number): Promise<DigitResult>

  /**
   * GET DATA: plays a file (none when '') and collects digits up to `#`, which isn't among them; any key stops the
   * file.
   *
   * @param timeoutMs For the first digit, from the end of the file, and again for each next one; at least 1.
   * @param maxDigits At least 1, cut to 1,023.
   * @returns The digits as keyed ('0123' keeps its zero), '' for none; `timedOut` when time ended them.
   * @throws AgiCommandFailedError when the file can't be played.
   */
  getData(file: string, timeoutMs: number, maxDigits: number): Promise<{ digits: string; timedOut: boolean }>

  /**
   * RECEIVE CHAR: one character, from a channel that carries text. After a time-out Asterisk ends the whole AGI with
   * AGISTATUS=FAILURE, whatever else is done.
   *
   * @param timeoutMs At least 1.
   */
  receiveChar(timeoutMs: number): Promise<CharacterResult>

  /** RECEIVE TEXT: a text, from a channel that carries it. @param timeoutMs At least 1. */
  receiveText(timeoutMs: number): Promise<TextResult>
}

export function waitForDigit(timeoutMs: number): AgiCommand<DigitResult> {
  const verb = 'WAIT FOR DIGIT'
  const waitMs = milliseconds(verb, timeoutMs)
  return { ...ON_LIVE_CHANNEL, ownTimeMs: waitMs, verb, arguments: [waitMs], read: digit }
}

export function getData(
  file: string,
  timeoutMs: number,
  maxDigits: number,
): AgiCommand<{ digits: string; timedOut: boolean }> {
  const verb = 'GET DATA'
  // A timeout of 0 would mean Asterisk's own 6 s and 2 s.
  const waitMs = milliseconds(verb, timeoutMs, 1)
  const digitsMax = clamped(verb, maxDigits, { min: 1, max: GET_DATA_DIGITS_MAX })
  return { ...UNTIL_DONE, verb, arguments: [file, waitMs, digitsMax], read: digits }
}

export function receiveChar(timeoutMs: number): AgiCommand<CharacterResult> {
  const verb = 'RECEIVE CHAR'
  const waitMs = milliseconds(verb, timeoutMs, 1)
  return { ...ON_LIVE_CHANNEL, ownTimeMs: waitMs, verb, arguments: [waitMs], read: character }
}

export function receiveText(timeoutMs: number): AgiCommand<TextResult> {
  const verb = 'RECEIVE TEXT'
  const waitMs = milliseconds(verb, timeoutMs, 1)
  return { ...ON_LIVE_CHANNEL, ownTimeMs: waitMs, valueEnd: ')', verb, arguments: [waitMs], read: text }
}

function digit(reply: AgiReply): DigitResult | IfAlive<DigitResult> {
  const code = integerOf(reply)
  if (code < 0) return new IfAlive()
  return code === 0 ? { kind: 'timeout' } : { kind: 'key', key: dtmfKeyOfCode(code) }
}

/** The result is a string: '-1' is the only one that is no digits. */
function digits(
  reply: AgiReply,
): { digits: string; timedOut: boolean } | IfAlive<{ digits: string; timedOut: boolean }> {
  if (reply.result === '-1') return new IfAlive()
  return { digits: reply.result, timedOut: reply.value === 'timeout' }
}

/** A time-out is told as `-1 (hangup)`; 0 is an empty text (seen on Asterisk 22.10.1). */
function character(reply: AgiReply): CharacterResult | IfAlive<CharacterResult> {
  const code = integerOf(reply)
  if (code < 0) return new IfAlive<CharacterResult>({ kind: 'timeout' })
  return code === 0 ? { kind: 'timeout' } : { kind: 'character', character: String.fromCodePoint(code) }
}

/** -1 is the time-out as well as the hangup (res/res_agi.c, handle_recvtext). */
function text(reply: AgiReply): TextResult | IfAlive<TextResult> {
  if (integerOf(reply) < 0) return new IfAlive<TextResult>({ kind: 'timeout' })
  return { kind: 'text', text: reply.value ?? '' }
}
