import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'

/** What the API handed over. */
export interface HandedOver {
  phone?: string
  email?: string
  message?: string
  otp?: { code: string; expiresAt: string }
  purpose?: string
  topic?: string
}

interface Step {
  channel: 'whatsapp' | 'email'
  state: string
}

/** How a message fares, as the gateway tells it. */
export type ScriptedDelivery = Step & { fallback: Step | null }

/**
 * A gateway that takes everything and says about each message what the test tells it to. WhatsApp takes what has a
 * phone number, e-mail the rest.
 */
export class ScriptedGateway {
  readonly url: string
  readonly taken: HandedOver[] = []
  /** Of every message from now on; null: no answer at all. */
  delivery: ScriptedDelivery | null = { channel: 'whatsapp', state: 'sent', fallback: null }
  readonly #server: Server
  readonly #keys = new Set<string>()

  private constructor(server: Server) {
    this.#server = server
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  }

  static async start(): Promise<ScriptedGateway> {
    const server = createServer()
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve)
    })
    const gateway = new ScriptedGateway(server)
    server.on('request', (request, response) => {
      void gateway.#respond(request, response)
    })
    return gateway
  }

  /** The code that was handed over last. */
  newestCode = async (): Promise<string | null> =>
    this.taken.findLast(({ otp }) => otp !== undefined)?.otp?.code ?? null

  /** Answers nobody any more, open connections included. */
  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    await new Promise((resolve) => {
      this.#server.close(resolve)
    })
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const answer = await this.#answer(request)
    if (answer !== null) {
      response.writeHead(answer.statusCode, { 'content-type': 'application/json' })
      response.end(JSON.stringify(answer.body))
    }
  }

  async #answer(request: IncomingMessage): Promise<{ statusCode: number; body: object } | null> {
    const { url = '', headers } = request
    if (url === '/api/send-message') {
      const body = (await json(request)) as HandedOver
      this.taken.push(body)
      this.#keys.add(String(headers['idempotency-key']))
      const channel = body.phone === undefined ? 'email' : 'whatsapp'
      return { statusCode: 202, body: { id: `m${this.taken.length}`, status: 'queued', channel } }
    }
    const key = /^\/api\/messages\/by-key\/(.+)$/.exec(url)?.[1]
    if (key === undefined) {
      return { statusCode: 200, body: { loggedIn: true } }
    }
    if (!this.#keys.has(decodeURIComponent(key))) {
      return { statusCode: 404, body: {} }
    }
    return this.delivery === null ? null : { statusCode: 200, body: { id: 'm', ...this.delivery } }
  }
}
