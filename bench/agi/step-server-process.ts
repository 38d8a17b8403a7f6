import { AgiRouter, createAgiServer } from 'asterisk-agi'
import { serveTasks } from '../harness/task-process.ts'

/** One step of a call on asterisk-agi, alone in its process: `step-server-process.ts ADDRESS`. */
const [, , address = ''] = process.argv

const router = new AgiRouter().script('helpdesk', async (call) => {
  const response = await fetch(address)
  const body = (await response.json()) as { step: string }
  await call.setVariable('HELPDESK_STEP', body.step)
})
const server = createAgiServer({ router })
const { port } = await server.listen({ port: 0, host: '127.0.0.1' })

const tasks = {
  port: () => port,

  /** User and system time of this process so far, all threads, in microseconds. */
  cpuUs: () => {
    const { user, system } = process.cpuUsage()
    return user + system
  },
}

/** What the process can be asked for. */
export type StepServerTasks = typeof tasks

serveTasks(tasks)
