import { describe, expect, it } from 'vitest'
import { deadlineOf, hashRequest, parseMessageRequest } from './message-request.ts'

const phone = '+5545999990001'
const now = new Date('2026-03-10T17:30:00Z')

function code(expiresAt: string) {
  return parseMessageRequest({ phone, otp: { code: '1234', expiresAt } })
}

describe('a message request', () => {
  it.each(['+5545999990001', '(45) 99999-0001', '45999990001', '55 45 99999 0001'])(
    'reads the phone %s',
    (text) => {
      expect(parseMessageRequest({ phone: text, message: 'oi' }).to).toBe(phone)
    },
  )

  it.each(['abc', '123', '+55', "'; DROP TABLE message"])('names the field of the phone %s', (text) => {
    expect(() => parseMessageRequest({ phone: text, message: 'oi' })).toThrow(
      expect.objectContaining({ code: 'TELEFONE_INVALIDO', field: 'phone' }),
    )
  })

  it('is a text or a code, and only one of them', () => {
    const otp = { code: '1234', expiresAt: '2026-03-10T17:35:00Z' }
    expect(() => parseMessageRequest({ phone })).toThrow(/só um deles/)
    expect(() => parseMessageRequest({ phone, message: 'oi', otp })).toThrow(/só um deles/)
  })

  it('takes an expiry with any zone, and none without', () => {
    expect(code('2026-03-10T14:35:00.000-03:00').content).toMatchObject({
      expiresAt: new Date('2026-03-10T17:35:00Z'),
    })
    for (const expiresAt of ['2026-03-10T17:35:00', '2026-13-10T17:35:00Z', '1773164100', 'amanhã']) {
      expect(() => code(expiresAt)).toThrow(expect.objectContaining({ field: 'otp.expiresAt' }))
    }
  })

  it('may be sent until the code expires, and a text for a day', () => {
    expect(deadlineOf(code('2026-03-10T17:35:00Z').content, now)).toEqual(new Date('2026-03-10T17:35:00Z'))
    expect(deadlineOf({ kind: 'text', text: 'oi' }, now)).toEqual(new Date('2026-03-11T17:30:00Z'))
  })

  it('is refused with a code that has expired or lives for over a day', () => {
    for (const expiresAt of ['2026-03-10T17:30:00Z', '2026-03-11T17:30:01Z']) {
      expect(() => deadlineOf(code(expiresAt).content, now)).toThrow(
        expect.objectContaining({ field: 'otp.expiresAt' }),
      )
    }
  })

  it('has a hash of its meaning, not of its spelling, that nobody can make without the key', () => {
    const one = hashRequest(code('2026-03-10T17:35:00Z'), 'key')
    expect(hashRequest(code('2026-03-10T14:35:00-03:00'), 'key')).toBe(one)
    expect(hashRequest(code('2026-03-10T17:35:01Z'), 'key')).not.toBe(one)
    expect(hashRequest(code('2026-03-10T17:35:00Z'), 'other key')).not.toBe(one)
  })
})
