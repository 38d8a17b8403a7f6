import { describe, expect, it } from 'vitest'
import { linesWithCode } from './log-search.ts'

describe('a code in a log', () => {
  it.each([
    '{"codigo":"48217730"}',
    '{"msg":"4 8 2 1 7 7 3 0"}',
    '{"keys":["4","8","2","1","7","7","3","0"]}',
    '{"url":"/x?code=48217730&y"}',
  ])('is found in %s', (line) => {
    expect(linesWithCode(['{"msg":"nothing"}', line], '48217730')).toEqual([line])
  })

  it('is not found where only part of it is', () => {
    expect(linesWithCode(['{"msg":"4821773"}', '{"msg":"03771284"}'], '48217730')).toEqual([])
  })

  it('is not found in a time or an id that has its digits by chance', () => {
    expect(linesWithCode(['{"time":1482177300000}', '{"id":"148217730"}'], '48217730')).toEqual([])
  })

  it('that occurs by chance is not looked for', () => {
    expect(() => linesWithCode([], '4821')).toThrow(RangeError)
  })
})
