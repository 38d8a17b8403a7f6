import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import type { AddressInfo } from 'node:net'

const folder = new URL('.', import.meta.url)
/** Key and certificate of this fake alone; venom's browser takes any certificate. */
const pem = readFileSync(new URL('fake-whatsapp-web.pem', folder), 'utf8')
const page = readFileSync(new URL('fake-whatsapp-page.html', folder), 'utf8')

/** What the page is told; see the page for what it does with it. */
export type PageEvent =
  | { type: 'qr'; ref: string }
  | { type: 'scanned' | 'unpaired' }
  | { type: 'socket'; state: string }
  | { type: 'ack'; id: string; ack: number }
  | { type: 'message'; message: Record<string, unknown> }

type Answer = (body: Record<string, string>) => unknown

/** A page that venom-bot takes for WhatsApp Web, served over TLS, with the test in the part of WhatsApp. */
export class FakeWhatsAppWeb {
  readonly #server: Server
  readonly #pages = new Set<ServerResponse>()
  #qr: PageEvent = { type: 'qr', ref: 'ref-1' }
  /** What was asked to be sent. */
  readonly sends: { to: string; text: string }[] = []
  readonly lookups: string[] = []
  /** What the browser asked for, host included. */
  readonly requests: string[] = []
  logOuts = 0
  /** What `/` serves: the page, or something that is not WhatsApp at all. */
  serves: 'whatsapp' | 'something else' = 'whatsapp'
  /** undefined = never answered. */
  answerSend: Answer = ({ to = '' }) => ({
    erro: false,
    to: { _serialized: `true_${to}_${this.sends.length}` },
    status: 'OK',
  })
  answerLookup: Answer = ({ chatId = '' }) => ({
    status: 200,
    numberExists: true,
    id: { _serialized: chatId },
  })

  constructor(server: Server) {
    this.#server = server
  }

  static async start(): Promise<FakeWhatsAppWeb> {
    const server = createServer({ key: pem, cert: pem })
    const fake = new FakeWhatsAppWeb(server)
    server.on('request', (request, response) => void fake.#answer(request, response))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    return fake
  }

  /** Switches that lead a browser here for WhatsApp's address, and nowhere for any other. */
  get browserSwitches(): string[] {
    const { port } = this.#server.address() as AddressInfo
    return [
      `--host-resolver-rules=MAP web.whatsapp.com:443 127.0.0.1:${port},MAP * ~NOTFOUND,EXCLUDE 127.0.0.1`,
      '--proxy-server=direct://',
    ]
  }

  get pagesOpen(): number {
    return this.#pages.size
  }

  tell(event: PageEvent): void {
    if (event.type === 'qr') {
      this.#qr = event
    }
    for (const open of this.#pages) {
      open.write(`data: ${JSON.stringify(event)}\n\n`)
    }
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections()
    this.#server.close()
    await once(this.#server, 'close')
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? ''
    this.requests.push(`${request.headers.host}${path}`)
    if (path === '/events') {
      response.writeHead(200, { 'content-type': 'text/event-stream' })
      this.#pages.add(response)
      response.on('close', () => this.#pages.delete(response))
      response.write(`data: ${JSON.stringify(this.#qr)}\n\n`)
      return
    }
    if (request.method === 'POST') {
      const answer = this.#called(path, JSON.parse(await textOf(request)) as Record<string, string>)
      if (answer !== undefined) {
        response.end(JSON.stringify(answer))
      }
      return
    }
    response.writeHead(path === '/' ? 200 : 404, { 'content-type': 'text/html; charset=utf-8' })
    response.end(this.serves === 'whatsapp' ? page : '<!doctype html><title>Rede da prefeitura</title>')
  }

  #called(path: string, body: Record<string, string>): unknown {
    const { to = '', text = '', chatId = '' } = body
    switch (path) {
      case '/send':
        this.sends.push({ to, text })
        return this.answerSend(body)
      case '/lookup':
        this.lookups.push(chatId)
        return this.answerLookup(body)
      default:
        this.logOuts += 1
        return true
    }
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) {
    chunks.push(chunk as Buffer)
  }
  return Buffer.concat(chunks).toString('utf8')
}
