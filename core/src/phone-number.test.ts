import { describe, expect, it } from 'vitest'
import { maskPhoneNumber, parsePhoneNumber } from './phone-number.ts'

describe('phone numbers', () => {
  it.each([
    ['+5545999990001', '+5545999990001'],
    ['(45) 99999-0001', '+5545999990001'],
    ['45 3333-1234', '+554533331234'],
    ['+1 212 555 0100', '+12125550100'],
  ])('reads %s as %s', (text, e164) => {
    expect(parsePhoneNumber(text)).toBe(e164)
  })

  it.each([
    '',
    '123',
    'abc',
    '+',
    '9'.repeat(100_000),
    'ligue 45999990001 agora',
    'ligue 45999990001',
    '45999990001 agora',
    `45999990001${' '.repeat(40)}agora`,
    '+5545999990001x',
    '45999990001, 45999990002',
  ])('knows that %j is none', (text) => {
    expect(parsePhoneNumber(text)).toBeNull()
  })

  it('shows only country, area and the last four digits', () => {
    expect(maskPhoneNumber('+5545999990001')).toBe('+55 45 *****-0001')
    expect(maskPhoneNumber('+12125550100')).toBe('+1 *****-0100')
  })

  it('shows two characters of what is no phone number', () => {
    expect(maskPhoneNumber('2001')).toBe('***01')
    expect(maskPhoneNumber('')).toBe('***')
  })
})
