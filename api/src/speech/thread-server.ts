import { parentPort } from 'node:worker_threads'
import { SpeechInputError } from './synthesizer.ts'
import { lowerThreadPriority } from './thread-priority.ts'
import type { ThreadReply, ThreadRequest } from './thread-queue.ts'

/**
 * The thread's side of a `ThreadQueue`: answers each job, whose shape the queue's types vouch for, with its result. The
 * thread stands back behind the event loop.
 */
export function serveThread(work: (job: never) => unknown): void {
  lowerThreadPriority()
  async function answer({ id, job }: ThreadRequest<never>): Promise<void> {
    const reply = await replyTo(id, job)
    parentPort?.postMessage(reply)
  }

  async function replyTo(id: number, job: never): Promise<ThreadReply<unknown>> {
    try {
      return { id, result: await work(job) }
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      return { id, fault: { isInput: error instanceof SpeechInputError, message } }
    }
  }

  parentPort?.on('message', (request: ThreadRequest<never>) => void answer(request))
}
