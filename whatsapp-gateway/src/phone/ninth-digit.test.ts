import { expect, it } from 'vitest'
import { sameMobileNumbers } from './ninth-digit.ts'

it.each([
  ['+5545999990001', ['+5545999990001', '+554599990001']],
  ['+554599990001', ['+554599990001', '+5545999990001']],
  ['+554533330001', ['+554533330001']],
  ['+14155550100', ['+14155550100']],
])('%s may be the account %j', (phone, numbers) => {
  expect(sameMobileNumbers(phone)).toEqual(numbers)
})
