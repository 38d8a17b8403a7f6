import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'
import type { Environment } from '@ura/core/configuration'
import type { TicketApi } from '@ura/core/ticket-api/ticket-api'
import { createAgiApp, type AgiApp } from '../app.ts'
import { readAgiConfiguration } from '../config.ts'
import type { SpoolState } from '../spool/spool.ts'
import { Telephone } from './telephone.ts'

/** The FastAGI service alone, on a free port of this machine, and a telephone to call it with. */
export class TestLine {
  readonly telephone: Telephone
  readonly port: number
  readonly #app: AgiApp
  readonly #folder: string

  private constructor(app: AgiApp, port: number, folder: string) {
    this.#app = app
    this.#folder = folder
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
    environment: Environment = {},
  ): Promise<TestLine> {
    const folder = await mkdtemp(join(tmpdir(), 'ura-agi-'))
    const config = readAgiConfiguration({
      DATA_DIR: folder,
      AGI_SPOOL_MAX: '10',
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
    return new TestLine(app, port, folder)
  }

  activity(): { calls: number; records: number } {
    return this.#app.activity()
  }

  /** Folder of the service's data, its spool in it. */
  get folder(): string {
    return this.#folder
  }

  spooled(): Promise<SpoolState> {
    return this.#app.spooled()
  }

  async close(): Promise<void> {
    await this.#app.close()
    await rm(this.#folder, { recursive: true, force: true })
  }
}
