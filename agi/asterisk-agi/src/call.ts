import type { ChannelCommands } from './commands/channel.ts'
import type { DatabaseCommands } from './commands/database.ts'
import type { DialplanCommands } from './commands/dialplan.ts'
import type { DigitCommands } from './commands/digits.ts'
import type { MessageCommands } from './commands/messages.ts'
import type { PlaybackCommands } from './commands/playback.ts'
import type { RecordingCommands } from './commands/recording.ts'
import type { SayCommands } from './commands/say.ts'
import type { SpeechCommands } from './commands/speech.ts'
import type { VariableCommands } from './commands/variables.ts'
import type { AgiEnvironment } from './environment.ts'

/**
 * One call, with every command of Asterisk 22. Commands may be issued at any time: they run one after another, in
 * order (at most 32 waiting).
 *
 * Every command may reject with `AgiHangupError` (not those that run after a hangup too), `AgiConnectionLostError`,
 * `AgiDeadChannelError`, `AgiInvalidCommandError`, `AgiUsageError`, `AgiProtocolError`, `AgiQueueFullError`, and
 * `AgiArgumentError` before anything is written. A rejection that nobody awaits is dropped, so that a hangup during a
 * playback begun in the background can't end the process.
 */
export interface AgiCall
  extends
    PlaybackCommands,
    RecordingCommands,
    DigitCommands,
    SayCommands,
    VariableCommands,
    DialplanCommands,
    ChannelCommands,
    MessageCommands,
    DatabaseCommands,
    SpeechCommands {
  readonly environment: AgiEnvironment

  /** Aborted on hangup (reason `AgiHangupError`) or lost connection (`AgiConnectionLostError` or `AgiProtocolError`). */
  readonly signal: AbortSignal
}
