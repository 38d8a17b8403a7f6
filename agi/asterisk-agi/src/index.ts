/**
 * A FastAGI server for Node: what Asterisk calls, and the calls it hands over.
 *
 * @module asterisk-agi
 */
export type { AgiCall } from './call.ts'
export type { AgiCallOutcome, AgiRefusal } from './call-session.ts'
export type { CommandReport } from './command-exchange.ts'
export type { ChannelCommands } from './commands/channel.ts'
export type { DatabaseCommands } from './commands/database.ts'
export type { DialplanCommands, DialplanPlace, GosubResult, Priority } from './commands/dialplan.ts'
export type { CharacterResult, DigitCommands, DigitResult, TextResult } from './commands/digits.ts'
export type { MessageCommands } from './commands/messages.ts'
export type { ControlledPlaybackResult, ControlOptions, PlaybackCommands } from './commands/playback.ts'
export type { PlaybackResult, SayResult } from './commands/readings.ts'
export type { RecordingCommands, RecordOptions, RecordResult } from './commands/recording.ts'
export type { DateTimeOptions, SayCommands } from './commands/say.ts'
export type { SpeechAlternative, SpeechCommands, SpeechResult } from './commands/speech.ts'
export type { VariableCommands } from './commands/variables.ts'
export { DTMF_KEYS, type DtmfKey, isDtmfKey } from './dtmf.ts'
export type { AgiEnvironment } from './environment.ts'
export {
  AgiArgumentError,
  AgiCommandFailedError,
  AgiConnectionLostError,
  AgiDeadChannelError,
  AgiError,
  type AgiErrorCode,
  type AgiErrorContext,
  AgiHangupError,
  AgiInvalidCommandError,
  AgiProtocolError,
  AgiQueueFullError,
  AgiUsageError,
} from './errors.ts'
export { type AgiHandler, type AgiRoute, AgiRouter } from './router.ts'
export { type AgiServer, type AgiServerEvent, type AgiServerOptions, createAgiServer } from './server.ts'
