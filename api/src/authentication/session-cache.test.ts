import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../testing/fakes.ts'
import { SessionCache } from './session-cache.ts'

function cacheOf(keptMs: number) {
  const clock = createFakeClock('2026-11-23T14:00:00.000Z')
  const cache = new SessionCache<string>({ clock, keptMs })
  let reads = 0
  let inForce: string | null = 'telefonia'
  const expiresAt = new Date('2026-11-23T14:00:10.000Z')
  return {
    clock,
    reads: () => reads,
    revoke: () => {
      inForce = null
    },
    get: (hash = 'a') =>
      cache.get(hash, async () => {
        reads += 1
        return inForce === null ? null : { client: inForce, expiresAt }
      }),
  }
}

describe('a session that is kept', () => {
  it('is read once in a moment, and again after it', async () => {
    const test = cacheOf(2_000)
    expect([await test.get(), await test.get()]).toEqual(['telefonia', 'telefonia'])
    expect(test.reads()).toBe(1)
    test.clock.advance({ seconds: 2 })
    await test.get()
    expect(test.reads()).toBe(2)
  })

  it('is over a moment after it was revoked, at the latest', async () => {
    const test = cacheOf(2_000)
    await test.get()
    test.revoke()
    test.clock.advance({ seconds: 1 })
    expect(await test.get()).toBe('telefonia')
    test.clock.advance({ seconds: 1 })
    expect(await test.get()).toBeNull()
  })

  it('is over exactly when it expires', async () => {
    const test = cacheOf(60_000)
    await test.get()
    test.clock.advance({ seconds: 9 })
    await test.get()
    expect(test.reads()).toBe(1)
    test.clock.advance({ seconds: 1 })
    test.revoke()
    expect(await test.get()).toBeNull()
  })

  it('is nobody else’s', async () => {
    const test = cacheOf(2_000)
    await test.get('a')
    await test.get('b')
    expect(test.reads()).toBe(2)
  })

  it('is forgotten when the clock was set back', async () => {
    const test = cacheOf(2_000)
    await test.get()
    test.clock.set('2026-11-23T13:00:00.000Z')
    await test.get()
    expect(test.reads()).toBe(2)
  })
})

describe('a session that is not in force', () => {
  it('is asked for each time', async () => {
    const test = cacheOf(2_000)
    test.revoke()
    expect([await test.get(), await test.get()]).toEqual([null, null])
    expect(test.reads()).toBe(2)
  })
})
