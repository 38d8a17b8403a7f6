import { type FakeCall, type FakeCaller, fakeCall, type FakeQuirks } from 'asterisk-agi/testing'
import { setTimeout as delay } from 'node:timers/promises'
import type { Performer } from './script-server.ts'
import { type Act, type Entry, extensions, language, type Script, soundFilesMs, type Step } from './script.ts'

const quirks: Readonly<Record<Entry, FakeQuirks>> = {
  ordinary: {},
  silentHangup: { silentHangup: true },
  exitOnHangup: { exitOnHangup: true },
  hungUp: { deadFromStart: true },
}

/** Where in the extension the AGI stands. */
const priorities: Readonly<Record<Entry, number>> = {
  ordinary: 2,
  silentHangup: 3,
  exitOnHangup: 3,
  hungUp: 1,
}

/** How much faster than a real one the fake's waits run; a file that something happens in plays so long. */
const speed = 50
const playingMs = 50
/** In a file so short nothing happens, but in the wait behind it. */
const shortFileMs = 20

/** Makes the call that the dialplan of the real side makes. */
export function dialFake(script: Script, port: number): Performer {
  const caller = new ScriptedCaller()
  const entry = script.entry ?? 'ordinary'
  const isOver = entry === 'hungUp'
  const call = fakeCall({
    port,
    script: 'conformance?x=1',
    arguments: ['first', 'second part'],
    extension: isOver ? 'h' : extensions[entry],
    context: isOver ? 'conformance-hung-up' : 'office-destinations',
    priority: priorities[entry],
    environment: { agi_calleridname: 'unknown', agi_dnid: extensions[entry] },
    language,
    quirks: {
      ...quirks[entry],
      dropKeysBetweenCommands: true,
      // Nobody is asked anything in a pause.
      hangupAt: { when: 'during', command: (line) => line === 'EXEC Wait 5' },
    },
    missingFiles: (file) => !(file in soundFilesMs),
    unwritableFiles: (file) => file.startsWith('/none/'),
    routines: {
      'conformance-routine,s,1': (argument, variables) => {
        variables.set('ROUTINE', argument)
        return 'done'
      },
      'conformance-routine,lost,1': () => null,
    },
    caller,
    speed,
  })
  return {
    agiStatus: async () => (await call.ended).agiStatus,
    during: async ({ line, during }: Step) => {
      if (line !== 'EXEC Wait 5') await caller.act(during, call)
    },
  }
}

/** Somebody who does one thing, at the next playback or wait. */
class ScriptedCaller implements FakeCaller {
  #act: Act | undefined
  #call: FakeCall | undefined
  #begun = Promise.withResolvers<void>()

  /** Does it once something plays or waits; resolves then. */
  async act(act: Act | undefined, call: FakeCall): Promise<void> {
    this.#act = act
    this.#call = call
    await this.#begun.promise
    this.#begun = Promise.withResolvers()
  }

  async hears(file: string, signal: AbortSignal): Promise<void> {
    if ((soundFilesMs[file] ?? 0) <= shortFileMs || !this.#does()) return
    if (!signal.aborted) await delay(playingMs, undefined, { signal }).catch(() => {})
  }

  asked(): null {
    this.#does()
    return null
  }

  speaks(): null {
    this.#does()
    return null
  }

  askedForText(): null {
    this.#does()
    return null
  }

  #does(): boolean {
    const act = this.#act
    if (act === undefined) return false
    this.#act = undefined
    if ('press' in act) this.#call?.press(act.press)
    if ('hangup' in act) this.#call?.hangup()
    this.#begun.resolve()
    return true
  }
}
