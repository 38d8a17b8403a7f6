import { describe, expect, it } from 'vitest'
import { median, percentile } from './statistics.ts'

describe('median', () => {
  it('is the middle one, whatever the order', () => {
    expect(median([9, 1, 5])).toBe(5)
  })

  it('is the mean of the two in the middle when their count is even', () => {
    expect(median([4, 1, 3, 100])).toBe(3.5)
  })

  it('of nothing is an error', () => {
    expect(() => median([])).toThrow(RangeError)
  })
})

describe('percentile', () => {
  it('is the smallest number that is not below that part of them', () => {
    const oneToHundred = Array.from({ length: 100 }, (_, index) => 100 - index)
    expect(percentile(oneToHundred, 99)).toBe(99)
    expect(percentile(oneToHundred, 50)).toBe(50)
    expect(percentile(oneToHundred, 100)).toBe(100)
  })

  it('of few numbers is the greatest', () => {
    expect(percentile([3, 1, 2], 99)).toBe(3)
  })

  it('of nothing is an error', () => {
    expect(() => percentile([], 99)).toThrow(RangeError)
  })
})
