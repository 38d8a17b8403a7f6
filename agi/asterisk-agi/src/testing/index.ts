/**
 * A fake Asterisk: calls a FastAGI server and plays the other side of the call, for tests and demonstrations.
 *
 * @module asterisk-agi/testing
 */
export {
  type FakeCall,
  type FakeCallEnd,
  type FakeCallOptions,
  type FakeQuirks,
  fakeCall,
} from './fake-call.ts'
export type { FakeAnswer, FakeCaller } from './fake-channel.ts'
export type { FakeApplication } from './fake-commands.ts'
