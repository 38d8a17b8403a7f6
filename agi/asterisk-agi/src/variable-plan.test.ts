import { describe, expect, it } from 'vitest'
import { planVariables } from './variable-plan.ts'

describe('planning how variables are set', () => {
  it('puts plain ones into one MSet', () => {
    expect(planVariables({ URA_NEXT: 'queue', URA_USER: '1001', EMPTY: '' }, 8_191)).toEqual({
      multiple: ['URA_NEXT=queue,URA_USER=1001,EMPTY='],
      single: [],
    })
  })

  it('sets a lone one by itself', () => {
    expect(planVariables({ URA_NEXT: 'queue' }, 8_191).single).toEqual([['URA_NEXT', 'queue']])
  })

  it.each(['a,b', 'say "x"', String.raw`a\b`, '(open', 'x]', '${X}'])(
    'sets %j by itself: MSet would change or expand it',
    (text) => {
      expect(planVariables({ A: '1', X: text, B: '2' }, 8_191)).toEqual({
        multiple: ['A=1,B=2'],
        single: [['X', text]],
      })
    },
  )

  it.each(['CALLERID(name)', 'A,B', 'A B', ''])('sets the name %j by itself', (name) => {
    expect(planVariables({ A: '1', [name]: 'x' }, 8_191).multiple).toEqual([])
  })

  it('begins another MSet past 99 variables or a full line', () => {
    const many = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`V${index}`, 'x']))
    expect(planVariables(many, 8_191).multiple).toHaveLength(2)
    const long = { A: 'x'.repeat(1_000), B: 'x'.repeat(900), C: 'x'.repeat(900), D: 'x' }
    expect(planVariables(long, 2_047).multiple).toEqual([
      `A=${long.A},B=${long.B}`,
      `C=${long.C},D=${long.D}`,
    ])
  })
})
