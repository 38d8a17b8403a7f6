/**
 * A FastAGI server for Node: what Asterisk calls, and the calls it hands over.
 *
 * @module asterisk-agi
 */
export type { AgiCall, DigitResult, PlaybackResult, SayResult } from './call.ts'
export type { AgiCallOutcome, AgiRefusal } from './call-session.ts'
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
export { type AgiHandler, AgiRouter } from './router.ts'
export { type AgiServer, type AgiServerEvent, type AgiServerOptions, createAgiServer } from './server.ts'
