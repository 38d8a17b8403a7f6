/**
 * A fake Asterisk: calls a FastAGI server and plays the other side of the call, for tests and demonstrations.
 *
 * @module asterisk-agi/testing
 */
export { type CallLoadOptions, type CallLoadSummary, type CallOfLoad, generateCalls } from './call-load.ts'
export { type FakeCall, type FakeCallEnd, type FakeCallOptions, fakeCall } from './fake-call.ts'
export type { FakeAnswer, FakeCaller } from './fake-caller.ts'
export type { FakeApplication, FakeRoutine } from './fake-commands/command.ts'
export type { FakeRecording } from './fake-files.ts'
export type { FakeCommandChoice, FakeQuirks } from './fake-quirks.ts'
export type { FakeRecognizer, FakeSpeechResult } from './fake-speech.ts'
