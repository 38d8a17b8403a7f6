import {
  fakeCall,
  type FakeApplication,
  type FakeCall,
  type FakeCaller,
  type FakeQuirks,
} from 'asterisk-agi/testing'
import { ScriptedCaller } from './scripted-caller.ts'

export interface TelephoneOptions {
  /** Default: `helpdesk`, with entry and round for its arguments. */
  script?: string
  arguments?: readonly string[]
  entry?: string
  round?: string
  callerId?: string
  linkedId?: string
  /** The channel's name, as `PJSIP/2001-0000001a`; default: an endpoint of the calling number. */
  channel?: string
  /** Its name later on, after a transfer; default: the same. */
  channelLater?: string
  newestCode?: () => Promise<string | null>
  hears?: FakeCaller['hears']
  missingFiles?: (file: string) => boolean
  quirks?: FakeQuirks
  speed?: number
  /** Dialplan applications that the caller's Asterisk has. */
  applications?: Readonly<Record<string, FakeApplication>>
  /** Channel variables from the start; functions too, by their call. */
  variables?: Readonly<Record<string, string>>
}

export interface FinishedCall {
  /** What was heard, by name: `main-menu`, `ask-registration`, … and `name.wav` for what the API synthesized. */
  heard: string[]
  /** The same as Asterisk was told: files and addresses. */
  played: readonly string[]
  unusedKeys: readonly string[]
  agiStatus: string
  variables: Record<string, string>
}

/** Waits of a simulated call run this much faster than on a phone. */
const usualSpeed = 200

/** Calls the helpdesk script of a FastAGI server on this machine, as Asterisk would. */
export class Telephone {
  readonly #port: number

  constructor(port: number) {
    this.#port = port
  }

  /** Calls and keys one group at each question ("-" keys nothing), hangs up when a question finds none left. */
  async call(keys: string, options: TelephoneOptions = {}): Promise<FinishedCall> {
    const caller = new ScriptedCaller({
      groups: keys.trim().split(/\s+/).filter(Boolean),
      newestCode: options.newestCode ?? (async () => null),
    })
    const call = this.dial({ asked: caller.asked, ...(options.hears && { hears: options.hears }) }, options)
    const { agiStatus, variables } = await call.ended
    const { played } = call
    return { heard: played.map(nameOf), played, unusedKeys: caller.unused, agiStatus, variables }
  }

  /** Calls with a caller of the test's own. */
  dial(caller: FakeCaller, options: TelephoneOptions = {}): FakeCall {
    const { entry = 'start', round = '1', channelLater: later = options.channel } = options
    return fakeCall({
      port: this.#port,
      script: options.script ?? 'helpdesk',
      arguments: options.arguments ?? [entry, round],
      callerId: options.callerId ?? '2001',
      ...(options.linkedId && { linkedId: options.linkedId }),
      ...(options.channel && { environment: { agi_channel: options.channel } }),
      ...(later !== undefined && { variables: { 'CHANNEL(name)': later } }),
      ...(options.missingFiles && { missingFiles: options.missingFiles }),
      ...(options.quirks && { quirks: options.quirks }),
      ...(options.applications && { applications: options.applications }),
      ...(options.variables && { variables: options.variables }),
      caller,
      speed: options.speed ?? usualSpeed,
    })
  }
}

/** `main-menu` for `ura/main-menu`, `name.wav` for a synthesized one. */
function nameOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1)
}
