import { describe, expect, it } from 'vitest'
import { createCircuitBreaker } from './circuit-breaker.ts'
import { createFakeClock } from './speech-test-doubles.ts'

describe('createCircuitBreaker', () => {
  function openBreaker() {
    const clock = createFakeClock()
    const breaker = createCircuitBreaker({ clock, failuresToOpen: 3, openMs: 10_000 })
    for (let failure = 0; failure < 3; failure += 1) {
      breaker.failed()
    }
    return { clock, breaker }
  }

  it('opens after so many failures in a row', () => {
    const breaker = createCircuitBreaker({ clock: createFakeClock(), failuresToOpen: 3 })
    breaker.failed()
    breaker.failed()
    breaker.succeeded()
    breaker.failed()
    breaker.failed()
    expect(breaker.mayTry()).toBe(true)
    breaker.failed()
    expect(breaker.mayTry()).toBe(false)
    expect(breaker.isOpen()).toBe(true)
  })

  it('lets one try through after the pause and closes when it goes well', () => {
    const { clock, breaker } = openBreaker()
    clock.advance(9_999)
    expect(breaker.mayTry()).toBe(false)
    clock.advance(1)
    expect([breaker.mayTry(), breaker.mayTry()]).toEqual([true, false])
    breaker.succeeded()
    expect([breaker.mayTry(), breaker.mayTry()]).toEqual([true, true])
    expect(breaker.isOpen()).toBe(false)
  })

  it('stays open for another pause when that try fails', () => {
    const { clock, breaker } = openBreaker()
    clock.advance(10_000)
    breaker.mayTry()
    breaker.failed()
    clock.advance(9_999)
    expect(breaker.mayTry()).toBe(false)
    clock.advance(1)
    expect(breaker.mayTry()).toBe(true)
  })
})
