import { createAgiApp } from '@ura/agi/app'
import { readAgiConfiguration } from '@ura/agi/config'
import { systemClock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'
import { serveTasks } from '../harness/task-process.ts'

/** The FastAGI service as in production. */
const agi = createAgiApp(readAgiConfiguration(process.env), {
  clock: systemClock,
  log: createLogger({ service: 'agi', level: 'info', destination: { write: () => {} } }),
})
const { port } = await agi.listen()

const tasks = {
  address: () => `127.0.0.1:${port}`,
  pid: () => process.pid,
  /** Calls in progress and records not yet kept. */
  activity: () => agi.activity(),
}

/** What the process can be asked for. */
export type AgiTasks = typeof tasks

serveTasks(tasks)
