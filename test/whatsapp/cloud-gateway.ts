import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createLogger } from '@ura/core/logger'
import { createGateway, type Gateway } from '@ura/whatsapp-gateway/app'
import { readGatewayConfiguration } from '@ura/whatsapp-gateway/config'
import { ManualTime } from '@ura/whatsapp-gateway/testing/manual-time'
import { expect, onTestFinished } from 'vitest'
import { type FakeGraph, startFakeGraph } from '../support/fake-graph/fake-graph.ts'
import { linesWithCode } from '../support/log-search.ts'
import {
  callWebhook,
  changeOf,
  statusOf,
  textFrom,
  webhookBody,
} from '../support/fake-graph/webhook-calls.ts'

export const graphToken = 'token-of-the-system-user-in-tests'
export const appSecret = 'secret-of-the-app-in-tests'
export const verifyToken = 'verify-token-of-the-tests'
export const phoneNumberId = '106540352242922'
export const maria = '+5545999990001'
export const mariaDigits = '5545999990001'
export const sendTimeoutMs = 20_000
/** Of the length that no log holds by chance: none may hold it, whatever a test does. */
export const accessCode = '48392017'
const gatewayToken = 'gateway-token-for-tests'

/** The real gateway on its own port, its Cloud API a fake, its clock and timers moved by the test. */
export class CloudGateway {
  readonly time: ManualTime
  readonly graph: FakeGraph
  readonly logLines: string[]
  readonly url: string
  readonly #gateway: Gateway
  readonly #environment: Record<string, string>
  #messageCount = 0

  private constructor(
    facts: Pick<CloudGateway, 'time' | 'graph' | 'logLines' | 'url'>,
    own: { gateway: Gateway; environment: Record<string, string> },
  ) {
    this.time = facts.time
    this.graph = facts.graph
    this.logLines = facts.logLines
    this.url = facts.url
    this.#gateway = own.gateway
    this.#environment = own.environment
  }

