import { describe, expect, it } from 'vitest'
import { findSustainedRate } from './sustained-rate.ts'

function exchangeThatBears(limit: number) {
  const tried: number[] = []
  const attempt = async (callsPerS: number) => {
    tried.push(callsPerS)
    const deadAirP99Ms = callsPerS <= limit ? 100 : 400
    return { calls: 1_000, failed: 0, concurrentMax: 10, deadAirP50Ms: 50, deadAirP99Ms }
  }
  return { tried, attempt }
}

describe('the sustained rate', () => {
  it.each([1, 3, 7.5, 40])(
    'is found to within a tenth for an exchange that bears %s calls/s',
    async (limit) => {
      const { attempt } = exchangeThatBears(limit)
      const found = await findSustainedRate({ guessCallsPerS: 4, attempt, progress: () => {} })
      expect(found?.callsPerS).toBeGreaterThan(limit * 0.89)
      expect(found?.callsPerS).toBeLessThanOrEqual(limit)
    },
  )

  it('is none when the exchange bears nothing, after a bounded search', async () => {
    const { attempt, tried } = exchangeThatBears(0)
    expect(await findSustainedRate({ guessCallsPerS: 4, attempt, progress: () => {} })).toBeNull()
    expect(tried.length).toBeLessThan(12)
  })

  it('ends at a bound when the exchange bears everything', async () => {
    const { attempt } = exchangeThatBears(Infinity)
    const found = await findSustainedRate({ guessCallsPerS: 4, attempt, progress: () => {} })
    expect(found?.callsPerS).toBeGreaterThan(100)
  })

  it('counts a call that failed in a thousand as too many', async () => {
    const outcome = { calls: 1_000, concurrentMax: 1, deadAirP50Ms: 1, deadAirP99Ms: 1 }
    const attempt = async (rate: number) => ({ ...outcome, failed: rate > 2 ? 1 : 0 })
    const found = await findSustainedRate({ guessCallsPerS: 2, attempt, progress: () => {} })
    expect(found?.callsPerS).toBe(2)
  })
})
