import { type ChildProcess, spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import type { Timers } from '../../outbox/timers.ts'
import {
  type ChildEvent,
  type ChildRequest,
  type GatewayCommand,
  lineBytesMax,
  parseEvent,
  type RefusalReason,
  toLine,
} from './child-messages.ts'
import { createLineReader } from './line-reader.ts'
import { killGroup } from './process-group.ts'

/** What a child tells without being asked. */
export type ChildNews = Exclude<ChildEvent, { type: 'answer' | 'refusal' }>

export interface ChildProcessOptions {
  /** The module that the child runs. */
  entry: string
  arguments?: readonly string[]
  /** Its working folder and its home. */
  folder: string
  timers: Timers
  onNews: (news: ChildNews) => void
  /** Told once: that it exited, or that it sent something that is no event (`garbage`). */
  onEnd: (reason: 'exited' | 'garbage') => void
}

/** The child refused, and said why. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError'
  readonly reason: RefusalReason

  constructor(reason: RefusalReason) {
    super(reason)
    this.reason = reason
  }
}

/** The child did not answer: not in time, or it is gone. */
export class UnansweredError extends Error {
  override readonly name = 'UnansweredError'
  readonly reason: 'timeout' | 'gone'

  constructor(reason: 'timeout' | 'gone') {
    super(reason)
    this.reason = reason
  }
}

interface Waiting {
  resolve: (value: string | null) => void
  reject: (error: Error) => void
  cancel: () => void
}

/** Nothing else of the gateway's environment reaches the child: it runs other people's code, and there are tokens in it. */
const passedVariables = ['PATH', 'LANG', 'TZ', 'http_proxy', 'https_proxy', 'no_proxy'] as const

/**
 * A child process in a process group of its own, spoken to in lines of JSON over a pipe. The pipe is ours and not
 * Node's IPC channel, because that one takes messages of any size.
 */
export class VenomChildProcess {
  readonly #child: ChildProcess
  readonly #pipe: Socket
  readonly #options: ChildProcessOptions
  readonly #waiting = new Map<number, Waiting>()
  #requests = 0
  #ended = false

  constructor(options: ChildProcessOptions) {
    this.#options = options
    const { entry, folder } = options
    this.#child = spawn(process.execPath, [entry, ...(options.arguments ?? [])], {
      cwd: folder,
      // A group of its own, so that one signal ends it with everything that it started.
      detached: true,
      env: childEnvironment(folder),
      // What it prints may hold texts and codes.
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
    })
    this.#pipe = this.#child.stdio[3] as Socket
    // A broken pipe is told by the exit.
    this.#pipe.on('error', () => {})
    this.#pipe.on(
      'data',
      createLineReader({
        lineBytesMax,
        onLine: (line) => this.#received(line),
        onOversize: () => this.#end('garbage'),
      }),
    )
    this.#child.once('exit', () => this.#end('exited'))
    this.#child.once('error', () => this.#end('exited'))
  }

  /** Also the id of its process group; undefined when it could not be started. */
  get pid(): number | undefined {
    return this.#child.pid
  }

  tell(command: GatewayCommand): void {
    if (!this.#ended) {
      this.#pipe.write(toLine(command))
    }
  }

  /**
   * Asks and waits for the answer.
   * @throws RefusedError, UnansweredError
   */
  async ask(request: ChildRequest, timeoutMs: number): Promise<string | null> {
    if (this.#ended) {
      throw new UnansweredError('gone')
    }
    const number = ++this.#requests
    const { promise, resolve, reject } = Promise.withResolvers<string | null>()
    const cancel = this.#options.timers.setTimer(() => reject(new UnansweredError('timeout')), timeoutMs)
    this.#waiting.set(number, { resolve, reject, cancel })
    this.tell({ ...request, request: number })
    try {
      return await promise
    } finally {
      cancel()
      this.#waiting.delete(number)
    }
  }

  /** Kills the whole group; resolves when nothing of it is left, or after 2 s. */
  async kill(): Promise<void> {
    this.#end('exited', { silent: true })
    if (this.pid !== undefined) {
      await killGroup(this.pid)
    }
  }

  #received(line: string): void {
    if (this.#ended) {
      return
    }
    const event = parseEvent(line)
    if (event === null) {
      this.#end('garbage')
    } else if (event.type === 'answer') {
      this.#waiting.get(event.request)?.resolve(event.value)
    } else if (event.type === 'refusal') {
      this.#waiting.get(event.request)?.reject(new RefusedError(event.reason))
    } else {
      this.#options.onNews(event)
    }
  }

  #end(reason: 'exited' | 'garbage', { silent = false } = {}): void {
    if (this.#ended) {
      return
    }
    this.#ended = true
    for (const { reject } of this.#waiting.values()) {
      reject(new UnansweredError('gone'))
    }
    if (!silent) {
      this.#options.onEnd(reason)
    }
  }
}

function childEnvironment(folder: string): NodeJS.ProcessEnv {
  const passed = passedVariables.flatMap((name) => {
    const value = process.env[name]
    return value === undefined ? [] : [[name, value] as const]
  })
  return { ...Object.fromEntries(passed), HOME: folder }
}
