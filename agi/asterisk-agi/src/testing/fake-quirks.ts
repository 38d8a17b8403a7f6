/** A command of a call: its number, the first being 1, or a condition on its line. */
export type FakeCommandChoice = number | ((line: string) => boolean)

/** Asterisk's unpleasant sides, and those of the network, to be tried on purpose. */
export interface FakeQuirks {
  /** Sends in pieces of so many bytes (true: 1), each in a turn of its own. */
  splitBytes?: boolean | number
  /** Drops keys pressed while no command reads them, as Asterisk does. Default: they are kept. */
  dropKeysBetweenCommands?: boolean
  /** AGISIGHUP=no: no HANGUP line, neither at the hangup nor at the end. */
  silentHangup?: boolean
  /** AGIEXITONHANGUP=yes: closes right after a hangup. */
  exitOnHangup?: boolean
  /** The AGI of an `h` extension: the channel is dead from the first command on, and nothing tells so but 511. */
  deadFromStart?: boolean
  /**
   * The caller hangs up at a command, once: before it is run (HANGUP comes ahead of its reply, a 511), during its
   * first playback or wait (right after it, when it has none), or after its reply.
   */
  hangupAt?: { when: 'before' | 'during' | 'after'; command: FakeCommandChoice }
  /** Never answers this command, nor any other after it. */
  stallAt?: FakeCommandChoice
  /** Takes what the server writes off the connection slowly, in real time, so that its writes back up. */
  slowReader?: { bytes: number; everyMs: number }
  /** Lines nobody asked for, right after the environment. */
  flood?: { line: string; times: number }
  /** Connects and closes without a word, as a load balancer's health check; AGISTATUS is FAILURE then. */
  probe?: boolean
}

/** Whether a choice means the command `line`, the `number`th of the call. */
export function isChosen(choice: FakeCommandChoice, number: number, line: string): boolean {
  return typeof choice === 'number' ? choice === number : choice(line)
}
