import { describe, expect, it } from 'vitest'
import { protocolOf, ticketIdOf } from './protocol.ts'

/** Small ids one after another, then ids of every length up to millions. */
const ticketIds = Array.from({ length: 400 }, (_, index) => (index < 200 ? index + 1 : index ** 3))

describe('a protocol number', () => {
  it('has five digits from the first ticket on', () => {
    expect([1, 2, 3].map(protocolOf)).toEqual(['10017', '10025', '10033'])
  })

  it('names its own ticket', () => {
    expect(ticketIds.map((id) => ticketIdOf(protocolOf(id)))).toEqual(ticketIds)
  })

  it('names no ticket when any single digit is mistyped', () => {
    const errors = ticketIds.flatMap((id) => singleDigitErrors(protocolOf(id)))
    expect(errors.length).toBeGreaterThan(10_000)
    expect(errors.filter((protocol) => ticketIdOf(protocol) !== null)).toEqual([])
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
