/** What the library needs to know of a command; facts from the table `commands[]` of res/res_agi.c, Asterisk 22. */
export interface CommandFacts {
  verb: string
  /** Whether Asterisk runs it on a dead channel too (else: 511). */
  allowedWhenDead: boolean
  /** Whether its reply comes at once, or after a time that is known: silence then means a lost connection. */
  prompt: boolean
}

/** The commands that {@link AgiCall} speaks. */
export const COMMANDS = {
  answer: { verb: 'ANSWER', allowedWhenDead: false, prompt: true },
  channelStatus: { verb: 'CHANNEL STATUS', allowedWhenDead: false, prompt: true },
  exec: { verb: 'EXEC', allowedWhenDead: true, prompt: false },
  getData: { verb: 'GET DATA', allowedWhenDead: false, prompt: false },
  getFullVariable: { verb: 'GET FULL VARIABLE', allowedWhenDead: true, prompt: true },
  getOption: { verb: 'GET OPTION', allowedWhenDead: false, prompt: false },
  getVariable: { verb: 'GET VARIABLE', allowedWhenDead: true, prompt: true },
  hangup: { verb: 'HANGUP', allowedWhenDead: false, prompt: true },
  noop: { verb: 'NOOP', allowedWhenDead: true, prompt: true },
  sayDigits: { verb: 'SAY DIGITS', allowedWhenDead: false, prompt: false },
  setMusicOff: { verb: 'SET MUSIC OFF', allowedWhenDead: false, prompt: true },
  setMusicOn: { verb: 'SET MUSIC ON', allowedWhenDead: false, prompt: true },
  setVariable: { verb: 'SET VARIABLE', allowedWhenDead: true, prompt: true },
  streamFile: { verb: 'STREAM FILE', allowedWhenDead: false, prompt: false },
  verbose: { verb: 'VERBOSE', allowedWhenDead: true, prompt: true },
  waitForDigit: { verb: 'WAIT FOR DIGIT', allowedWhenDead: false, prompt: true },
} as const satisfies Record<string, CommandFacts>

/** Name of a command of {@link COMMANDS}. */
export type CommandName = keyof typeof COMMANDS
