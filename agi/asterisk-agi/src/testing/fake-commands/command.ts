import type { FakeChannel } from '../fake-channel.ts'
import type { FakeFiles } from '../fake-files.ts'
import type { FakeRecognizer, FakeSpeechSession } from '../fake-speech.ts'
import type { ChannelFacts, FakeVariables } from '../fake-variables.ts'

/** What a command came to. */
export interface CommandOutcome {
  /** What is sent, or null: the server's next line stopped the command, which then answers nothing. */
  reply: string | null
  /** RESULT_FAILURE: on a live channel the AGI then ends with AGISTATUS=FAILURE. */
  isFailure?: boolean
}

/**
 * A dialplan application: gets its argument and the channel's variables, gives its result. As for EXEC in Asterisk,
 * 1 is followed by a stray usage text and 2 makes AGISTATUS=FAILURE.
 */
export type FakeApplication = (argument: string, variables: Map<string, string>) => number | Promise<number>

/**
 * A dialplan routine for GOSUB: gets its argument ('' without one) and the channel's variables; gives what it returns
 * (GOSUB_RETVAL), or null when it ends without Return.
 */
export type FakeRoutine = (
  argument: string,
  variables: Map<string, string>,
) => string | null | Promise<string | null>

/** What the commands of one call work on. */
export interface CommandContext {
  readonly facts: ChannelFacts
  readonly channel: FakeChannel
  readonly variables: FakeVariables
  readonly files: FakeFiles
  readonly database: Map<string, string>
  readonly applications: Readonly<Record<string, FakeApplication>>
  readonly routines: Readonly<Record<string, FakeRoutine>>
  readonly recognizer: FakeRecognizer | null
  /** What SPEECH CREATE made, until SPEECH DESTROY. */
  speech: FakeSpeechSession | null
  /** Texts that SEND TEXT sent to the caller. */
  readonly texts: string[]
  /** Sends a line before the reply. */
  readonly send: (text: string) => Promise<void>
}

/** Runs one command with the arguments that follow its verb. */
export type FakeCommand = (
  context: CommandContext,
  args: readonly string[],
) => CommandOutcome | Promise<CommandOutcome>
