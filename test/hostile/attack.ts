import * as fc from 'fast-check'
import type { OpenApiDocument } from '@ura/api/openapi/document'
import { answerFaults } from './answer-faults.ts'
import { type HostileRequest, hostileRequests, opensTickets } from './hostile-requests.ts'
import { type RawAnswer, sendRaw } from './raw-http.ts'

export interface AttackOptions {
  port: number
  document: OpenApiDocument
  /** Makes the same requests again. */
  seed: number
  count: number
  session: string
  /** One of a client with the role `admin`. */
  adminSession: string
  /** Another one, which the attack may end. */
  sessionToEnd: string
  clientToken: string
  secrets: readonly string[]
}

export interface AttackResult {
  /** Answers by status; `none` for connections closed without one. */
  statuses: Record<string, number>
  /** Tickets that the API says it opened. */
  ticketsOpened: number
  /** Up to 20, each with the request. */
  faults: string[]
  /** Heap in use after each hundredth of the requests, in bytes. */
  heapBytes: number[]
}

const atOnce = 16
const batchSize = 200
const heapSamples = 100
const answerTimeoutMs = 10_000
const faultsMax = 20

/** Sends generated hostile requests, 16 at a time, and judges every answer. */
export async function attack(options: AttackOptions): Promise<AttackResult> {
  const { count, port } = options
  const result: AttackResult = { statuses: {}, ticketsOpened: 0, faults: [], heapBytes: [] }
  const queue = drawRequests(options)
  let sent = 0
  const worker = async (): Promise<void> => {
    for (const request of queue) {
      const answer = await sendRaw(port, request, answerTimeoutMs)
      judge(result, { request, answer, secrets: options.secrets })
      sent += 1
      if (sent % Math.ceil(count / heapSamples) === 0) {
        result.heapBytes.push(await heapBytes(port))
      }
    }
  }
  await Promise.all(Array.from({ length: atOnce }, worker))
  return result
}

/** In batches, since 20,000 at once would be hundreds of megabytes. */
function* drawRequests(options: AttackOptions): Generator<HostileRequest> {
  const { document, seed, count } = options
  const requests = hostileRequests(document, options)
  for (let drawn = 0; drawn < count; drawn += batchSize) {
    yield* fc.sample(requests, { numRuns: Math.min(batchSize, count - drawn), seed: seed + drawn })
  }
}

function judge(
  result: AttackResult,
  { request, answer, secrets }: { request: HostileRequest; answer: RawAnswer; secrets: readonly string[] },
): void {
  const status = String(answer.status ?? 'none')
  result.statuses[status] = (result.statuses[status] ?? 0) + 1
  result.ticketsOpened += opensTickets(request.operation) && status === '201' ? 1 : 0
  for (const fault of answerFaults(request, answer, secrets)) {
    if (result.faults.length < faultsMax) {
      result.faults.push(`${fault}\n${shown(request)}\n→ ${status} ${answer.body.slice(0, 300)}`)
    }
  }
}

function shown({ head, body, delivery }: { head: Buffer; body: Buffer; delivery: string }): string {
  return `[${delivery}] ${head.toString('latin1').slice(0, 600)}${body.toString('latin1').slice(0, 400)}`
}

async function heapBytes(port: number): Promise<number> {
  const text = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text()
  return Number(/^nodejs_heap_size_used_bytes ([\d.e+]+)$/m.exec(text)?.[1] ?? Number.NaN)
}
