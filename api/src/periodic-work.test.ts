import { createLogger } from '@ura/core/logger'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { startPeriodicWork } from './periodic-work.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function start(work: () => Promise<void>) {
  const logged: string[] = []
  const log = createLogger({
    service: 'api',
    level: 'debug',
    destination: { write: (line: string) => void logged.push(line) },
  })
  return { logged, periodic: startPeriodicWork({ name: 'counting', everyMs: 60_000, work, log }) }
}

describe('periodic work', () => {
  it('runs at once, at every time that comes, and no more once closed', async () => {
    const work = vi.fn<() => Promise<void>>(async () => undefined)
    const { periodic } = start(work)
    expect(work).toHaveBeenCalledTimes(1)
    await vi.advanceTimersByTimeAsync(120_000)
    expect(work).toHaveBeenCalledTimes(3)
    await periodic.close()
    await vi.advanceTimersByTimeAsync(120_000)
    expect(work).toHaveBeenCalledTimes(3)
  })

  it('never runs twice at once, and closing waits for the run under way', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    const work = vi.fn<() => Promise<void>>(() => promise)
    const { periodic } = start(work)
    await vi.advanceTimersByTimeAsync(180_000)
    expect(work).toHaveBeenCalledTimes(1)
    let closed = false
    const closing = periodic.close().then(() => (closed = true))
    await vi.advanceTimersByTimeAsync(1)
    expect(closed).toBe(false)
    resolve()
    await closing
  })

  it('goes on after a failure, which is logged', async () => {
    const work = vi
      .fn<() => Promise<void>>(async () => undefined)
      .mockRejectedValueOnce(new Error('no such table'))
    const { periodic, logged } = start(work)
    await vi.advanceTimersByTimeAsync(60_000)
    expect(work).toHaveBeenCalledTimes(2)
    expect(logged).toEqual([expect.stringMatching(/"work":"counting".*periodic work failed/)])
    await periodic.close()
  })
})
