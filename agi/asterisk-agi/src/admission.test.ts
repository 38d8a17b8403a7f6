import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Admission, type Candidate } from './admission.ts'

function candidate(name: string, told: string[]): Candidate {
  return {
    admitted: () => void told.push(`${name} admitted`),
    turnedAway: () => void told.push(`${name} turned away`),
  }
}

describe('admission', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => void vi.useRealTimers())

  it('lets in up to the limit, then has a bounded number wait', () => {
    const admission = new Admission({ activeMax: 2, waitingMax: 1, waitingTimeoutMs: 1_000 })
    const places = ['a', 'b', 'c', 'd'].map((name) => admission.enter(candidate(name, [])))
    expect(places).toEqual(['active', 'active', 'waiting', 'full'])
    expect([admission.active, admission.waiting]).toEqual([2, 1])
  })

  it('gives a free place to whoever waits longest, and forgets who gave up', () => {
    const told: string[] = []
    const admission = new Admission({ activeMax: 1, waitingMax: 3, waitingTimeoutMs: 1_000 })
    const [a, b, c, d] = ['a', 'b', 'c', 'd'].map((name) => candidate(name, told))
    for (const one of [a, b, c, d]) if (one !== undefined) admission.enter(one)
    if (b !== undefined) admission.giveUp(b)
    admission.leave()
    admission.leave()
    admission.leave()
    expect(told).toEqual(['c admitted', 'd admitted'])
    expect([admission.active, admission.waiting, vi.getTimerCount()]).toEqual([0, 0, 0])
  })

  it('turns away who has waited too long', () => {
    const told: string[] = []
    const admission = new Admission({ activeMax: 1, waitingMax: 1, waitingTimeoutMs: 1_000 })
    admission.enter(candidate('a', told))
    admission.enter(candidate('b', told))
    vi.advanceTimersByTime(999)
    expect(told).toEqual([])
    vi.advanceTimersByTime(1)
    admission.leave()
    expect(told).toEqual(['b turned away'])
    expect(admission.active).toBe(0)
  })
})
