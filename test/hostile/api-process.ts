import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'

/** The ticket API in a process of its own. */
export interface ApiProcess {
  port: number
  /** The lines that tell of a failure inside. */
  failures: string[]
  isAlive(): boolean
  /** Ends it in the orderly way. */
  stop(): Promise<void>
}

/** So little that what isn't let go of ends the process soon. */
const heapMegabytes = 128
const startTimeoutMs = 30_000
const main = new URL('./attacked-api.ts', import.meta.url).pathname

/** @throws Error when it doesn't listen within 30 s */
export async function startApiProcess(environment: Readonly<Record<string, string>>): Promise<ApiProcess> {
  const child = spawn(process.execPath, [`--max-old-space-size=${heapMegabytes}`, main], {
    env: { PATH: process.env['PATH'], ...environment },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const failures: string[] = []
  const port = await listeningPort(child, failures)
  return {
    port,
    failures,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        const exited = once(child, 'exit')
        child.kill('SIGTERM')
        await exited
      }
    },
  }
}

async function listeningPort(child: ChildProcess, failures: string[]): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const timer = setTimeout(() => reject(new Error('the API does not listen')), startTimeoutMs)
  child.once('exit', () => reject(new Error('the API has ended')))
  if (child.stdout !== null) {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const listening = /ticket API is listening at http:\/\/[^:"]+:(\d+)/.exec(line)
      if (listening !== null) {
        resolve(Number(listening[1]))
      }
      if (line.includes('"level":"error"') || line.includes('"level":"fatal"')) {
        failures.push(line)
      }
    })
  }
  try {
    return await promise
  } catch (error) {
    child.kill('SIGKILL')
    throw error
  } finally {
    clearTimeout(timer)
  }
}
