import { once } from 'node:events'
import { constants, getPriority } from 'node:os'
import { Worker } from 'node:worker_threads'
import { describe, expect, it } from 'vitest'

const module = new URL('thread-priority.ts', import.meta.url)

/** A thread that lowers its priority and lives until it is told to end. */
const program = `
const { parentPort } = require('node:worker_threads')
import('${module.href}').then(({ lowerThreadPriority }) => parentPort.postMessage(lowerThreadPriority()))
parentPort.on('message', () => parentPort.close())`

describe.runIf(process.platform === 'linux')('lowerThreadPriority', () => {
  it('lowers the calling thread alone', async () => {
    const before = getPriority()
    const worker = new Worker(program, { eval: true })
    const [threadId] = (await once(worker, 'message')) as [number]
    expect(getPriority(threadId)).toBe(Math.max(before, constants.priority.PRIORITY_BELOW_NORMAL))
    expect(getPriority()).toBe(before)
    worker.postMessage('end')
    await once(worker, 'exit')
  })
})
