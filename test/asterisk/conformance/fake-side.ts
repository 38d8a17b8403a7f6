import { type FakeCall, type FakeCallOptions, fakeCall } from 'asterisk-agi/testing'
import { language } from './real-side.ts'
import type { Performer } from './script-server.ts'
import { type Entry, type Script, soundFilesMs, type Step } from './script.ts'

const quirks: Readonly<Record<Entry, FakeCallOptions['quirks']>> = {
  ordinary: {},
  silentHangup: { silentHangup: true },
  exitOnHangup: { exitOnHangup: true },
  hungUp: {},
}

/** Calls as the dialplan of the real side does; what happens during a step is told to the caller it plays. */
export function dialFake(script: Script, port: number): Performer {
  let act: Step['during']
  const call: FakeCall = fakeCall({
    port,
    script: 'conformance?x=1',
    arguments: ['first', 'second part'],
    extension: '7100',
    language,
    environment: {
      agi_calleridname: 'unknown',
      agi_context: 'office-destinations',
      agi_priority: '2',
    },
    quirks: quirks[script.entry ?? 'ordinary'],
    missingFiles: (file) => !(file in soundFilesMs),
    speed: 50,
  })
  void act
  return {
    agiStatus: async () => (await call.ended).agiStatus,
    during: async () => {},
  }
}
