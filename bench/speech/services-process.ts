import { createEspeakSynthesizer } from '@ura/api/speech/espeak-synthesizer'
import { systemClock } from '@ura/core/clock'
import { HelpdeskSystem } from '../../test/support/helpdesk-system.ts'
import { serveTasks } from '../harness/task-process.ts'
import { createLoopWatch, type LoopDelay } from './loop-watch.ts'

const USERS = ['1001', '1002', '1003', '1004', '1005']

/** A ticket that a caller may ask for. */
export interface OpenedTicket {
  user: string
  protocol: string
}

const system = await HelpdeskSystem.start({
  clock: systemClock,
  synthesizer: createEspeakSynthesizer(),
  environment: { API_REQUESTS_PER_MINUTE: '1000000' },
})
const watch = createLoopWatch()
let synthesizedBefore = 0

async function synthesized(): Promise<number> {
  const metrics = await system.api.metrics.metrics()
  return Number(/^ura_speech\{count="synthesized"\} (\d+)/m.exec(metrics)?.[1])
}

/** All three services in one process, as `npm start` runs them, with the embedded voice. */
const tasks = {
  agiPort: () => system.agiPorts[0] ?? 0,
  /** So many tickets, each with a status that was never spoken. */
  async openTickets(count: number): Promise<OpenedTicket[]> {
    const tickets: OpenedTicket[] = []
    for (let index = 0; index < count; index += 1) {
      const user = USERS[index % USERS.length] ?? '1001'
      const request = { userCode: user, service: '2-2', callId: 'bench', idempotencyKey: crypto.randomUUID() }
      tickets.push({ user, protocol: (await system.ticketApi.openTicket(request)).protocolo })
    }
    return tickets
  },
  async watchEventLoop(): Promise<void> {
    synthesizedBefore = await synthesized()
    watch.start()
  },
  /** How late the event loop was since, and the sentences spoken for the first time meanwhile. */
  async eventLoopDelay(): Promise<LoopDelay & { sentences: number }> {
    return { ...watch.stop(), sentences: (await synthesized()) - synthesizedBefore }
  },
}

/** What the process can be asked for. */
export type ServicesTasks = typeof tasks

process.on('disconnect', () => void system.stop())
serveTasks(tasks)
