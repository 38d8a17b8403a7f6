import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { protocolOf, ticketIdOf } from './protocol.ts'

const ticketIds = fc.integer({ min: 1, max: 10_000_000 })

describe('a protocol number', () => {
  it('has five digits from the first ticket on', () => {
    expect([1, 2, 3].map(protocolOf)).toEqual(['10017', '10025', '10033'])
  })

  it('names its own ticket', () => {
    fc.assert(fc.property(ticketIds, (id) => ticketIdOf(protocolOf(id)) === id))
  })

  it('names no ticket when any single digit is mistyped', () => {
    fc.assert(
      fc.property(ticketIds, (id) => {
        const protocol = protocolOf(id)
        return singleDigitErrors(protocol).every((wrong) => ticketIdOf(wrong) === null)
      }),
      { numRuns: 50 },
    )
  })

  it.each(['', '0', '7', '18', '010017', '10017a', ' 10017', '-10017', '1'.repeat(16), '9993'])(
    'is not %j',
    (text) => {
      expect(ticketIdOf(text)).toBeNull()
    },
  )
})

function singleDigitErrors(protocol: string): string[] {
  return Array.from(protocol).flatMap((right, place) =>
    Array.from('0123456789')
      .filter((digit) => digit !== right)
      .map((digit) => protocol.slice(0, place) + digit + protocol.slice(place + 1)),
  )
}
