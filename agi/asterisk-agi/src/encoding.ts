import type { AgiArgument } from './commands/command.ts'
import { AgiArgumentError } from './errors.ts'

/** Asterisk's `parse_args` keeps 127 arguments in a fixed array; more quoted ones overflow it (asterisk#2069). */
const ARGUMENTS_MAX = 127

const LINE_BYTES_MAX_OLD = 2_047
const LINE_BYTES_MAX_NEW = 8_191

/** First release of each branch whose AGI_BUF_LEN is 8,192 (res/res_agi.c, pull request asterisk#1318). */
const FIRST_WITH_LONG_LINES: ReadonlyMap<number, number> = new Map([
  [20, 16],
  [21, 11],
  [22, 6],
])
const FIRST_BRANCH_WITH_LONG_LINES = 23

/**
 * The longest command line, in bytes and with its line feed, that an Asterisk of this version runs as one
 * command: 8,191 from 20.16, 21.11, 22.6 and 23.0, otherwise 2,047. A version that can't be read counts as old.
 *
 * @param version `agi_version`, as '22.10.1+dfsg~1' or 'certified/20.7-cert5'.
 */
export function lineBytesMaxOf(version: string): number {
  const match = /^(?:Asterisk )?(\d+)\.(\d+)/.exec(version)
  if (match === null) return LINE_BYTES_MAX_OLD
  const branch = Number(match[1])
  if (branch >= FIRST_BRANCH_WITH_LONG_LINES) return LINE_BYTES_MAX_NEW
  const firstMinor = FIRST_WITH_LONG_LINES.get(branch)
  if (firstMinor === undefined || Number(match[2]) < firstMinor) return LINE_BYTES_MAX_OLD
  return LINE_BYTES_MAX_NEW
}

/**
 * One command as one line, line feed included. Text is always quoted, so that spaces, quotes and backslashes
 * arrive as they are; numbers are written bare.
 *
 * @throws AgiArgumentError for CR, LF or NUL (nothing escapes them: what follows would run as a command of its
 *   own), a number that isn't an integer, too many arguments, or a line longer than `lineBytesMax`.
 */
export function encodeCommand(
  command: { readonly verb: string; readonly arguments: readonly AgiArgument[] },
  lineBytesMax: number,
): string {
  const { verb } = command
  const count = command.arguments.length
  if (count > ARGUMENTS_MAX / 2 && count + verb.split(' ').length > ARGUMENTS_MAX) {
    throw new AgiArgumentError('Too many arguments', { command: verb })
  }
  let line = verb
  for (const argument of command.arguments) line += ` ${encodeArgument(argument, verb)}`
  line += '\n'
  // A character takes three bytes at most (four are two of them): a short line needs no counting.
  if (line.length * 3 > lineBytesMax && Buffer.byteLength(line) > lineBytesMax) {
    throw new AgiArgumentError(`The line is longer than ${lineBytesMax} bytes`, { command: verb })
  }
  return line
}

function encodeArgument(argument: AgiArgument, command: string): string {
  if (typeof argument === 'number') {
    if (!Number.isSafeInteger(argument)) throw new AgiArgumentError('A number is no integer', { command })
    return String(argument)
  }
  // Nearly every text is plain: one look is enough.
  if (!/[\r\n\0"\\]/.test(argument)) return `"${argument}"`
  if (/[\r\n\0]/.test(argument)) {
    throw new AgiArgumentError('An argument holds a line break or NUL', { command })
  }
  return `"${argument.replaceAll(/["\\]/g, String.raw`\$&`)}"`
}
