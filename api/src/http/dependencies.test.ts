import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFakeClock } from '../testing/fakes.ts'
import { createDependencies, type Probe, probeTimeoutMs } from './dependencies.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

function dependencies() {
  const clock = createFakeClock()
  const banco = vi.fn<Probe>(async () => null)
  const fine = async () => null
  return { clock, banco, all: createDependencies({ clock, probes: { banco, whatsapp: fine, voz: fine } }) }
}

describe('a dependency', () => {
  it('is asked once in two seconds, whoever wants to know', async () => {
    const { clock, banco, all } = dependencies()
    await Promise.all([all.check(), all.check()])
    clock.advance({ seconds: 1 })
    await all.check()
    expect(banco).toHaveBeenCalledTimes(1)
    clock.advance({ seconds: 1 })
    await all.check()
    expect(banco).toHaveBeenCalledTimes(2)
  })

  it('is told with its reason and with the time of its last change', async () => {
    const { clock, banco, all } = dependencies()
    await all.check()
    const beginning = clock.now()
    clock.advance({ minutes: 1 })
    expect((await all.check()).banco).toEqual({
      isUp: true,
      isDegraded: false,
      reason: null,
      changedAt: beginning,
    })
    banco.mockImplementation(async () => 'Fora.')
    clock.advance({ minutes: 1 })
    const downAt = clock.now()
    expect((await all.check()).banco).toEqual({
      isUp: false,
      isDegraded: false,
      reason: 'Fora.',
      changedAt: downAt,
    })
    clock.advance({ minutes: 1 })
    expect((await all.check()).banco.changedAt).toEqual(downAt)
  })

  it('that works in a poorer way is up and degraded, with the reason and since when', async () => {
    const { clock, banco, all } = dependencies()
    await all.check()
    banco.mockImplementation(async () => ({ degradedBecause: 'Devagar.' }))
    clock.advance({ minutes: 1 })
    const since = clock.now()
    expect((await all.check()).banco).toEqual({
      isUp: true,
      isDegraded: true,
      reason: 'Devagar.',
      changedAt: since,
    })
    clock.advance({ minutes: 1 })
    expect((await all.check()).banco.changedAt).toEqual(since)
    banco.mockImplementation(async () => 'Fora.')
    clock.advance({ minutes: 1 })
    expect((await all.check()).banco).toMatchObject({
      isUp: false,
      isDegraded: false,
      changedAt: clock.now(),
    })
  })

  it('that fails is down, without what it failed with', async () => {
    const { banco, all } = dependencies()
    banco.mockImplementation(() => Promise.reject(new Error('password=secret')))
    expect((await all.check()).banco).toMatchObject({ isUp: false, reason: 'Falhou.' })
  })

  it('that hangs is down in time, and is not asked again while it hangs', async () => {
    const { clock, banco, all } = dependencies()
    const { promise, resolve } = Promise.withResolvers<null>()
    banco.mockImplementation(() => promise)
    for (let time = 0; time < 3; time += 1) {
      const checking = all.check()
      await vi.advanceTimersByTimeAsync(probeTimeoutMs)
      expect((await checking).banco).toMatchObject({ isUp: false, reason: 'Não respondeu em 2 segundos.' })
      clock.advance({ seconds: 2 })
    }
    expect(banco).toHaveBeenCalledTimes(1)
    resolve(null)
    await vi.advanceTimersByTimeAsync(0)
    expect((await all.check()).banco.isUp).toBe(true)
  })
})
