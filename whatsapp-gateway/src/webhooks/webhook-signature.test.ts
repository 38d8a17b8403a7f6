import { expect, it } from 'vitest'
import { isSignedBy } from './webhook-signature.ts'

/** RFC 4231, test case 2: key "Jefe". */
const body = Buffer.from('what do ya want for nothing?')
const signature = 'sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'

it('takes the HMAC-SHA256 of the raw bytes under the app secret', () => {
  expect(isSignedBy('Jefe', body, signature)).toBe(true)
})

it.each([
  ['another secret', 'Jeff', body, signature],
  ['another body', 'Jefe', Buffer.from('what do ya want for nothing'), signature],
  ['no header', 'Jefe', body, undefined],
  ['two headers', 'Jefe', body, [signature, signature]],
  ['capital letters', 'Jefe', body, signature.toUpperCase()],
  ['a cut signature', 'Jefe', body, signature.slice(0, -2)],
])('refuses %s', (_name, secret, signed, header) => {
  expect(isSignedBy(secret, signed, header)).toBe(false)
})
