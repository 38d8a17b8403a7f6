import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createConnectionPlaces } from './connection-places.ts'

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

const onePlace = (waitingMax = 10) => createConnectionPlaces({ placesMax: 1, waitingMax, waitMs: 3_000 })

describe('a place', () => {
  it('is had in the order of asking', async () => {
    const places = onePlace()
    await places.enter()
    const order: string[] = []
    const first = places.enter().then(() => order.push('first'))
    const second = places.enter().then(() => order.push('second'))
    expect([places.taken, places.waiting]).toEqual([1, 2])
    places.leave()
    await first
    places.leave()
    await second
    places.leave()
    expect(order).toEqual(['first', 'second'])
    expect([places.taken, places.waiting]).toEqual([0, 0])
  })

  it('that is not free in time is refused, and whoever gave up is in no one else’s way', async () => {
    const places = onePlace()
    await places.enter()
    const [tooLate] = await Promise.allSettled([places.enter(), vi.advanceTimersByTimeAsync(3_000)])
    expect(tooLate).toMatchObject({ reason: { message: 'No database connection was free in time' } })
    const patient = places.enter()
    places.leave()
    await patient
    expect([places.taken, places.waiting]).toEqual([1, 0])
  })

  it('is refused at once when too many wait', async () => {
    const places = onePlace(1)
    await places.enter()
    const waiting = places.enter()
    await expect(places.enter()).rejects.toThrow('Too many wait for a database connection')
    places.leave()
    await waiting
  })

  it('is refused to all once the places are closed', async () => {
    const places = onePlace()
    await places.enter()
    const waiting = places.enter()
    places.close()
    await expect(waiting).rejects.toThrow('The database is closed')
    await expect(places.enter()).rejects.toThrow('The database is closed')
  })
})
