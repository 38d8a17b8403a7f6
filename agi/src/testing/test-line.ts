import { systemClock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'
import type { TicketApi } from '@ura/core/ticket-api/ticket-api'
import { createAgiApp, type AgiApp } from '../app.ts'
import { readAgiConfiguration } from '../config.ts'
import { Telephone } from './telephone.ts'

/** The FastAGI service alone, on a free port of this machine, and a telephone to call it with. */
export class TestLine {
  readonly telephone: Telephone
  readonly port: number
  readonly #app: AgiApp

  private constructor(app: AgiApp, port: number) {
    this.#app = app
    this.port = port
    this.telephone = new Telephone(port)
  }

  /**
   * @param logged Is given what the service logs, one JSON line each.
   * @param environment Settings of the service beside its port and the like, as `API_BUDGET_MS`.
   */
  static async open(
    ticketApi: TicketApi,
    logged: string[] = [],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<TestLine> {
    const config = readAgiConfiguration({
      ...environment,
      AGI_PORT: '0',
      HELPDESK_API_TOKEN: 'a-token-that-is-not-used',
      AGI_DRAIN_MS: '500',
      ...environment,
    })
    const log = createLogger({
      service: 'agi',
      level: 'info',
      destination: { write: (line: string) => void logged.push(line) },
    })
    const app = createAgiApp(config, { clock: systemClock, log, ticketApi })
    const { port } = await app.listen()
    return new TestLine(app, port)
  }

  activity(): { calls: number; records: number } {
    return this.#app.activity()
  }

  close(): Promise<void> {
    return this.#app.close()
  }
}
