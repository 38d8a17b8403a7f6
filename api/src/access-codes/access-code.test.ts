import { describe, expect, it } from 'vitest'
import {
  type AccessCode,
  hashAccessCode,
  judgeAccessCode,
  newAccessCode,
  secondsUntilAnotherCode,
} from './access-code.ts'
import { createKeyedHash } from '../keyed-hash.ts'

const keyedHash = createKeyedHash('secret-of-the-tests')
const made = new Date('2026-11-23T14:00:00Z')

const code: AccessCode = {
  id: 'c1',
  userId: 1,
  codeHash: hashAccessCode(keyedHash, 'c1', '0042'),
  delivery: 'sent',
  channel: 'whatsapp',
  createdAt: made,
  expiresAt: new Date('2026-11-23T14:05:00Z'),
  wrongTries: 0,
  endedReason: null,
}

function judge(newest: AccessCode | null, digits: string, at = made) {
  return judgeAccessCode(newest, {
    codeHash: (id) => hashAccessCode(keyedHash, id, digits),
    now: at,
    wrongTriesMax: 5,
  })
}

describe('a new access code', () => {
  it.each([4, 6, 8])('has %i digits, leading zeros included', (digits) => {
    const codes = Array.from({ length: 200 }, () => newAccessCode(digits))
    expect(codes.every((text) => /^\d+$/.test(text) && text.length === digits)).toBe(true)
    expect(new Set(codes).size).toBeGreaterThan(150)
  })
})

describe('the hash of an access code', () => {
  it('differs for equal codes of two ids, and under another secret', () => {
    expect(hashAccessCode(keyedHash, 'c1', '0042')).not.toBe(hashAccessCode(keyedHash, 'c2', '0042'))
    expect(hashAccessCode(createKeyedHash('another-secret-of-16'), 'c1', '0042')).not.toBe(code.codeHash)
  })
})

describe('judging a keyed code', () => {
  it('takes the right one', () => {
    expect(judge(code, '0042')).toEqual({ right: true })
  })

  it('tells the tries left for a wrong one', () => {
    expect(judge(code, '0043')).toEqual({ right: false, reason: 'incorreto', triesLeft: 4 })
    expect(judge({ ...code, wrongTries: 3 }, '42')).toEqual({
      right: false,
      reason: 'incorreto',
      triesLeft: 1,
    })
  })

  it('blocks at the fifth wrong one', () => {
    expect(judge({ ...code, wrongTries: 4 }, '0043')).toEqual({
      right: false,
      reason: 'bloqueado',
      triesLeft: 0,
    })
  })

  it('takes the right one at the fifth try', () => {
    expect(judge({ ...code, wrongTries: 4 }, '0042')).toEqual({ right: true })
  })

  it('refuses even the right one once blocked', () => {
    const blocked = { ...code, wrongTries: 5, endedReason: 'blocked' } as const
    expect(judge(blocked, '0042')).toEqual({ right: false, reason: 'bloqueado', triesLeft: 0 })
  })

  it.each(['used', 'replaced', 'not_sent'] as const)(
    'counts a code that was %s as expired',
    (endedReason) => {
      expect(judge({ ...code, endedReason }, '0042')).toMatchObject({ right: false, reason: 'expirado' })
    },
  )

  it('counts the right one as expired from the very instant of its expiry', () => {
    expect(judge(code, '0042', new Date(code.expiresAt.getTime() - 1))).toEqual({ right: true })
    expect(judge(code, '0042', code.expiresAt)).toMatchObject({ reason: 'expirado', triesLeft: 0 })
  })

  it('has nothing to compare with when no code was made', () => {
    expect(judge(null, '0042')).toEqual({ right: false, reason: 'expirado', triesLeft: 0 })
  })
})

describe('the limit of codes', () => {
  const rule = { codesMax: 3, windowMs: 15 * 60_000, now: new Date('2026-11-23T14:15:00Z') }
  const at = (time: string): Date => new Date(`2026-11-23T${time}Z`)

  it('is free while fewer than three were made in the window', () => {
    expect(secondsUntilAnotherCode([at('14:14:00'), at('14:14:30')], rule)).toBeNull()
    expect(
      secondsUntilAnotherCode([at('13:59:00'), at('14:00:00'), at('14:14:00'), at('14:14:30')], rule),
    ).toBeNull()
  })

  it('tells the seconds until the third newest leaves the window', () => {
    expect(secondsUntilAnotherCode([at('14:00:01'), at('14:05:00'), at('14:10:00')], rule)).toBe(1)
    expect(
      secondsUntilAnotherCode([at('14:02:00'), at('14:05:00'), at('14:06:00'), at('14:10:00')], rule),
    ).toBe(300)
  })
})
