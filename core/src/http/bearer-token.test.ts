import { describe, expect, it } from 'vitest'
import { bearerToken } from './bearer-token.ts'

describe('the token of an Authorization header', () => {
  it.each(['Bearer a-token', 'bearer a-token', 'BEARER a-token'])(
    'is what follows the scheme: %j',
    (header) => {
      expect(bearerToken(header)).toBe('a-token')
    },
  )

  it('has up to 500 characters', () => {
    expect(bearerToken(`Bearer ${'x'.repeat(500)}`)).toBe('x'.repeat(500))
    expect(bearerToken(`Bearer ${'x'.repeat(501)}`)).toBeNull()
  })

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearer  a-token',
    'Bearer a-token more',
    'Bearer a-token ',
    ' Bearer a-token',
    'Bearer a-token\n',
    'Bearer tokên',
    'Basic a-token',
    'a-token',
  ])('is absent from %j', (header) => {
    expect(bearerToken(header)).toBeNull()
  })
})
