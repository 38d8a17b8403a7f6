import { serveTasks } from '../harness/task-process.ts'
import { createLoopWatch, type LoopDelay } from './loop-watch.ts'

const watch = createLoopWatch()

/** A process that does nothing else: how late its event loop is, is the machine's doing. */
const tasks = {
  watchEventLoop: () => watch.start(),
  eventLoopDelay: (): LoopDelay => watch.stop(),
}

/** What the process can be asked for. */
export type IdleTasks = typeof tasks

serveTasks(tasks)
