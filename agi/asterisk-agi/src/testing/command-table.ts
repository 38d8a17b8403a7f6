/** Every command of Asterisk 22 (res/res_agi.c, `commands[]`), and whether it runs on a dead channel. */
const DEAD_ALLOWED: Readonly<Record<string, boolean>> = {
  ANSWER: false,
  'ASYNCAGI BREAK': true,
  'CHANNEL STATUS': false,
  'CONTROL STREAM FILE': false,
  'DATABASE DEL': true,
  'DATABASE DELTREE': true,
  'DATABASE GET': true,
  'DATABASE PUT': true,
  EXEC: true,
  'GET DATA': false,
  'GET FULL VARIABLE': true,
  'GET OPTION': false,
  'GET VARIABLE': true,
  GOSUB: false,
  HANGUP: false,
  NOOP: true,
  'RECEIVE CHAR': false,
  'RECEIVE TEXT': false,
  'RECORD FILE': false,
  'SAY ALPHA': false,
  'SAY DATE': false,
  'SAY DATETIME': false,
  'SAY DIGITS': false,
  'SAY NUMBER': false,
  'SAY PHONETIC': false,
  'SAY TIME': false,
  'SEND IMAGE': false,
  'SEND TEXT': false,
  'SET AUTOHANGUP': false,
  'SET CALLERID': false,
  'SET CONTEXT': false,
  'SET EXTENSION': false,
  'SET MUSIC': false,
  'SET PRIORITY': false,
  'SET VARIABLE': true,
  'SPEECH ACTIVATE GRAMMAR': false,
  'SPEECH CREATE': false,
  'SPEECH DEACTIVATE GRAMMAR': false,
  'SPEECH DESTROY': true,
  'SPEECH LOAD GRAMMAR': false,
  'SPEECH RECOGNIZE': false,
  'SPEECH SET': false,
  'SPEECH UNLOAD GRAMMAR': true,
  'STREAM FILE': false,
  'TDD MODE': false,
  VERBOSE: true,
  'WAIT FOR DIGIT': false,
}

/** Every command of Asterisk 22. */
export const COMMAND_VERBS: readonly string[] = Object.keys(DEAD_ALLOWED)

const WORDS_MAX = 3

/** MAX_ARGS less its terminator. */
const ARGUMENTS_MAX = 127

/** A line cut into a command that Asterisk knows and its arguments. */
export interface ParsedCommand {
  verb: string
  arguments: string[]
  allowedWhenDead: boolean
}

/**
 * Finds the command of a line, in any case; null when Asterisk knows none (reply 510).
 *
 * @throws RangeError as {@link splitArguments}.
 */
export function parseCommand(line: string): ParsedCommand | null {
  const words = splitArguments(line)
  for (let count = Math.min(WORDS_MAX, words.length); count > 0; count -= 1) {
    const verbWords = words.slice(0, count)
    // A quoted blank makes no two words.
    if (verbWords.some((word) => word.includes(' '))) continue
    const verb = verbWords.join(' ').toUpperCase()
    const allowedWhenDead = DEAD_ALLOWED[verb]
    if (allowedWhenDead !== undefined) return { verb, arguments: words.slice(count), allowedWhenDead }
  }
  return null
}

/**
 * As `parse_args` of res/res_agi.c: blanks separate, double quotes keep together, a backslash escapes anything. What
 * comes after 127 words is left out.
 *
 * @throws RangeError when the 128th word begins with a quote: Asterisk 22 writes past the end of its array then.
 */
export function splitArguments(line: string): string[] {
  const found: string[] = []
  let current: string | null = null
  let quoted = false
  let escaped = false
  for (const character of line) {
    const begins = current === null
    if (!escaped && character === '\\') {
      escaped = true
    } else if (!escaped && character === '"') {
      quoted = !quoted
      if (begins && found.length >= ARGUMENTS_MAX)
        throw new RangeError('More quoted arguments than Asterisk can hold')
      current ??= ''
    } else if (!escaped && !quoted && (character === ' ' || character === '\t')) {
      if (current !== null) found.push(current)
      current = null
    } else {
      if (!begins || found.length < ARGUMENTS_MAX) current = (current ?? '') + character
      escaped = false
    }
  }
  if (current !== null) found.push(current)
  return found
}

/** The verbs of every command of Asterisk 22. */
export function commandVerbs(): string[] {
  return Object.keys(DEAD_ALLOWED)
}
