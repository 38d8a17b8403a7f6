import { parsePhoneNumber } from '@ura/core/phone-number'
import type { ReceivedMessage } from '../../inbound/received-message.ts'
import type { ChildNews } from './child-process.ts'

/** A message from venom in the form that every driver gives; the number is null for an account that hides it (`@lid`). */
export function receivedMessage(news: Extract<ChildNews, { type: 'message' }>): ReceivedMessage {
  const { id, from, sentAtSeconds, kind, text, isPrivate, raw } = news
  const [, number] = /^([0-9]{5,20})@c\.us$/.exec(from ?? '') ?? []
  return {
    channel: 'venom',
    id,
    from: number === undefined ? null : parsePhoneNumber(`+${number}`),
    sentAt: new Date(sentAtSeconds * 1_000),
    kind,
    text,
    isPrivate,
    raw,
  }
}
