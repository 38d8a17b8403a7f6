import type { Worker } from 'node:worker_threads'
import {
  SpeechBusyError,
  type SpeechFaultReason,
  SpeechInputError,
  SpeechUnavailableError,
} from './synthesizer.ts'

/** What a thread is asked. */
export interface ThreadRequest<Job> {
  id: number
  job: Job
}

/** What it answers: a result, or what went wrong and whether the job itself is to blame. */
export type ThreadReply<Result> =
  | { id: number; result: Result }
  | { id: number; fault: { isInput: boolean; message: string } }

export interface ThreadQueueOptions {
  /** For messages: `eSpeak`. */
  name: string
  startWorker: () => Worker
  /** A job that takes longer stops the thread, in milliseconds. The wait for its turn doesn't count. */
  jobTimeoutMs: number
  /** Jobs that may wait for their turn, default 256, for they are little more than texts; the next is refused. */
  waitingMax?: number
  /**
   * A job whose turn doesn't come within this time is refused, in milliseconds, default 3,000: soon enough for whoever
   * asked to say something else, and so short that whoever comes after a burst is served again.
   */
  waitMaxMs?: number
}

const waitingMaxDefault = 256
const waitMaxMsDefault = 3_000

interface PendingJob<Job, Result> extends ThreadRequest<Job> {
  /** Bounds the wait, then the job. */
  timer: NodeJS.Timeout
  succeed(result: Result): void
  fail(error: Error): void
}

/**
 * Heavy work in a thread of its own, one job at a time and in order. The thread starts at once and is replaced when
 * it dies or hangs: only the job that it was at fails. While idle it doesn't keep the process alive.
 */
export class ThreadQueue<Job, Result> {
  readonly #options: ThreadQueueOptions
  readonly #waiting: PendingJob<Job, Result>[] = []
  #running: PendingJob<Job, Result> | undefined
  #worker: Worker | undefined
  #isClosed = false
  #lastId = 0

  constructor(options: ThreadQueueOptions) {
    this.#options = options
    this.#worker = this.#start()
  }

  /**
   * What the thread makes of a job.
   *
   * @throws SpeechInputError when the thread finds fault with the job
   * @throws SpeechBusyError when the queue is full or the job's turn doesn't come in time
   * @throws SpeechUnavailableError when the thread failed, died or hung (retryable), when the signal aborts or the
   *   queue is closed (not retryable)
   */
  async run(job: Job, signal: AbortSignal): Promise<Result> {
    if (this.#isClosed || signal.aborted) {
      throw this.#unavailable(this.#isClosed ? 'is closed' : 'was given up', false, signal.reason)
    }
    const { name, waitingMax = waitingMaxDefault, waitMaxMs = waitMaxMsDefault } = this.#options
    if (this.#waiting.length >= waitingMax) {
      throw new SpeechBusyError(`${name} has too many jobs waiting`)
    }
    this.#lastId += 1
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    const timer = setTimeout(
      () => this.#giveUp(pending, new SpeechBusyError(`${name} did not come to the job in time`)),
      waitMaxMs,
    )
    const pending: PendingJob<Job, Result> = { id: this.#lastId, job, timer, succeed: resolve, fail: reject }
    const onAbort = (): void => this.#giveUp(pending, this.#unavailable('was given up', false, signal.reason))
    signal.addEventListener('abort', onAbort, { once: true })
    this.#waiting.push(pending)
    this.#next()
    try {
      return await promise
    } finally {
      signal.removeEventListener('abort', onAbort)
    }
  }

  /** Fails what is pending and ends the thread. */
  async close(): Promise<void> {
    this.#isClosed = true
    const last = this.#worker
    this.#worker = undefined
    for (const pending of this.#waiting.splice(0)) {
      clearTimeout(pending.timer)
      pending.fail(this.#unavailable('was closed', false))
    }
    this.#endRunning((pending) => pending.fail(this.#unavailable('was closed', false)))
    await last?.terminate()
  }

  #start(): Worker {
    const started = this.#options.startWorker()
    started.unref()
    started.on('message', (reply: ThreadReply<Result>) => this.#finish(reply))
    started.on('error', (error) => this.#drop(started, error))
    started.on('exit', () => this.#drop(started, new Error('the thread ended')))
    return started
  }

  /** Forgets a dead or stuck thread; the next job starts another. */
  #drop(dead: Worker, cause: unknown, reason: SpeechFaultReason = 'failed'): void {
    if (dead !== this.#worker) {
      return
    }
    this.#worker = undefined
    void dead.terminate()
    this.#endRunning((pending) =>
      pending.fail(
        new SpeechUnavailableError(`${this.#options.name} stopped in the middle of a job`, {
          retryable: true,
          reason,
          cause,
        }),
      ),
    )
  }

  #finish(reply: ThreadReply<Result>): void {
    // A thread that was dropped may still have had an answer on its way.
    if (this.#running?.id === reply.id) {
      this.#endRunning((pending) =>
        'result' in reply ? pending.succeed(reply.result) : pending.fail(this.#errorOf(reply.fault)),
      )
    }
  }

  #endRunning(settle: (pending: PendingJob<Job, Result>) => void): void {
    const ended = this.#running
    this.#running = undefined
    this.#worker?.unref()
    if (ended !== undefined) {
      clearTimeout(ended.timer)
      settle(ended)
    }
    this.#next()
  }

  #next(): void {
    const pending = this.#running === undefined && !this.#isClosed ? this.#waiting.shift() : undefined
    if (pending === undefined) {
      return
    }
    const worker = (this.#worker ??= this.#start())
    worker.ref()
    clearTimeout(pending.timer)
    pending.timer = setTimeout(
      () => this.#drop(worker, new Error('timeout'), 'timeout'),
      this.#options.jobTimeoutMs,
    )
    this.#running = pending
    worker.postMessage({ id: pending.id, job: pending.job } satisfies ThreadRequest<Job>)
  }

  #giveUp(pending: PendingJob<Job, Result>, error: Error): void {
    const index = this.#waiting.indexOf(pending)
    if (index >= 0) {
      this.#waiting.splice(index, 1)
      clearTimeout(pending.timer)
    }
    // A running job goes on: it ends sooner than a new thread would be ready, and its answer finds nobody.
    pending.fail(error)
  }

  #errorOf(fault: { isInput: boolean; message: string }): Error {
    return fault.isInput
      ? new SpeechInputError(fault.message)
      : this.#unavailable('failed', true, new Error(fault.message))
  }

  #unavailable(what: string, retryable: boolean, cause?: unknown): SpeechUnavailableError {
    return new SpeechUnavailableError(`${this.#options.name} ${what}`, { retryable, cause })
  }
}
