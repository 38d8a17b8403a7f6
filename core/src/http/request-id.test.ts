import { describe, expect, it } from 'vitest'
import { requestIdOf } from './request-id.ts'

const idFor = (given: string | string[] | undefined): string =>
  requestIdOf({ headers: given === undefined ? {} : { 'x-request-id': given } })

describe('the id of a request', () => {
  it.each(['call-1.step_2', '0', 'A'.repeat(64)])("is the caller's own: %j", (id) => {
    expect(idFor(id)).toBe(id)
  })

  it.each([undefined, '', 'a b', 'x"y', 'a:b', 'ä', 'a\n', 'A'.repeat(65), ['a', 'b']])(
    'is a new one in place of %j',
    (given) => {
      expect(idFor(given)).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/)
      expect(idFor(given)).not.toBe(idFor(given))
    },
  )
})
