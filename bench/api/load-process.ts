import { randomUUID } from 'node:crypto'
import autocannon from 'autocannon'
import { serveTasks } from '../harness/task-process.ts'
import { USERS } from './population.ts'

/** What a client asks for, again and again. */
export type RequestKind = 'verifyUser' | 'openTicket'

/** What a load came to. */
export interface LoadResult {
  requestsPerSecond: number
  p50Ms: number
  p99Ms: number
}

const BODIES: Readonly<Record<RequestKind, (user: string) => object>> = {
  verifyUser: (usuario) => ({ usuario }),
  openTicket: (usuario) => ({ usuario, servico: '2-2', origem: 'telefone' }),
}

/** Requests under way at once: so many that either server always finds some waiting, which is what full load is. */
const CONNECTIONS = 50

/** The client of every load, alone in its process. */
const tasks = {
  /**
   * Sends requests for some seconds, each with another user and another idempotency key.
   *
   * @param input.ratePerSecond Requests a second; 0 for as many as are answered.
   * @param input.requests So many requests instead of some seconds.
   * @throws Error when an answer is none of success
   */
  async run(input: {
    url: string
    kind: RequestKind
    session: string
    seconds: number
    ratePerSecond: number
    requests?: number
  }): Promise<LoadResult> {
    const { url, kind, session, seconds, ratePerSecond } = input
    let sent = 0
    const result = await autocannon({
      url,
      connections: CONNECTIONS,
      ...(input.requests === undefined ? { duration: seconds } : { amount: input.requests }),
      ...(ratePerSecond === 0 ? {} : { overallRate: ratePerSecond }),
      requests: [
        {
          method: 'POST',
          setupRequest: (request) => ({
            ...request,
            headers: {
              authorization: `Bearer ${session}`,
              'content-type': 'application/json',
              'idempotency-key': randomUUID(),
            },
            body: JSON.stringify(BODIES[kind](String(1_001 + ((sent += 1) % USERS)))),
          }),
        },
      ],
    })
    if (result.non2xx > 0 || result.errors > 0) {
      throw new Error(`${result.non2xx} answers of ${url} were no success, ${result.errors} requests broke`)
    }
    const { latency, requests } = result
    return { requestsPerSecond: requests.average, p50Ms: latency.p50, p99Ms: latency.p99 }
  },
}

/** What the process can be asked for. */
export type LoadTasks = typeof tasks

serveTasks(tasks)
