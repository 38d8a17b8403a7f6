import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Writable } from 'node:stream'
import { createAgiApp, type AgiApp } from '@ura/agi/app'
import { readAgiConfiguration } from '@ura/agi/config'
import { Telephone } from '@ura/agi/testing/telephone'
import { createApi, type Api } from '@ura/api/app'
import { readApiConfiguration } from '@ura/api/config'
import type { SpeechService } from '@ura/api/speech/speech-service'
import type { Synthesizer } from '@ura/api/speech/synthesizer'
import type { Clock } from '@ura/core/clock'
import { createLogger, type Logger } from '@ura/core/logger'
import { createTicketApiClient } from '@ura/core/ticket-api/client'
import type { TicketApi } from '@ura/core/ticket-api/ticket-api'
import { createGateway, type Gateway } from '@ura/whatsapp-gateway/app'
import { readGatewayConfiguration } from '@ura/whatsapp-gateway/config'
import { type InboxMessage, WhatsAppInbox } from '../../scripts/phone/whatsapp-inbox.ts'
import { distinctiveDigits, linesWithCode } from './log-search.ts'
import { TestClock } from './test-clock.ts'
import { toneSynthesizer } from './tone-synthesizer.ts'

const apiToken = 'token-of-the-phone-client-in-tests'
const gatewayToken = 'token-of-the-gateway-in-tests'

interface Parts {
  agis: AgiApp[]
  gateway: Gateway
  /** Makes and starts an API on that port; 0 picks a free one. */
  startApi: (port: number) => Promise<{ api: Api; url: string }>
  inbox: WhatsAppInbox
  messages: InboxMessage[]
  folder: string
}

export interface HelpdeskSystemOptions {
  clock?: Clock
  /** The embedded voice, alone or behind the one that the environment asks for; default: a quick one that makes tones. */
  synthesizer?: Synthesizer
  /** Default: made of the synthesizer; closed with the system. */
  speech?: SpeechService
  /** Extra environment of the services, as `FIRST_DIGIT_MS`; `GATEWAY_URL` names a gateway of the test's own. */
  environment?: Readonly<Record<string, string>>
  /** FastAGI servers on the same API; default 1. */
  agiServers?: number
}

/**
 * The three services on free ports of this machine, with sample users and a folder of their own. Access codes have eight
 * digits, which no log holds by chance: whatever a test does, `stop` looks for each code that was sent in every line.
 */
export class HelpdeskSystem {
  readonly telephone: Telephone
  readonly ticketApi: TicketApi
  /** The one that runs, or ran last. */
  api: Api
  readonly apiUrl: string
  readonly gatewayUrl: string
  /** Of the one client, for its first step. */
  readonly clientToken = apiToken
  readonly gatewayToken = gatewayToken
  readonly agiPorts: readonly number[]
  /** Everything that went to a log, one JSON line each. */
  readonly logLines: readonly string[]
  readonly #parts: Parts
  readonly #stopped = new Set<string>()

  private constructor(
    facts: Pick<HelpdeskSystem, 'api' | 'apiUrl' | 'gatewayUrl' | 'agiPorts' | 'logLines'>,
    parts: Parts,
  ) {
    this.api = facts.api
    this.apiUrl = facts.apiUrl
    this.gatewayUrl = facts.gatewayUrl
    this.agiPorts = facts.agiPorts
    this.logLines = facts.logLines
    this.#parts = parts
    this.telephone = new Telephone(facts.agiPorts[0] ?? 0)
    this.ticketApi = createTicketApiClient({ baseUrl: facts.apiUrl, clientToken: apiToken })
  }

