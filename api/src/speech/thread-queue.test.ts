import { Worker } from 'node:worker_threads'
import { afterEach, describe, expect, it } from 'vitest'
import { SpeechBusyError, SpeechInputError, SpeechUnavailableError } from './synthesizer.ts'
import { ThreadQueue } from './thread-queue.ts'

/** A thread that does what the job says: answers, faults, dies or hangs. */
const program = `
const { parentPort } = require('node:worker_threads')
parentPort.on('message', ({ id, job }) => {
  if (job === 'die') throw new Error('died')
  if (job === 'leave') process.exit(0)
  if (job === 'hang') for (;;);
  if (job === 'refuse') return parentPort.postMessage({ id, fault: { isInput: true, message: 'bad job' } })
  if (job === 'fail') return parentPort.postMessage({ id, fault: { isInput: false, message: 'broken' } })
  parentPort.postMessage({ id, result: 'did ' + job })
})`

const never = new AbortController().signal
const queues: ThreadQueue<string, string>[] = []
let threadsStarted = 0

function createQueue(
  options: { jobTimeoutMs?: number; waitingMax?: number; waitMaxMs?: number } = {},
): ThreadQueue<string, string> {
  threadsStarted = 0
  const queue = new ThreadQueue<string, string>({
    name: 'test',
    startWorker: () => {
      threadsStarted += 1
      return new Worker(program, { eval: true })
    },
    jobTimeoutMs: 4_000,
    ...options,
  })
  queues.push(queue)
  return queue
}

async function faultOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => undefined,
    (error: unknown) => error,
  )
}

afterEach(async () => {
  await Promise.all(queues.splice(0).map(async (queue) => queue.close()))
})

describe('ThreadQueue', () => {
  it('does the jobs in order in one thread', async () => {
    const queue = createQueue()
    const order: string[] = []
    const results = await Promise.all(
      ['a', 'b', 'c'].map(async (job) => {
        const result = await queue.run(job, never)
        order.push(job)
        return result
      }),
    )
    expect(results).toEqual(['did a', 'did b', 'did c'])
    expect(order).toEqual(['a', 'b', 'c'])
    expect(threadsStarted).toBe(1)
  })

  it('tells a bad job from a thread that failed', async () => {
    const queue = createQueue()
    expect(await faultOf(queue.run('refuse', never))).toBeInstanceOf(SpeechInputError)
    expect(await faultOf(queue.run('fail', never))).toMatchObject({
      name: 'SpeechUnavailableError',
      retryable: true,
    })
  })

  it.each(['die', 'leave'])('replaces a thread that stops (%s); only that job fails', async (job) => {
    const queue = createQueue()
    const fault = faultOf(queue.run(job, never))
    const next = queue.run('next', never)
    expect(await fault).toMatchObject({ name: 'SpeechUnavailableError', retryable: true })
    expect(await next).toBe('did next')
    expect(threadsStarted).toBe(2)
  })

  it('replaces a thread that hangs', async () => {
    const queue = createQueue({ jobTimeoutMs: 300 })
    expect(await queue.run('warm', never)).toBe('did warm')
    expect(await faultOf(queue.run('hang', never))).toMatchObject({ retryable: true })
    expect(threadsStarted).toBe(1)
    expect(await queue.run('next', never)).toBe('did next')
    expect(threadsStarted).toBe(2)
  })

  it('refuses more waiting jobs than its bound, as busy, and does the others', async () => {
    const queue = createQueue({ waitingMax: 1 })
    const accepted = [queue.run('running', never), queue.run('waiting', never)]
    const fault = await faultOf(queue.run('too much', never))
    expect(fault).toBeInstanceOf(SpeechBusyError)
    expect(fault).toMatchObject({ retryable: false })
    expect(await Promise.all(accepted)).toEqual(['did running', 'did waiting'])
  })

  it('does a burst of 200 jobs', async () => {
    const queue = createQueue()
    const jobs = Array.from({ length: 200 }, (_, index) => `job ${index}`)
    const results = await Promise.all(jobs.map(async (job) => queue.run(job, never)))
    expect(results).toEqual(jobs.map((job) => `did ${job}`))
  })

  it('refuses a job whose turn does not come in time, as busy, and does those that come later', async () => {
    const queue = createQueue({ waitMaxMs: 30, jobTimeoutMs: 600 })
    const running = faultOf(queue.run('hang', never))
    const late = Array.from({ length: 20 }, (_, index) => faultOf(queue.run(`late ${index}`, never)))
    for (const fault of await Promise.all(late)) {
      expect(fault).toBeInstanceOf(SpeechBusyError)
    }
    expect(await running).toMatchObject({ name: 'SpeechUnavailableError', retryable: true })
    expect(await queue.run('next', never)).toBe('did next')
  })

  it('lets go of a caller who gives up, waiting or running, and goes on with the others', async () => {
    const queue = createQueue()
    const [first, second] = [new AbortController(), new AbortController()]
    const faults = [faultOf(queue.run('a', first.signal)), faultOf(queue.run('b', second.signal))]
    const last = queue.run('c', never)
    first.abort()
    second.abort()
    for (const fault of await Promise.all(faults)) {
      expect(fault).toMatchObject({ name: 'SpeechUnavailableError', retryable: false })
    }
    expect(await last).toBe('did c')
    expect(await faultOf(queue.run('d', first.signal))).toBeInstanceOf(SpeechUnavailableError)
  })

  it('fails what is pending when it is closed, and everything after', async () => {
    const queue = createQueue()
    const pending = [faultOf(queue.run('hang', never)), faultOf(queue.run('b', never))]
    await queue.close()
    for (const fault of await Promise.all(pending)) {
      expect(fault).toMatchObject({ name: 'SpeechUnavailableError', retryable: false })
    }
    expect(await faultOf(queue.run('c', never))).toMatchObject({ retryable: false })
    expect(threadsStarted).toBe(1)
  })
})
