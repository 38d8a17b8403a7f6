import { describe, expect, it } from 'vitest'
import { quietHoursSetting, quietUntil } from './quiet-hours.ts'

const night = { startsAt: '21:00', endsAt: '07:00' }
const saoPaulo = 'America/Sao_Paulo'

/** The end of the quiet hours at an instant, both as ISO 8601 in UTC. */
function endAt(instant: string, { hours = night, zone = saoPaulo } = {}): string | null {
  return quietUntil(new Date(instant), hours, zone)?.toISOString() ?? null
}

describe('quiet hours', () => {
  it.each([
    ['a second before they start', '2026-03-10T23:59:59Z', null],
    ['from their start', '2026-03-11T00:00:00Z', '2026-03-11T10:00:00.000Z'],
    ['after midnight', '2026-03-11T04:00:00Z', '2026-03-11T10:00:00.000Z'],
    ['until a millisecond before their end', '2026-03-11T09:59:59.999Z', '2026-03-11T10:00:00.000Z'],
    ['no more at their end', '2026-03-11T10:00:00Z', null],
    ['not at noon', '2026-03-11T15:00:00Z', null],
  ])('%s', (_, instant, end) => {
    expect(endAt(instant)).toBe(end)
  })

  it('may lie within one day', () => {
    const hours = { startsAt: '12:00', endsAt: '13:30' }
    expect(endAt('2026-03-10T15:10:00Z', { hours })).toBe('2026-03-10T16:30:00.000Z')
    expect(endAt('2026-03-10T16:30:00Z', { hours })).toBeNull()
    expect(endAt('2026-03-10T14:59:00Z', { hours })).toBeNull()
  })

  it('end at the time of day of that morning when the clock is put forward or back in the night', () => {
    const zone = 'Europe/Lisbon'
    // 29 March 2026, 01:00 UTC: forward; 25 October 2026, 01:00 UTC: back.
    expect(endAt('2026-03-28T23:00:00Z', { zone })).toBe('2026-03-29T06:00:00.000Z')
    expect(endAt('2026-10-24T23:00:00Z', { zone })).toBe('2026-10-25T07:00:00.000Z')
  })

  it('that end at a time which the clock skips end after the gap', () => {
    const hours = { startsAt: '22:00', endsAt: '01:30' }
    expect(endAt('2026-03-29T00:30:00Z', { hours, zone: 'Europe/Lisbon' })).toBe('2026-03-29T01:30:00.000Z')
  })

  it('are read from the configuration, or are none', () => {
    expect(quietHoursSetting.parse('21:00-07:00')).toEqual(night)
    expect(quietHoursSetting.parse('off')).toBeNull()
    expect(quietUntil(new Date('2026-03-11T04:00:00Z'), null, saoPaulo)).toBeNull()
    for (const wrong of ['21-7', '21:00', '24:00-07:00', '07:00-07:00', '21:00-07:00,12:00-13:00']) {
      expect(() => quietHoursSetting.parse(wrong)).toThrow('must be two different times')
    }
  })
})
