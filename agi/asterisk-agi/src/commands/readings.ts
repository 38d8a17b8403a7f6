import { dtmfKeyOfCode, type DtmfKey } from '../dtmf.ts'
import { AgiProtocolError } from '../errors.ts'
import type { AgiReply } from '../reply.ts'
import { IfAlive } from './command.ts'

/**
 * What a playback ended in. `endpos` is in samples (8,000 a second for narrowband files). 'failed': the file is
 * missing or can't be played, while the channel is alive; Asterisk then ends the whole AGI with AGISTATUS=FAILURE,
 * whatever else is done.
 */
export type PlaybackResult =
  | { kind: 'finished'; endpos: number }
  | { kind: 'key'; key: DtmfKey; endpos: number }
  | { kind: 'failed' }

/** What saying something ended in. */
export type SayResult = { kind: 'finished' } | { kind: 'key'; key: DtmfKey } | { kind: 'failed' }

const failed = { kind: 'failed' } as const

/** @throws AgiProtocolError when `result=` is no integer. */
export function integerOf(reply: AgiReply): number {
  const number = Number(reply.result)
  if (reply.result !== '' && Number.isSafeInteger(number)) return number
  throw new AgiProtocolError('The result is no number')
}

/** The reply says nothing beyond having come. */
export function nothing(reply: AgiReply): void {
  integerOf(reply)
}

/** 0, or -1 when it failed or the caller is gone. */
export function zeroOrFailed(reply: AgiReply): void | IfAlive<void> {
  if (integerOf(reply) < 0) return new IfAlive()
}

/** 1 for yes, 0 for no. */
export function yesOrNo(reply: AgiReply): boolean {
  return integerOf(reply) === 1
}

/** A key's code, 0 for none, -1 for a failure or a hangup; with `endpos=`. */
export function playback(reply: AgiReply): PlaybackResult | IfAlive<PlaybackResult> {
  const code = integerOf(reply)
  if (code < 0) return new IfAlive<PlaybackResult>(failed)
  const endpos = reply.endpos ?? 0
  return code === 0 ? { kind: 'finished', endpos } : { kind: 'key', key: dtmfKeyOfCode(code), endpos }
}

/** The same without `endpos=`. */
export function said(reply: AgiReply): SayResult | IfAlive<SayResult> {
  const code = integerOf(reply)
  if (code < 0) return new IfAlive<SayResult>(failed)
  return code === 0 ? { kind: 'finished' } : { kind: 'key', key: dtmfKeyOfCode(code) }
}

/** What stands in the parentheses of a result 1; null for a result 0. */
export function textOrNull(reply: AgiReply): string | null {
  if (reply.result === '0') return null
  if (reply.value === null) throw new AgiProtocolError('The reply holds no value')
  return reply.value
}