  /** Connected, unless `state` names another state to wait for. Closed with the test. */
  static async start(environment: Record<string, string> = {}, state = 'connected'): Promise<CloudGateway> {
    const folder = await mkdtemp(join(tmpdir(), 'ura-cloud-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const time = new ManualTime()
    const graph = await startFakeGraph({
      clock: time,
      token: graphToken,
      phoneNumberId,
      version: 'v23.0',
      templates: [
        { name: 'access_code', language: 'pt_BR', parameters: 1, hasCodeButton: true },
        { name: 'ticket_notice', language: 'pt_BR', parameters: 1, hasCodeButton: false },
        { name: 'two_words', language: 'pt_BR', parameters: 2, hasCodeButton: false },
      ],
    })
    onTestFinished(() => graph.close())
    const all = {
      GATEWAY_TOKEN: gatewayToken,
      GATEWAY_PORT: '0',
      DATA_DIR: folder,
      WHATSAPP_DRIVER: 'cloud-api',
      WHATSAPP_CLOUD_GRAPH_URL: graph.url,
      WHATSAPP_CLOUD_TOKEN: graphToken,
      WHATSAPP_CLOUD_APP_SECRET: appSecret,
      WHATSAPP_CLOUD_VERIFY_TOKEN: verifyToken,
      WHATSAPP_CLOUD_PHONE_NUMBER_ID: phoneNumberId,
      WHATSAPP_CLOUD_NOTICE_TEMPLATE: 'ticket_notice',
      WHATSAPP_CLOUD_TIMEOUT_MS: String(sendTimeoutMs),
      ...environment,
    }
    return await CloudGateway.#open({ time, graph, logLines: [] }, all, state)
  }

  static async #open(
    facts: Pick<CloudGateway, 'time' | 'graph' | 'logLines'>,
    environment: Record<string, string>,
    state: string,
  ): Promise<CloudGateway> {
    const { time, logLines } = facts
    const log = createLogger({
      service: 'whatsapp-gateway',
      level: 'trace',
      destination: { write: (line: string) => void logLines.push(line) },
    })
    const gateway = await createGateway(readGatewayConfiguration(environment), {
      clock: time,
      timers: time,
      log,
    })
    onTestFinished(async () => {
      await gateway.close()
      const [leak] = linesWithCode(logLines, accessCode)
      if (leak !== undefined) {
        throw new Error(`The access code is in the log: ${leak}`)
      }
    })
    const { url } = await gateway.listen()
    const started = new CloudGateway({ ...facts, url }, { gateway, environment })
    await started.until(() => started.connection()).toBe(state)
    return started
  }

  /** Closes the gateway and opens another on the same folder. */
  async restart(): Promise<CloudGateway> {
    await this.#gateway.close()
    return await CloudGateway.#open(this, this.#environment, 'connected')
  }

  /** Expects what `read` gives to become as wanted, while the time moves on by little steps. */
  until<T>(read: () => T | Promise<T>) {
    const step = (): T | Promise<T> => {
      this.time.advance(13)
      return read()
    }
    return expect.poll(step, { interval: 10, timeout: 8_000 })
  }

  /** Asks to send; gives the answer's status and the message's id. */
  async send(body: object): Promise<{ statusCode: number; id: string }> {
    const response = await this.#request('/api/send-message', body)
    const { id = '' } = (await response.json()) as { id?: string }
    return { statusCode: response.status, id }
  }

  async sendCode(to: string = maria): Promise<string> {
    const expiresAt = this.time.in(5 * 60_000).toISOString()
    return (await this.send({ phone: to, otp: { code: accessCode, expiresAt } })).id
  }

  async sendText(text: string, to: string = maria): Promise<string> {
    return (await this.send({ phone: to, message: text })).id
  }

  /** A code that Meta has taken: the outbox's id, and Meta's. */
  async sentCode(): Promise<{ id: string; wamid: string }> {
    const id = await this.sendCode()
    await this.until(() => this.stateOf(id)).toBe('sent')
    return { id, wamid: this.graph.accepted.at(-1)?.wamid ?? '' }
  }

  async stateOf(id: string): Promise<string> {
    return (await this.#message(id)).state
  }

  /** States in their order, with the reason where there is one: `failed recipient_unreachable`. */
  async historyOf(id: string): Promise<string[]> {
    const { history } = await this.#message(id)
    return history.map(({ state, reason }) => (reason === null ? state : `${state} ${reason}`))
  }

  async connection(): Promise<string> {
    return ((await (await this.#request('/api/auth/status')).json()) as { state: string }).state
  }

  /** The value of a counter with this result, 0 when it never counted. */
  async counted(name: string, result: string): Promise<number> {
    const metrics = await (await this.#request('/metrics')).text()
    const line = metrics.split('\n').find((text) => text.startsWith(`${name}{result="${result}"}`))
    return Number(line?.split(' ')[1] ?? 0)
  }

  /** Calls the webhook as Meta does; gives the HTTP status. */
  async webhook(body: string, options: { signature?: string | null } = {}): Promise<number> {
    return (await callWebhook(this.url, body, { appSecret, ...options })).status
  }

  /** One status in a call of its own. */
  async status(
    wamid: string,
    status: string,
    facts: { callbackData?: string; errorCode?: number } = {},
  ): Promise<void> {
    const statuses = [statusOf(wamid, status, { ...facts, at: this.time.now() })]
    await this.#accepted(webhookBody([changeOf(phoneNumberId, { statuses })]))
  }

  /** Somebody (digits) writes to us, which opens their window; gives the message's id. */
  async write(body: string, from: string = mariaDigits): Promise<string> {
    this.#messageCount += 1
    const id = `wamid.in.${this.#messageCount}`
    const messages = [textFrom(from, { id, body, at: this.time.now() })]
    this.graph.wrote(from)
    await this.#accepted(webhookBody([changeOf(phoneNumberId, { messages })]))
    return id
  }

  async #accepted(body: string): Promise<void> {
    const statusCode = await this.webhook(body)
    if (statusCode !== 200) {
      throw new Error(`The webhook answered ${statusCode}.`)
    }
  }

  async #message(
    id: string,
  ): Promise<{ state: string; history: { state: string; reason: string | null }[] }> {
    const response = await this.#request(`/api/messages/${id}`)
    return (await response.json()) as {
      state: string
      history: { state: string; reason: string | null }[]
    }
  }

  #request(path: string, body?: object): Promise<Response> {
    const headers = { authorization: `Bearer ${gatewayToken}`, 'content-type': 'application/json' }
    return fetch(
      `${this.url}${path}`,
      body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) },
    )
  }
}
