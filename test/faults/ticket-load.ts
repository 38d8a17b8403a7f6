import { setTimeout as pause } from 'node:timers/promises'

/** What became of one request that opens a ticket. */
export interface TicketAnswer {
  key: string
  /** Null when there was no whole answer. */
  status: number | null
  protocol: string | null
  errorCode: string | null
  retryAfter: string | null
  durationMs: number
  /** Why there was no whole answer, as `ECONNREFUSED`. */
  failure: string | null
  /** When it ended, of `performance.now()`. */
  endedMs: number
}

const workersDefault = 8
/** Between a worker's requests when it goes badly, as a client that has some manners. */
const badPauseMs = 20

/** People who open tickets, each one after another with a new idempotency key, until stopped. */
export class TicketLoad {
  readonly answers: TicketAnswer[] = []
  readonly #stopping = new AbortController()
  readonly #workers: Promise<void>[]

  constructor(options: { url: string; session: string; name: string; workers?: number }) {
    const { url, session, name, workers = workersDefault } = options
    this.#workers = Array.from({ length: workers }, async (_, worker) => {
      for (let turn = 1; !this.#stopping.signal.aborted; turn += 1) {
        const answer = await openTicket({ url, session, key: `${name}-${worker}-${turn}` })
        this.answers.push(answer)
        if (answer.protocol === null) {
          await pause(badPauseMs)
        }
      }
    })
  }

  /** Begins no other request, waits for those under way and gives all answers. */
  async stop(): Promise<TicketAnswer[]> {
    this.#stopping.abort()
    await Promise.all(this.#workers)
    return this.answers
  }
}

/** Opens one ticket of the sample user without WhatsApp; never fails. */
export async function openTicket(request: {
  url: string
  session: string
  key: string
}): Promise<TicketAnswer> {
  const { url, session, key } = request
  const startedMs = performance.now()
  const ended = () => ({ durationMs: performance.now() - startedMs, endedMs: performance.now() })
  try {
    const response = await fetch(`${url}/api/novo_chamado`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${session}`,
        'content-type': 'application/json',
        'idempotency-key': key,
      },
      body: JSON.stringify({ usuario: '1005', servico: '1-1' }),
    })
    const body = (await response.json()) as { protocolo?: string; erro?: { codigo: string } }
    return {
      key,
      status: response.status,
      protocol: body.protocolo ?? null,
      errorCode: body.erro?.codigo ?? null,
      retryAfter: response.headers.get('retry-after'),
      failure: null,
      ...ended(),
    }
  } catch (error) {
    const none = { status: null, protocol: null, errorCode: null, retryAfter: null }
    return { key, ...none, failure: failureOf(error), ...ended() }
  }
}

function failureOf(error: unknown): string {
  const cause: unknown = error instanceof Error ? error.cause : null
  return cause instanceof Error && 'code' in cause ? String(cause.code) : String(error)
}
