import { type ServiceProcess, startServiceProcess } from '../support/service-process.ts'

const gatewayToken = 'token-of-the-gateway-in-fault-tests'

/** Starts a gateway whose driver writes into a ledger, and waits until it listens. */
export async function startGatewayProcess(
  environment: Readonly<
    Record<'DATA_DIR' | 'LEDGER' | 'GATEWAY_DATABASE_URL', string> & { GATEWAY_FALLBACK_SECONDS?: string }
  >,
): Promise<ServiceProcess> {
  return await startServiceProcess({
    script: new URL('gateway-child.ts', import.meta.url),
    environment: {
      GATEWAY_PORT: '0',
      GATEWAY_TOKEN: gatewayToken,
      GATEWAY_QUEUED_MAX: '1000000',
      GATEWAY_RETRY_DELAY_MS: '10',
      GATEWAY_TRIES_MAX: '20',
      ...environment,
    },
  })
}

/** A gateway's word on a message. */
export interface MessageAnswer {
  key: string
  /** Null when there was no whole answer. */
  id: string | null
  status: string | null
}

/** Asks a gateway to send a text under a key, to one of 50 people; never fails. */
export async function sendText(url: string, key: string): Promise<MessageAnswer> {
  return await sendMessage(url, key, { phone: phoneOf(key), message: `Mensagem ${key}` })
}

/** Asks a gateway to send a code, valid for an hour, to a phone and an e-mail address; never fails. */
export async function sendCode(url: string, key: string, code: string): Promise<MessageAnswer> {
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString()
  const phone = phoneOf(key)
  return await sendMessage(url, key, {
    phone,
    email: `p${phone.slice(1)}@prefeitura.example`,
    otp: { code, expiresAt },
  })
}

/** A gateway's word on the message of a key, null when it knows none. */
export async function messageOfKey(
  url: string,
  key: string,
): Promise<{ state: string; fallback: { state: string } | null } | null> {
  const response = await fetch(`${url}/api/messages/by-key/${encodeURIComponent(key)}`, {
    headers: { authorization: `Bearer ${gatewayToken}` },
  })
  return response.status === 404
    ? null
    : ((await response.json()) as { state: string; fallback: { state: string } | null })
}

function phoneOf(key: string): string {
  const person = Buffer.from(key).reduce((sum, byte) => (sum * 31 + byte) % 50, 0)
  return `+554599999${1_000 + person}`
}

async function sendMessage(url: string, key: string, body: object): Promise<MessageAnswer> {
  try {
    const response = await fetch(`${url}/api/send-message`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${gatewayToken}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify(body),
    })
    const { id = null, status } = (await response.json()) as { id?: string; status?: unknown }
    return { key, id, status: typeof status === 'string' ? status : null }
  } catch {
    return { key, id: null, status: null }
  }
}

/** How many messages a gateway has still to do with. */
export async function queueDepth(url: string): Promise<number> {
  const response = await fetch(`${url}/api/auth/status`, {
    headers: { authorization: `Bearer ${gatewayToken}` },
  })
  return ((await response.json()) as { queueDepth: number }).queueDepth
}

/** People who send messages (texts by default), each one after another, until stopped. */
export class TextLoad {
  readonly #answers: MessageAnswer[] = []
  readonly #stopping = new AbortController()
  readonly #workers: Promise<void>[]

  constructor(options: {
    url: string
    name: string
    workers: number
    send?: (url: string, key: string) => Promise<MessageAnswer>
  }) {
    const { url, name, workers, send = sendText } = options
    this.#workers = Array.from({ length: workers }, async (_, worker) => {
      for (let turn = 1; !this.#stopping.signal.aborted; turn += 1) {
        const answer = await send(url, `${name}-${worker}-${turn}`)
        this.#answers.push(answer)
        if (answer.id === null) {
          return
        }
      }
    })
  }

  /** Begins no other request, waits for those under way and gives all answers. */
  async stop(): Promise<MessageAnswer[]> {
    this.#stopping.abort()
    await Promise.all(this.#workers)
    return this.#answers
  }
}
