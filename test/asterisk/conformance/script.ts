/** What happens while a command runs. */
export type Act =
  /** The caller presses keys. */
  | { press: string }
  /** The caller hangs up. */
  | { hangup: true }
  /** The server sends its next line without waiting for the reply. */
  | { nextLine: true }

/** One line of the server, and what happens while Asterisk runs it. */
export type Step = { line: string; during?: Act }

/** How the call comes to the server: the dialplan of the real Asterisk and the options of the fake say the same. */
export type Entry = 'ordinary' | 'silentHangup' | 'exitOnHangup' | 'hungUp'

/** What is dialled for each. */
export const extensions: Readonly<Record<Entry, string>> = {
  ordinary: '7100',
  silentHangup: '7101',
  exitOnHangup: '7102',
  hungUp: '7103',
}

/** The language whose folder is the one that the harness shares with Asterisk; its syntax is Portuguese. */
export const language = 'pt_BR/ura'

/** A conversation that a server has with Asterisk, whatever Asterisk answers. */
export type Script = {
  name: string
  /** Default 'ordinary'. */
  entry?: Entry
  /** A line with a `during` may stand in a script only once: it is awaited by its text. */
  steps: readonly Step[]
}

/** Steps in which nothing happens but what the command does. */
export function lines(...texts: string[]): Step[] {
  return texts.map((line) => ({ line }))
}

/**
 * Sound files that both sides have, with their length. Asterisk finds digits and letters that aren't here among its
 * own, the fake doesn't; `number/…`, `date/…`, `time/…` and `datetime/…` are the fake's names for what Asterisk puts
 * together from several files.
 */
export const soundFilesMs: Readonly<Record<string, number>> = {
  /** Over before anybody can hang up. */
  tick: 1,
  blip: 20,
  short: 600,
  long: 3_000,
  beep: 600,
  'digits/0': 20,
  'digits/1': 20,
  'digits/2': 600,
  'digits/3': 20,
  'digits/star': 20,
  'digits/minus': 20,
  'digits/hour': 600,
  'digits/day-4': 600,
  'letters/a': 600,
  'letters/z': 20,
  'letters/dash': 20,
  'phonetic/a_p': 600,
  'phonetic/z_p': 20,
  'number/0': 20,
  'number/1': 20,
  'number/2': 600,
  'number/22': 600,
  'date/0': 600,
  'time/0': 600,
  'datetime/0': 600,
}