  static async start(options: HelpdeskSystemOptions = {}): Promise<HelpdeskSystem> {
    const folder = await mkdtemp(join(tmpdir(), 'ura-system-'))
    const { log, lines } = gatheringLogger()
    const clock = options.clock ?? new TestClock()
    const environment = {
      DATA_DIR: folder,
      API_PORT: '0',
      AGI_PORT: '0',
      GATEWAY_PORT: '0',
      API_SECRET: 'secret-of-the-api-in-tests',
      HELPDESK_API_TOKEN: apiToken,
      GATEWAY_TOKEN: gatewayToken,
      SAMPLE_USERS: 'true',
      ACCESS_CODE_DIGITS: String(distinctiveDigits),
      ...options.environment,
    }
    const gateway = await createGateway(readGatewayConfiguration(environment), { clock, log })
    const { url: GATEWAY_URL } = await gateway.listen()
    const messages: InboxMessage[] = []
    const inbox = await WhatsAppInbox.open({
      url: GATEWAY_URL,
      token: gatewayToken,
      arrived: (message) => messages.push(message),
    })
    const startApi: Parts['startApi'] = async (port) => {
      const own = port === 0 ? {} : { API_PORT: String(port) }
      const api = await createApi(readApiConfiguration({ GATEWAY_URL, ...environment, ...own }), {
        clock,
        log,
        synthesizer: options.synthesizer ?? toneSynthesizer(),
        ...(options.speech && { speech: options.speech }),
      })
      return { api, url: (await api.listen()).url }
    }
    const { api, url: apiUrl } = await startApi(0)
    const agis = Array.from({ length: options.agiServers ?? 1 }, (_, index) => {
      const own = { TICKET_API_URL: apiUrl, AGI_SPOOL_DIR: join(folder, `agi-spool-${index}`) }
      return createAgiApp(readAgiConfiguration({ ...environment, ...own }), { clock, log })
    })
    const agiPorts = await Promise.all(agis.map(async (agi) => (await agi.listen()).port))
    return new HelpdeskSystem(
      { api, apiUrl, gatewayUrl: GATEWAY_URL, agiPorts, logLines: lines },
      { agis, gateway, startApi, inbox, messages, folder },
    )
  }

  /** WhatsApp messages so far, oldest first. */
  get messages(): readonly InboxMessage[] {
    return this.#parts.messages
  }

  /** Every access code sent so far, oldest first, read where people read them. */
  get sentCodes(): readonly string[] {
    return this.messages.flatMap(({ text }) => /código de acesso é (\d+)/.exec(text)?.[1] ?? [])
  }

  /** The newest access code that has not been taken yet, read from the gateway as the terminal phone does. */
  newestCode = (): Promise<string | null> => this.#parts.inbox.takeNewestCode()

  /** Leaves out the codes of earlier calls that nobody took. */
  forgetCodes(): Promise<void> {
    return this.#parts.inbox.forgetCodes()
  }

  /** Calls in progress and records under way, over all FastAGI servers. */
  activity(): { calls: number; records: number } {
    const all = this.#parts.agis.map((agi) => agi.activity())
    return {
      calls: all.reduce((sum, { calls }) => sum + calls, 0),
      records: all.reduce((sum, { records }) => sum + records, 0),
    }
  }

  /** Stops one FastAGI server, as when its host goes away. */
  stopAgi(index: number): Promise<void> {
    return this.#stopOnce(`agi-${index}`, async () => this.#parts.agis[index]?.close())
  }

  stopApi(): Promise<void> {
    return this.#stopOnce('api', () => this.api.close())
  }

  /** Another API on the same database, at the address of the one that was stopped. */
  async startApiAgain(): Promise<void> {
    await this.stopApi()
    const { api } = await this.#parts.startApi(Number(new URL(this.apiUrl).port))
    this.api = api
    this.#stopped.delete('api')
  }

  /** How many requests wait on the hosts of all FastAGI servers. */
  async spooled(): Promise<number> {
    const states = await Promise.all(this.#parts.agis.map((agi) => agi.spooled()))
    return states.reduce((sum, { pending }) => sum + pending, 0)
  }

  stopGateway(): Promise<void> {
    return this.#stopOnce('gateway', () => this.#parts.gateway.close())
  }

  /** @throws Error when an access code is in a log, with the line */
  async stop(): Promise<void> {
    await Promise.all(this.agiPorts.map((_port, index) => this.stopAgi(index)))
    await this.stopApi()
    await this.#parts.inbox.close()
    await this.stopGateway()
    await rm(this.#parts.folder, { recursive: true, force: true })
    const [leak] = this.sentCodes.flatMap((code) => linesWithCode(this.logLines, code))
    if (leak !== undefined) {
      throw new Error(`An access code is in the log: ${leak}`)
    }
  }

  async #stopOnce(part: string, stop: () => Promise<void>): Promise<void> {
    if (!this.#stopped.has(part)) {
      this.#stopped.add(part)
      await stop()
    }
  }
}

function gatheringLogger(): { log: Logger; lines: string[] } {
  const lines: string[] = []
  const destination = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString())
      done()
    },
  })
  return { log: createLogger({ service: 'test', level: 'debug', destination }), lines }
}
