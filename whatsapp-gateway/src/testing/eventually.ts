import { expect } from 'vitest'

/** Expects what `read` gives to become as wanted, with patience for a busy machine: `await eventually(read).toBe(1)`. */
export function eventually<T>(read: () => T) {
  return expect.poll(read, { interval: 5, timeout: 4_500 })
}
