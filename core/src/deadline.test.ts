import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isTimeout, withDeadline } from './deadline.ts'

/** Work that ends when its signal does, with the signal's reason. */
function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const end = (): void => reject(signal.reason as Error)
    if (signal.aborted) {
      end()
    }
    signal.addEventListener('abort', end)
  })
}

describe('withDeadline', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('gives what the work gives, and leaves neither timer nor listener', async () => {
    const caller = new AbortController()
    const removed = vi.spyOn(caller.signal, 'removeEventListener')
    expect(await withDeadline({ limitMs: 100, signal: caller.signal }, async () => 7)).toBe(7)
    expect(vi.getTimerCount()).toBe(0)
    expect(removed).toHaveBeenCalledOnce()
  })

  it('ends the work after its time, with an error that says so', async () => {
    const ended = withDeadline({ limitMs: 100, signal: undefined }, untilAborted).catch(
      (error: unknown) => error,
    )
    await vi.advanceTimersByTimeAsync(100)
    const error = await ended
    expect(isTimeout(error)).toBe(true)
    expect(error).toMatchObject({ message: 'not done within 100 ms' })
  })

  it('ends the work with the signal, and for its reason', async () => {
    const caller = new AbortController()
    const ended = withDeadline({ limitMs: 100, signal: caller.signal }, untilAborted)
    caller.abort(new Error('hung up'))
    await expect(ended).rejects.toThrow('hung up')
    expect(vi.getTimerCount()).toBe(0)
  })

  it('starts work with a signal that has ended already', async () => {
    const signal = AbortSignal.abort(new Error('hung up'))
    await expect(withDeadline({ limitMs: 100, signal }, untilAborted)).rejects.toThrow('hung up')
  })
})

describe('isTimeout', () => {
  it('tells a deadline from a hangup', () => {
    expect(isTimeout(new DOMException('', 'TimeoutError'))).toBe(true)
    expect(isTimeout(new DOMException('', 'AbortError'))).toBe(false)
    expect(isTimeout(new Error('TimeoutError'))).toBe(false)
  })
})
