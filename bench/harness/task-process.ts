import { type ChildProcess, fork } from 'node:child_process'

/** The longest that one task may take. */
const TASK_MS_MAX = 180_000

/** How long a process may take to end by itself. */
const STOP_MS = 5_000

/** What a process can be asked for, by name. Input and output go as JSON. */
export type Tasks = Record<string, (input: never) => unknown>

/** A Node process of its own, so that what is measured in it is nobody else's. */
export interface TaskProcess<T extends Tasks> {
  /** Does one task there. @throws Error when the task throws, takes over 3 minutes, or the process ends. */
  run<Name extends keyof T & string>(
    name: Name,
    ...input: Parameters<T[Name]>
  ): Promise<Awaited<ReturnType<T[Name]>>>
  /** Ends the process; what is still asked of it rejects. */
  stop(): Promise<void>
}

interface Request {
  id: number
  name: string
  input: unknown
}

type Answer = { id: number; output: unknown } | { id: number; error: string }

interface Waiting {
  resolve: (output: never) => void
  reject: (error: Error) => void
  timer: NodeJS.Timeout
}

/**
 * Starts a script that calls {@link serveTasks}.
 *
 * @param options.args Its arguments. @param options.nodeOptions Options of Node itself, as `--expose-gc`.
 * @param options.env Variables of its environment beside those of this process.
 */
export function startProcess<T extends Tasks>(
  script: URL,
  options: { args?: string[]; nodeOptions?: string[]; env?: Readonly<Record<string, string>> } = {},
): TaskProcess<T> {
  const child = fork(script, options.args ?? [], {
    execArgv: options.nodeOptions ?? [],
    env: { ...process.env, ...options.env },
    // A session of its own, as a unit of systemd has: Linux shares the processor out among sessions (sched(7), autogroup).
    detached: true,
  })
  const waiting = new Map<number, Waiting>()
  let lastId = 0
  child.on('message', (answer: Answer) => settle(waiting, answer))
  const ended = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      const error = new Error(`The process of ${script.pathname} ended (${signal ?? code})`)
      for (const { reject, timer } of waiting.values()) {
        clearTimeout(timer)
        reject(error)
      }
      waiting.clear()
      resolve()
    })
  })
  return {
    run: (name, ...input) =>
      new Promise((resolve, reject) => {
        const id = (lastId += 1)
        const timer = setTimeout(() => {
          waiting.delete(id)
          reject(new Error(`The task ${name} took over ${TASK_MS_MAX} ms`))
        }, TASK_MS_MAX)
        waiting.set(id, { resolve, reject, timer })
        child.send({ id, name, input: input[0] } satisfies Request, (error) => {
          if (error !== null) settle(waiting, { id, error: error.message })
        })
      }),
    stop: () => stop(child, ended),
  }
}

/** Makes this process do `tasks` for the one that started it, until that one disconnects. */
export function serveTasks(tasks: Tasks): void {
  process.on('message', (request: Request) => {
    void perform(tasks, request).then((answer) => process.send?.(answer))
  })
  process.on('disconnect', () => process.exit(0))
}

async function perform(tasks: Tasks, { id, name, input }: Request): Promise<Answer> {
  try {
    const task = tasks[name]
    if (task === undefined) throw new Error(`There is no task ${name}`)
    return { id, output: await task(input as never) }
  } catch (error) {
    return { id, error: error instanceof Error ? (error.stack ?? error.message) : String(error) }
  }
}

function settle(waiting: Map<number, Waiting>, answer: Answer): void {
  const found = waiting.get(answer.id)
  if (found === undefined) return
  waiting.delete(answer.id)
  clearTimeout(found.timer)
  if ('error' in answer) found.reject(new Error(answer.error))
  else found.resolve(answer.output as never)
}

async function stop(child: ChildProcess, ended: Promise<void>): Promise<void> {
  if (child.connected) child.disconnect()
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_MS)
  await ended
  clearTimeout(timer)
}
