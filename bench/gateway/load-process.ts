import { randomUUID } from 'node:crypto'
import autocannon from 'autocannon'
import { serveTasks } from '../harness/task-process.ts'
import { monotonicMs } from './monotonic-time.ts'
import { PEOPLE, personOf } from './people.ts'

/** Requests for messages under way at once. */
const CONNECTIONS = 20

/** When the code of a person was asked for. */
export interface CodeRequest {
  to: string
  atMs: number
}

let asked = 0

/** The client of every load, alone in its process. */
const tasks = {
  /**
   * Asks for codes, each for another person, by several callers at a time; each asks when the one before was answered.
   *
   * @throws Error when an answer is no success
   */
  async askForCodes(input: {
    url: string
    session: string
    count: number
    callers: number
  }): Promise<CodeRequest[]> {
    const { url, session, count, callers } = input
    const requests: CodeRequest[] = []
    async function ask(): Promise<void> {
      const { code, phone } = personOf((asked += 1) % PEOPLE)
      requests.push({ to: phone, atMs: monotonicMs() })
      const response = await fetch(`${url}/api/solicitar_codigo`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${session}`,
          'content-type': 'application/json',
          'idempotency-key': randomUUID(),
        },
        body: JSON.stringify({ usuario: code }),
      })
      const body = await response.text()
      if (!response.ok) throw new Error(`solicitar_codigo was answered ${response.status}: ${body}`)
    }
    await Promise.all(
      Array.from({ length: callers }, async () => {
        while (requests.length < count) await ask()
      }),
    )
    return requests
  },

  /**
   * Sends texts, each to another number and with another idempotency key, for some seconds or so many; gives the
   * accepted ones a second.
   *
   * @throws Error when an answer is no success
   */
  async sendTexts(input: {
    url: string
    token: string
    seconds: number
    requests?: number
  }): Promise<number> {
    let sent = 0
    const result = await autocannon({
      url: `${input.url}/api/send-message`,
      connections: CONNECTIONS,
      ...(input.requests === undefined ? { duration: input.seconds } : { amount: input.requests }),
      requests: [
        {
          method: 'POST',
          setupRequest: (request) => ({
            ...request,
            headers: {
              authorization: `Bearer ${input.token}`,
              'content-type': 'application/json',
              'idempotency-key': randomUUID(),
            },
            body: JSON.stringify({
              phone: `+5545${999_000_000 + ((sent += 1) % 900_000)}`,
              message: 'Seu chamado 10017 foi aberto.',
            }),
          }),
        },
      ],
    })
    if (result.non2xx > 0 || result.errors > 0) {
      throw new Error(`${result.non2xx} answers were no success, ${result.errors} requests broke`)
    }
    return result.requests.average
  },
}

/** What the process can be asked for. */
export type LoadTasks = typeof tasks

serveTasks(tasks)
