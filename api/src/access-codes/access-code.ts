import { randomInt } from 'node:crypto'
import { secretsEqual } from '@ura/core/secret'
import type { MessageChannel } from '../gateway/message-gateway.ts'
import type { KeyedHash } from '../keyed-hash.ts'

/** Why a code is over before its time: a newer one, its use, too many wrong tries, or a message that never went. */
export type EndReason = 'replaced' | 'used' | 'blocked' | 'not_sent'

/** `sending` until the gateway has taken the message or refused it; `unknown` when nobody knows. */
export type Delivery = 'sending' | 'sent' | 'not_sent' | 'unknown'

/** One access code as it is kept: never the digits themselves. */
export interface AccessCode {
  id: string
  userId: number
  codeHash: string
  delivery: Delivery
  /** The way that the gateway took first; null as long as it has not taken the code. */
  channel: MessageChannel | null
  createdAt: Date
  expiresAt: Date
  wrongTries: number
  endedReason: EndReason | null
}

export type CodeVerdict =
  | { right: true }
  | { right: false; reason: 'incorreto' | 'expirado' | 'bloqueado'; triesLeft: number }

/** Digits of cryptographic randomness, leading zeros included: every code of that length is equally likely. */
export function newAccessCode(digits: number): string {
  return String(randomInt(10 ** digits)).padStart(digits, '0')
}

/** How a code is kept: bound to its own id, so that equal codes of two users look different. */
export function hashAccessCode(keyedHash: KeyedHash, id: string, code: string): string {
  return keyedHash('access-code', `${id}:${code}`)
}

/**
 * What a keyed code is worth against the newest code of its user (null: none was ever made). Changes nothing: the
 * caller counts a wrong try and ends a used or blocked code.
 */
export function judgeAccessCode(
  newest: AccessCode | null,
  keyed: { codeHash: (id: string) => string; now: Date; wrongTriesMax: number },
): CodeVerdict {
  if (newest === null || newest.expiresAt <= keyed.now) {
    return { right: false, reason: 'expirado', triesLeft: 0 }
  }
  if (newest.endedReason === 'blocked') {
    return { right: false, reason: 'bloqueado', triesLeft: 0 }
  }
  if (newest.endedReason !== null) {
    return { right: false, reason: 'expirado', triesLeft: 0 }
  }
  if (secretsEqual(newest.codeHash, keyed.codeHash(newest.id))) {
    return { right: true }
  }
  const triesLeft = Math.max(0, keyed.wrongTriesMax - newest.wrongTries - 1)
  return { right: false, reason: triesLeft === 0 ? 'bloqueado' : 'incorreto', triesLeft }
}

/** When a user who reached the limit may ask again: the moment the oldest of the counted codes leaves the window. */
export function secondsUntilAnotherCode(
  createdAts: readonly Date[],
  rule: { codesMax: number; windowMs: number; now: Date },
): number | null {
  const counted = createdAts
    .map((at) => at.getTime())
    .filter((at) => at > rule.now.getTime() - rule.windowMs)
    .toSorted((one, other) => other - one)
  const blocking = counted[rule.codesMax - 1]
  return blocking === undefined ? null : Math.ceil((blocking + rule.windowMs - rule.now.getTime()) / 1000)
}

/** When a user whose codes were tried wrongly too often within a day may have another: null for now. */
export function secondsUntilTriesAreForgotten(
  codes: readonly { createdAt: Date; wrongTries: number }[],
  rule: { wrongTriesMax: number; windowMs: number; now: Date },
): number | null {
  const newestFirst = codes
    .filter(({ createdAt }) => createdAt.getTime() > rule.now.getTime() - rule.windowMs)
    .toSorted((one, other) => other.createdAt.getTime() - one.createdAt.getTime())
  let wrongTries = 0
  for (const code of newestFirst) {
    wrongTries += code.wrongTries
    if (wrongTries >= rule.wrongTriesMax) {
      return Math.ceil((code.createdAt.getTime() + rule.windowMs - rule.now.getTime()) / 1000)
    }
  }
  return null
}
