import { describe, expect, it } from 'vitest'
import { extensionSettings, isExtensionPattern, matchesExtension } from './extension-patterns.ts'

describe('an extension pattern', () => {
  it.each([
    ['2001', '2001', true],
    ['2001', '2002', false],
    ['2XXX', '2999', true],
    ['2XXX', '29990', false],
    ['2XXX', '12999', false],
    ['2XXX', '2*99', false],
    ['2ZXX', '2099', false],
    ['2NXX', '2199', false],
    ['2NXX', '2299', true],
    ['3[0-24]X', '341', true],
    ['3[0-24]X', '331', false],
  ])('%s and %s: %s', (pattern, number, matches) => {
    expect(matchesExtension([pattern], number)).toBe(matches)
  })

  it.each(['', '2.', '2!', '2XXX\n', '2x', '[', '[]', '[a-z]', '[9-1]', 'trunk', 'X'.repeat(21)])(
    'is not %j',
    (pattern) => {
      expect(isExtensionPattern(pattern)).toBe(false)
      expect(matchesExtension([], pattern)).toBe(false)
    },
  )
})

describe('TRUSTED_EXTENSIONS', () => {
  const { trustedExtensions } = extensionSettings

  it('is a list, with or without the underscore of the dialplan', () => {
    expect(trustedExtensions.parse('2XXX, _3001')).toEqual(['2XXX', '3001'])
    expect(trustedExtensions.parse('')).toEqual([])
  })

  it('names the pattern that is none', () => {
    expect(() => trustedExtensions.parse('2XXX,2.')).toThrow('has "2."')
    expect(() => trustedExtensions.parse('2XXX,')).toThrow('has ""')
  })
})
