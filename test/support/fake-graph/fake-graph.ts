import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Clock } from '@ura/core/clock'
import { type FakeTemplate, type GraphError, payloadFault, type SentPayload } from './send-checks.ts'

/** What happens to one send in place of the usual answer. */
export type SendScript =
  | { kind: 'error'; code: number; statusCode?: number; retryAfterSeconds?: number }
  /** Takes the message and never answers. */
  | { kind: 'accept-and-hang' }
  /** Takes the message and breaks the connection in the middle of the answer. */
  | { kind: 'accept-and-break' }
  /** Takes the message and answers 502 without a body, as a proxy does. */
  | { kind: 'accept-and-502' }
  /** Takes the message and does something, as sending a status, before it answers. */
  | { kind: 'before-answer'; work: (accepted: AcceptedMessage) => Promise<void> }

/** A message that Meta has. */
export interface AcceptedMessage {
  readonly wamid: string
  readonly to: string
  readonly payload: SentPayload
  readonly at: Date
}

export interface FakeGraphOptions {
  clock: Clock
  token: string
  phoneNumberId: string
  version: string
  templates: readonly FakeTemplate[]
}

/** Meta's Cloud API for one phone number, on a free port of 127.0.0.1. */
export interface FakeGraph {
  readonly url: string
  /** Every message it took, answered or not. */
  readonly accepted: readonly AcceptedMessage[]
  /** Codes of the refusals so far. */
  readonly refusals: readonly number[]
  /** Happen to the next sends, one each. */
  readonly scripts: SendScript[]
  /** Whether the token is good; a bad one is refused with 190. */
  tokenIsGood: boolean
  /** Opens the 24 h window of a person (digits), as their message does. */
  wrote(person: string): void
  close(): Promise<void>
}

const windowMs = 24 * 60 * 60 * 1_000
const pairIntervalMs = 6_000

/** Starts a stand-in for graph.facebook.com that checks what the real one checks, in its words. */
export async function startFakeGraph(options: FakeGraphOptions): Promise<FakeGraph> {
  const accepted: AcceptedMessage[] = []
  const refusals: number[] = []
  const windows = new Map<string, number>()
  const number = `/${options.version}/${options.phoneNumberId}`
  const nowMs = (): number => options.clock.now().getTime()

  const accessFault = (request: IncomingMessage): GraphError | null => {
    if (!graph.tokenIsGood || request.headers.authorization !== `Bearer ${options.token}`) {
      return { statusCode: 401, code: 190, message: 'Invalid OAuth access token' }
    }
    const path = (request.url ?? '').split('?')[0]
    return path === number || path === `${number}/messages`
      ? null
      : { statusCode: 400, code: 100, message: 'Unsupported request' }
  }
  const peopleFault = ({ to, type }: SentPayload): GraphError | null => {
    const person = String(to)
    if (
      accepted.some((earlier) => earlier.to === person && nowMs() - earlier.at.getTime() < pairIntervalMs)
    ) {
      return { statusCode: 400, code: 131_056, message: '(#131056) Pair rate limit hit' }
    }
    const isOpen = nowMs() - (windows.get(person) ?? -Infinity) < windowMs
    return type === 'text' && !isOpen
      ? { statusCode: 400, code: 131_047, message: '(#131047) Re-engagement message' }
      : null
  }
  const send = async (payload: SentPayload, response: ServerResponse): Promise<void> => {
    const script = graph.scripts.shift()
    if (script?.kind === 'error') {
      const { statusCode = 400, code, retryAfterSeconds } = script
      if (retryAfterSeconds !== undefined) {
        response.setHeader('retry-after', String(retryAfterSeconds))
      }
      return refuse(response, { statusCode, code, message: `(#${code})` })
    }
    const fault = payloadFault(payload, options.templates) ?? peopleFault(payload)
    if (fault !== null) {
      return refuse(response, fault)
    }
    const message = {
      wamid: `wamid.${accepted.length + 1}`,
      to: String(payload.to),
      payload,
      at: options.clock.now(),
    }
    accepted.push(message)
    await answerAccepted(response, message, script)
  }
  const refuse = (response: ServerResponse, { statusCode, code, message }: GraphError): void => {
    refusals.push(code)
    answer(response, statusCode, {
      error: {
        message,
        type: 'OAuthException',
        code,
        error_data: { messaging_product: 'whatsapp', details: message },
        fbtrace_id: 'fake-trace',
      },
    })
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const fault = accessFault(request)
      if (fault !== null) {
        refuse(response, fault)
      } else if (request.method === 'GET') {
        answer(response, 200, { id: options.phoneNumberId })
      } else {
        void send(JSON.parse(Buffer.concat(chunks).toString('utf8')) as SentPayload, response)
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const graph: FakeGraph = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    accepted,
    refusals,
    scripts: [],
    tokenIsGood: true,
    wrote: (person) => void windows.set(person, nowMs()),
    async close() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
  return graph
}

async function answerAccepted(
  response: ServerResponse,
  message: AcceptedMessage,
  script: Exclude<SendScript, { kind: 'error' }> | undefined,
): Promise<void> {
  const body = {
    messaging_product: 'whatsapp',
    contacts: [{ input: message.to, wa_id: message.to }],
    messages: [{ id: message.wamid }],
  }
  switch (script?.kind) {
    case 'accept-and-hang':
      return
    case 'accept-and-break':
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' })
      response.write(JSON.stringify(body).slice(0, 40), () => response.destroy())
      return
    case 'accept-and-502':
      response.writeHead(502).end()
      return
    case 'before-answer':
      await script.work(message)
      break
    case undefined:
      break
  }
  answer(response, 200, body)
}

function answer(response: ServerResponse, statusCode: number, body: object): void {
  response.writeHead(statusCode, { 'content-type': 'application/json' })
  response.end(JSON.stringify(body))
}
