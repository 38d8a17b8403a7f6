import { fakeCall, type FakeCall, type FakeCaller, type FakeQuirks } from 'asterisk-agi/testing'
import { systemClock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'
import type { TicketApi } from '@ura/core/ticket-api/ticket-api'
import { createAgiApp, type AgiApp } from '../app.ts'
import { readAgiConfiguration } from '../config.ts'
import { ScriptedCaller } from './scripted-caller.ts'

export interface TestCallOptions {
  entry?: string
  round?: string
  callerId?: string
  linkedId?: string
  newestCode?: () => Promise<string | null>
  hears?: FakeCaller['hears']
  missingFiles?: (file: string) => boolean
  quirks?: FakeQuirks
  speed?: number
}

export interface TestCallResult {
  /** What was heard, by name: `main-menu`, `ask-registration`, … and `name.wav` for what the API synthesized. */
  heard: string[]
  unusedKeys: readonly string[]
  agiStatus: string
  variables: Record<string, string>
}

/** Waits of a simulated call run this much faster than on a phone. */
const speed = 200

/** The FastAGI service on a free port of this machine, and a telephone to call it with. */
export class TestLine {
  readonly #app: AgiApp
  readonly #port: number

  private constructor(app: AgiApp, port: number) {
    this.#app = app
    this.#port = port
  }

  static async open(ticketApi: TicketApi): Promise<TestLine> {
    const config = readAgiConfiguration({
      AGI_PORT: '0',
      HELPDESK_API_TOKEN: 'a-token-that-is-not-used',
      AGI_DRAIN_MS: '2000',
    })
    const log = createLogger({ service: 'agi', level: 'silent' })
    const app = createAgiApp(config, { clock: systemClock, log, ticketApi })
    const { port } = await app.listen()
    return new TestLine(app, port)
  }

  /** Calls and keys one group at each question ("-" keys nothing), hangs up when a question finds none left. */
  async call(keys: string, options: TestCallOptions = {}): Promise<TestCallResult> {
    const caller = new ScriptedCaller({
      groups: keys.trim().split(/\s+/).filter(Boolean),
      newestCode: options.newestCode ?? (async () => null),
    })
    const call = this.dial({ asked: caller.asked, ...(options.hears && { hears: options.hears }) }, options)
    const { agiStatus, variables } = await call.ended
    return { heard: call.played.map(nameOf), unusedKeys: caller.unused, agiStatus, variables }
  }

  /** Calls with a caller of the test's own. */
  dial(caller: FakeCaller, options: TestCallOptions = {}): FakeCall {
    const { entry = 'start', round = '1' } = options
    return fakeCall({
      port: this.#port,
      script: 'helpdesk',
      arguments: [entry, round],
      callerId: options.callerId ?? '2001',
      ...(options.linkedId && { linkedId: options.linkedId }),
      ...(options.missingFiles && { missingFiles: options.missingFiles }),
      ...(options.quirks && { quirks: options.quirks }),
      caller,
      speed: options.speed ?? speed,
    })
  }

  activity(): { calls: number; records: number } {
    return this.#app.activity()
  }

  close(): Promise<void> {
    return this.#app.close()
  }
}

/** `main-menu` for `ura/main-menu`, `name.wav` for a synthesized one. */
export function nameOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1)
}
