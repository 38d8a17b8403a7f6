import { AgiArgumentError } from '../errors.ts'
import { epochSeconds, INT_MAX, integer, keySet, notEmpty } from './arguments.ts'
import { type AgiArgument, type AgiCommand, UNTIL_DONE } from './command.ts'
import { said, type SayResult } from './readings.ts'

/** How {@link SayCommands.sayDateTime} words a moment. */
export interface DateTimeOptions {
  /** A format of the application SayUnixTime; default: that of the channel's language. */
  format?: string
  /** An IANA time zone; default that of Asterisk's host. */
  timeZone?: string
}

/**
 * Saying things with Asterisk's own recordings, in the channel's language; recordings that are missing are passed over.
 * A key of `escapeDigits` (default none) stops it.
 */
export interface SayCommands {
  /** SAY DIGITS: one by one. @param digits 0 to 9, with `*`, `#` or a leading `-`; the first one a digit. */
  sayDigits(digits: string, escapeDigits?: string): Promise<SayResult>

  /** SAY NUMBER. @param gender As the language has it: 'f', 'm', 'n', 'c'. */
  sayNumber(number: number, escapeDigits?: string, gender?: string): Promise<SayResult>

  /** SAY ALPHA: spells. @param letterCase Which letters are said to be capital or small; default none. */
  sayAlpha(text: string, escapeDigits?: string, letterCase?: 'all' | 'lower' | 'upper'): Promise<SayResult>

  /** SAY PHONETIC: spells by the phonetic alphabet. */
  sayPhonetic(text: string, escapeDigits?: string): Promise<SayResult>

  /** SAY DATE: day, month and year in the time zone of Asterisk's host. @param moment From 1970 to 2038. */
  sayDate(moment: Date, escapeDigits?: string): Promise<SayResult>

  /** SAY TIME: the time of day in the time zone of Asterisk's host. @param moment From 1970 to 2038. */
  sayTime(moment: Date, escapeDigits?: string): Promise<SayResult>

  /** SAY DATETIME: a moment, in a format and time zone of one's own. @param moment From 1970 on. */
  sayDateTime(moment: Date, escapeDigits?: string, options?: DateTimeOptions): Promise<SayResult>
}

export function sayDigits(digits: string, escapeDigits = ''): AgiCommand<SayResult> {
  const verb = 'SAY DIGITS'
  if (!/^-?\d[\d*#]*$/.test(digits)) throw new AgiArgumentError('Only digits can be said', { command: verb })
  return say(verb, digits, escapeDigits)
}

export function sayNumber(number: number, escapeDigits = '', gender?: string): AgiCommand<SayResult> {
  const verb = 'SAY NUMBER'
  const value = integer(verb, number, { min: -INT_MAX, max: INT_MAX })
  return say(verb, value, escapeDigits, gender === undefined ? [] : [gender])
}

export function sayAlpha(
  text: string,
  escapeDigits = '',
  letterCase?: 'all' | 'lower' | 'upper',
): AgiCommand<SayResult> {
  const verb = 'SAY ALPHA'
  return say(verb, notEmpty(verb, text), escapeDigits, letterCase === undefined ? [] : [letterCase])
}

export function sayPhonetic(text: string, escapeDigits = ''): AgiCommand<SayResult> {
  const verb = 'SAY PHONETIC'
  return say(verb, notEmpty(verb, text), escapeDigits)
}

export function sayDate(moment: Date, escapeDigits = ''): AgiCommand<SayResult> {
  return say('SAY DATE', epochSeconds('SAY DATE', moment, INT_MAX), escapeDigits)
}

export function sayTime(moment: Date, escapeDigits = ''): AgiCommand<SayResult> {
  return say('SAY TIME', epochSeconds('SAY TIME', moment, INT_MAX), escapeDigits)
}

export function sayDateTime(
  moment: Date,
  escapeDigits = '',
  options: DateTimeOptions = {},
): AgiCommand<SayResult> {
  const verb = 'SAY DATETIME'
  const seconds = epochSeconds(verb, moment, Number.MAX_SAFE_INTEGER)
  const { format, timeZone } = options
  if (format === undefined && timeZone !== undefined) {
    throw new AgiArgumentError('A time zone needs a format', { command: verb })
  }
  return say(
    verb,
    seconds,
    escapeDigits,
    [format, timeZone].filter((one) => one !== undefined),
  )
}

function say(
  verb: string,
  what: AgiArgument,
  escapeDigits: string,
  more: readonly string[] = [],
): AgiCommand<SayResult> {
  return { ...UNTIL_DONE, verb, arguments: [what, keySet(verb, escapeDigits), ...more], read: said }
}
