/** What happens while a command runs. */
export type Act =
  /** The caller presses keys. */
  | { press: string }
  /** The caller hangs up. */
  | { hangup: true }
  /** The caller sends a text message. */
  | { text: string }
  /** The server sends its next line without waiting for the reply. */
  | { nextLine: true }

/** One line of the server, and what happens while Asterisk runs it. */
export type Step = { line: string; during?: Act }

/** How the call comes to the server: the dialplan of the real Asterisk and the options of the fake say the same. */
export type Entry = 'ordinary' | 'silentHangup' | 'exitOnHangup' | 'hungUp'

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

/** Sound files that both sides have, with their length; all others are missing. */
export const soundFilesMs: Readonly<Record<string, number>> = {
  blip: 20,
  short: 600,
  long: 3_000,
  beep: 20,
  'digits/1': 20,
  'digits/2': 600,
  'digits/star': 20,
  'letters/a': 600,
  'letters/dash': 20,
  'phonetic/a_p': 600,
}
