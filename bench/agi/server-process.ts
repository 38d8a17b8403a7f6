import { setImmediate } from 'node:timers/promises'
import { serveTasks } from '../harness/task-process.ts'
import { SERVER_KINDS, startServer } from './servers.ts'

/** A server under test, alone in its process: `server-process.ts KIND ROUNDS`, see {@link startServer}. */

/** Collections in a row, with turns of the event loop in between: what finalizers let go is then gone too. */
const COLLECTIONS = 4

const kind = SERVER_KINDS.find((name) => name === process.argv[2])
if (kind === undefined) throw new Error(`There is no server ${process.argv[2]}`)
const server = await startServer(kind, Number(process.argv[3]))

const tasks = {
  port: () => server.port,

  processId: () => process.pid,

  /** User and system time of this process so far, all threads, in microseconds. */
  cpuUs: () => {
    const { user, system } = process.cpuUsage()
    return user + system
  },

  /** Memory of this process, in bytes, after V8 has given back every page it doesn't need. */
  memory: async () => {
    if (globalThis.gc === undefined) throw new Error('Needs --expose-gc')
    for (let collection = 0; collection < COLLECTIONS; collection += 1) {
      globalThis.gc({ type: 'major', flavor: 'last-resort' })
      await setImmediate()
    }
    const { rss, heapUsed } = process.memoryUsage()
    return { rssBytes: rss, heapBytes: heapUsed }
  },

  /** Ends every call; how long that took, in milliseconds. */
  drain: async () => {
    if (server.drain === null) throw new Error(`The server ${kind} can't drain`)
    const began = performance.now()
    await server.drain()
    return performance.now() - began
  },
}

/** What the process can be asked for. */
export type ServerTasks = typeof tasks

serveTasks(tasks)
