import { receivedRawMax, receivedTextMax } from '../../../inbound/received-message.ts'
import { type ChildEvent, qrImageCharactersMax, type RefusalReason } from '../child-messages.ts'

type ReceivedEvent = Extract<ChildEvent, { type: 'message' }>
type Outcome = { value: string } | { refusal: RefusalReason }

/** What `checkNumberStatus` gave, resolved or rejected: the address that WhatsApp knows the number by, or why none. */
export function lookupOutcome(result: unknown): Outcome {
  const { status, numberExists, id } = fieldsOf(result)
  const { _serialized: chatId } = fieldsOf(id)
  if (status === 200 && typeof chatId === 'string') {
    return { value: chatId }
  }
  return { refusal: numberExists === false ? 'not_on_whatsapp' : 'lookup_failed' }
}

/**
 * What `sendText` gave, resolved or rejected: the message's id, or what is known of a failure. Status 404 is given
 * before the message is handed to WhatsApp Web (wapi.js of 5.3.0); any other error may have come after.
 */
export function sendOutcome(result: unknown): Outcome {
  const { erro, to, status } = fieldsOf(result)
  const { _serialized: id } = fieldsOf(to)
  if (erro !== true && typeof id === 'string' && id !== '') {
    return { value: id.slice(0, 200) }
  }
  return { refusal: erro === true && status === 404 ? 'not_sent' : 'outcome_unknown' }
}

/** An acknowledgement of `onAck`; null when it names no message. */
export function ackEvent(value: unknown): Extract<ChildEvent, { type: 'ack' }> | null {
  const { id, ack } = fieldsOf(value)
  const { _serialized: messageId } = fieldsOf(id)
  return typeof messageId === 'string' && Number.isInteger(ack)
    ? { type: 'ack', id: messageId.slice(0, 200), ack: Number(ack) }
    : null
}

/** A message of `onMessage`, bounded; null when it has no id. */
export function messageEvent(value: unknown): ReceivedEvent | null {
  const message = fieldsOf(value)
  const id = typeof message['id'] === 'string' ? message['id'] : fieldsOf(message['id'])['_serialized']
  if (typeof id !== 'string' || id === '') {
    return null
  }
  const { from, type, body, t, timestamp } = message
  const isText = type === 'chat' && typeof body === 'string'
  return {
    type: 'message',
    id: id.slice(0, 200),
    from: typeof from === 'string' ? from.slice(0, 100) : null,
    sentAtSeconds: secondsOf(t ?? timestamp),
    kind: isText ? 'text' : kindOf(type),
    text: isText ? body.slice(0, receivedTextMax) : null,
    isPrivate:
      typeof from === 'string' &&
      /@(?:c\.us|lid)$/.test(from) &&
      message['isGroupMsg'] !== true &&
      message['fromMe'] !== true &&
      message['broadcast'] !== true,
    raw: rawOf(message),
  }
}

/** The QR's picture when it is one, a PNG as a data URL. */
export function qrEvent(image: unknown): Extract<ChildEvent, { type: 'qr' }> | null {
  return typeof image === 'string' &&
    image.length <= qrImageCharactersMax &&
    /^data:image\/png;base64,[A-Za-z0-9+/]+={0,2}$/.test(image)
    ? { type: 'qr', image }
    : null
}

/** Why `create` rejected; it rejects with sentences. */
export function failureReason(error: unknown): Extract<ChildEvent, { type: 'failed' }>['reason'] {
  const text = String(error)
  if (/not logged/i.test(text)) {
    return 'not_logged_in'
  }
  if (/trying to access the page/i.test(text)) {
    return 'page_unreachable'
  }
  return /browser/i.test(text) ? 'browser' : 'other'
}

/** A word of venom or of WhatsApp Web, or null when it is none that can be told. */
export function wordOf(value: unknown): string | null {
  return typeof value === 'string' && /^[A-Za-z_ -]{1,40}$/.test(value) ? value : null
}

function kindOf(type: unknown): ReceivedEvent['kind'] {
  if (type === 'reaction') {
    return 'reaction'
  }
  return ['image', 'video', 'audio', 'ptt', 'document', 'sticker', 'location', 'vcard'].includes(String(type))
    ? 'media'
    : 'other'
}

function secondsOf(value: unknown): number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 100_000_000_000 ? Number(value) : 0
}

/** What tells people later what came; never the media, which lie in `body` and are large. */
function rawOf(message: Record<string, unknown>): string {
  const { id, from, to, author, type, t, notifyName, isGroupMsg, fromMe, quotedMsgId } = message
  const body = type === 'chat' ? message['body'] : undefined
  const kept = { id, from, to, author, type, t, notifyName, isGroupMsg, fromMe, quotedMsgId, body }
  return (JSON.stringify(kept) ?? '').slice(0, receivedRawMax)
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}
}
