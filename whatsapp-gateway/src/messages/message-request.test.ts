import { createHmac } from 'node:crypto'
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
      expect(parseMessageRequest({ phone: text, message: 'oi' }).phone).toBe(phone)
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

  it('names a phone, an e-mail address or both', () => {
    const email = 'Maria@Prefeitura.Example'
    expect(parseMessageRequest({ email, message: 'oi' })).toMatchObject({
      phone: null,
      email: 'Maria@prefeitura.example',
    })
    expect(parseMessageRequest({ phone, email, message: 'oi' })).toMatchObject({
      phone,
      email: 'Maria@prefeitura.example',
    })
    expect(() => parseMessageRequest({ message: 'oi' })).toThrow(expect.objectContaining({ field: 'phone' }))
    for (const wrong of ['maria', 'maria@p.example\r\nBcc: joao@p.example', 'a@p.example,b@p.example']) {
      expect(() => parseMessageRequest({ phone, email: wrong, message: 'oi' })).toThrow(
        expect.objectContaining({ code: 'REQUISICAO_INVALIDA', field: 'email' }),
      )
    }
  })

  it('may be a notice on a topic, which a code never is', () => {
    const notice = { purpose: 'notice', topic: 'ticket-10017' } as const
    expect(parseMessageRequest({ phone, message: 'oi', ...notice })).toMatchObject({
      isNotice: true,
      topic: 'ticket-10017',
    })
    expect(parseMessageRequest({ phone, message: 'oi' })).toMatchObject({ isNotice: false, topic: null })
    const otp = { code: '1234', expiresAt: '2026-03-10T17:35:00Z' }
    expect(() => parseMessageRequest({ phone, otp, purpose: 'notice' })).toThrow(
      expect.objectContaining({ field: 'purpose' }),
    )
    expect(() => parseMessageRequest({ phone, otp, topic: 'ticket-10017' })).toThrow(
      expect.objectContaining({ field: 'topic' }),
    )
  })

  it('to a phone alone has the hash it had before there were other channels, so that keys outlive an upgrade', () => {
    const before = createHmac('sha256', 'key').update(`["text","${phone}","oi"]`).digest('hex')
    expect(hashRequest(parseMessageRequest({ phone, message: 'oi' }), 'key')).toBe(before)
    const email = 'maria@prefeitura.example'
    const others = [
      { phone, email, message: 'oi' },
      { email, message: 'oi' },
      { phone, message: 'oi', purpose: 'notice' },
      { phone, message: 'oi', purpose: 'notice', topic: 'one' },
    ] as const
    const hashes = others.map((body) => hashRequest(parseMessageRequest(body), 'key'))
    expect(new Set([before, ...hashes]).size).toBe(5)
  })

  it('has a hash of its meaning, not of its spelling, that nobody can make without the key', () => {
    const one = hashRequest(code('2026-03-10T17:35:00Z'), 'key')
    expect(hashRequest(code('2026-03-10T14:35:00-03:00'), 'key')).toBe(one)
    expect(hashRequest(code('2026-03-10T17:35:01Z'), 'key')).not.toBe(one)
    expect(hashRequest(code('2026-03-10T17:35:00Z'), 'other key')).not.toBe(one)
  })
})
