import { describe, expect, it } from 'vitest'
import { brazilianHoliday } from './brazilian-holidays.ts'
import { parseIntervals } from './intervals.ts'
import { officeHoursAt, type OfficeHoursRules } from './office-hours.ts'

const workday = parseIntervals('08:00-12:00,13:00-17:00') ?? []
const rules: OfficeHoursRules = {
  timeZone: 'America/Sao_Paulo',
  weekly: new Map([1, 2, 3, 4, 5].map((weekday) => [weekday, workday])),
  exceptions: new Map(),
  holiday: brazilianHoliday,
}

/** An instant given in São Paulo's wall time (UTC−3, no summer time since 2019). */
const at = (wall: string): Date => new Date(`${wall}:00-03:00`)

function withException(day: string, intervals: string, reason: string | null = null): OfficeHoursRules {
  return { ...rules, exceptions: new Map([[day, { intervals: parseIntervals(intervals) ?? [], reason }]]) }
}

describe('office hours of a usual week', () => {
  it('are open within an interval, until it closes', () => {
    expect(officeHoursAt(at('2026-11-23T09:30'), rules)).toEqual({
      open: true,
      reason: { kind: 'usual' },
      nextOpening: null,
      nextChange: at('2026-11-23T12:00'),
    })
  })

  it('begin on the minute and end on the minute', () => {
    const open = (wall: string): boolean => officeHoursAt(at(wall), rules).open
    expect(
      ['07:59', '08:00', '11:59', '12:00', '13:00', '16:59', '17:00'].map((time) =>
        open(`2026-11-23T${time}`),
      ),
    ).toEqual([false, true, true, false, true, true, false])
  })

  it('come back after lunch on the same day', () => {
    expect(officeHoursAt(at('2026-11-23T12:10'), rules)).toMatchObject({
      open: false,
      nextOpening: at('2026-11-23T13:00'),
      nextChange: at('2026-11-23T13:00'),
    })
  })

  it('come back the next morning after the end of a day; what is said of it holds until midnight', () => {
    expect(officeHoursAt(at('2026-11-23T17:00'), rules)).toMatchObject({
      nextOpening: at('2026-11-24T08:00'),
      nextChange: at('2026-11-24T00:00'),
    })
  })

  it('come back on Monday after Friday', () => {
    expect(officeHoursAt(at('2026-11-27T18:00'), rules).nextOpening).toEqual(at('2026-11-30T08:00'))
  })
})

describe('holidays', () => {
  it('close a weekday and tell their name', () => {
    expect(officeHoursAt(at('2026-12-25T10:00'), rules)).toMatchObject({
      open: false,
      reason: { kind: 'holiday', name: 'Natal' },
      nextOpening: at('2026-12-28T08:00'),
    })
  })

  it('are skipped across the end of the year', () => {
    expect(officeHoursAt(at('2026-12-31T17:30'), rules).nextOpening).toEqual(at('2027-01-04T08:00'))
  })

  it('are the national ones of Brazil, movable ones too, optional days not', () => {
    expect(brazilianHoliday('2026-04-03')).toBe('Sexta-Feira Santa')
    expect(brazilianHoliday('2026-11-20')).toBe('Dia da Consciência Negra')
    expect(brazilianHoliday('2026-02-17')).toBeNull()
    expect(brazilianHoliday('2026-12-24')).toBeNull()
  })
})

describe('exceptions', () => {
  it('close a usual day for their reason', () => {
    const closed = withException('2026-11-24', '', 'ponto facultativo')
    expect(officeHoursAt(at('2026-11-24T10:00'), closed)).toMatchObject({
      open: false,
      reason: { kind: 'exception', text: 'ponto facultativo' },
      nextOpening: at('2026-11-25T08:00'),
    })
    expect(officeHoursAt(at('2026-11-23T18:00'), closed).nextOpening).toEqual(at('2026-11-25T08:00'))
  })

  it('open a holiday in their own hours, and the day ends as any other', () => {
    const open = withException('2026-12-25', '09:00-11:00')
    expect(officeHoursAt(at('2026-12-25T10:00'), open)).toMatchObject({
      open: true,
      nextChange: at('2026-12-25T11:00'),
    })
    expect(officeHoursAt(at('2026-12-25T11:00'), open)).toMatchObject({
      open: false,
      reason: { kind: 'usual' },
    })
  })

  it('for a whole day stay open over midnight when the next day goes on', () => {
    const night: OfficeHoursRules = {
      ...rules,
      exceptions: new Map([
        ['2026-11-28', { intervals: parseIntervals('20:00-24:00') ?? [], reason: null }],
        ['2026-11-29', { intervals: parseIntervals('00:00-06:00') ?? [], reason: null }],
      ]),
    }
    expect(officeHoursAt(at('2026-11-28T23:00'), night)).toMatchObject({
      open: true,
      nextChange: at('2026-11-29T06:00'),
    })
  })
})

describe('an office that never opens', () => {
  it('knows no next opening', () => {
    const never = { ...rules, weekly: new Map() }
    expect(officeHoursAt(at('2026-11-23T10:00'), never)).toMatchObject({
      open: false,
      nextOpening: null,
      nextChange: at('2026-11-24T00:00'),
    })
  })
})

describe('a time zone with summer time', () => {
  const lisbon: OfficeHoursRules = { ...rules, timeZone: 'Europe/Lisbon', holiday: () => null }

  it('opens at the same wall time before and after the change', () => {
    // Summer time ends on 25 October 2026: Friday 08:00 is 07:00 UTC, Monday 08:00 is 08:00 UTC.
    expect(officeHoursAt(new Date('2026-10-22T20:00:00Z'), lisbon).nextOpening).toEqual(
      new Date('2026-10-23T07:00:00Z'),
    )
    expect(officeHoursAt(new Date('2026-10-24T20:00:00Z'), lisbon).nextOpening).toEqual(
      new Date('2026-10-26T08:00:00Z'),
    )
  })

  it('ends a whole day of 25 hours at its own midnight', () => {
    const wholeDay = {
      ...lisbon,
      exceptions: new Map([['2026-10-25', { intervals: parseIntervals('00:00-24:00') ?? [], reason: null }]]),
    }
    expect(officeHoursAt(new Date('2026-10-25T12:00:00Z'), wholeDay).nextChange).toEqual(
      new Date('2026-10-26T00:00:00Z'),
    )
  })
})

describe('a list of intervals', () => {
  it.each([
    '8:00-12:00',
    '08:00-12:60',
    '12:00-08:00',
    '08:00',
    '08:00-08:00',
    '24:00-24:00',
    'x',
    '08:00-12:00,',
  ])('is not %j', (text) => {
    expect(parseIntervals(text)).toBeNull()
  })

  it('may be empty: a closed day', () => {
    expect(parseIntervals('')).toEqual([])
  })
})
