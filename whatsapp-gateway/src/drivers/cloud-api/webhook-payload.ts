import { parsePhoneNumber } from '@ura/core/phone-number'
import type { ReceivedMessage } from '../../inbound/received-message.ts'

/** A status of the Cloud API, understood. */
export interface CloudStatus {
  /** The provider's id of the message (`wamid…`). */
  readonly providerId: string
  readonly state: 'sent' | 'delivered' | 'read' | 'failed'
  /** Null when it is no time; then now is as good. */
  readonly at: Date | null
  /** `biz_opaque_callback_data`: the outbox's id, when it came along. */
  readonly messageId: string | null
  /** Of a failure, Meta's error code. */
  readonly errorCode: number | null
}

export interface WebhookContents {
  readonly messages: readonly ReceivedMessage[]
  readonly statuses: readonly CloudStatus[]
  /** Parts that make no sense or concern another number, or nothing that we know. */
  readonly ignored: number
}

const states = new Map<unknown, CloudStatus['state']>([
  ['sent', 'sent'],
  ['delivered', 'delivered'],
  ['read', 'read'],
  ['failed', 'failed'],
])
const mediaTypes = new Set<unknown>([
  'image',
  'audio',
  'video',
  'document',
  'sticker',
  'location',
  'contacts',
  'order',
])
const idCharactersMax = 300

/**
 * Everything that one call brings: all entries, changes, messages and statuses, in their order. Never throws: what is
 * of another shape is counted, for Meta adds fields and kinds at any time.
 * @param own The phone number's id and the driver's name, which messages are kept under
 */
export function readWebhook(body: string, own: { phoneNumberId: string; channel: string }): WebhookContents {
  const messages: ReceivedMessage[] = []
  const statuses: CloudStatus[] = []
  const changes = listOf(parse(body)['entry']).flatMap((entry) => listOf(entry['changes']))
  let ignored = changes.length === 0 ? 1 : 0
  const keep = <T>(item: T | null, kept: T[]): void => {
    if (item === null) {
      ignored += 1
    } else {
      kept.push(item)
    }
  }
  for (const change of changes) {
    const value = recordOf(change['value'])
    const metadata = recordOf(value['metadata'])
    if (change['field'] !== 'messages' || metadata['phone_number_id'] !== own.phoneNumberId) {
      ignored += 1
      continue
    }
    const ownNumber = phoneOf(metadata['display_phone_number'])
    for (const message of listOf(value['messages'])) {
      keep(readMessage(message, { channel: own.channel, ownNumber }), messages)
    }
    for (const status of listOf(value['statuses'])) {
      keep(readStatus(status), statuses)
    }
  }
  return { messages, statuses, ignored }
}

function readMessage(
  message: Fields,
  own: { channel: string; ownNumber: string | null },
): ReceivedMessage | null {
  const id = idOf(message['id'])
  const sentAt = timeOf(message['timestamp'])
  if (id === null || sentAt === null) {
    return null
  }
  // Absent for people who hide their number behind a user name.
  const from = phoneOf(message['from'])
  return {
    channel: own.channel,
    id,
    from,
    sentAt,
    ...contentOf(message),
    isPrivate: message['group_id'] === undefined && from !== null && from !== own.ownNumber,
    raw: JSON.stringify(message),
  }
}

function contentOf(message: Fields): Pick<ReceivedMessage, 'kind' | 'text'> {
  const { type } = message
  const interactive = recordOf(message['interactive'])
  const texts: Readonly<Record<string, unknown>> = {
    text: recordOf(message['text'])['body'],
    button: recordOf(message['button'])['text'],
    interactive:
      recordOf(interactive['button_reply'])['title'] ?? recordOf(interactive['list_reply'])['title'],
  }
  const text = typeof type === 'string' && Object.hasOwn(texts, type) ? texts[type] : undefined
  if (typeof text === 'string') {
    return { kind: 'text', text }
  }
  return { kind: mediaTypes.has(type) ? 'media' : type === 'reaction' ? 'reaction' : 'other', text: null }
}

function readStatus(status: Fields): CloudStatus | null {
  const providerId = idOf(status['id'])
  const state = states.get(status['status'])
  if (providerId === null || state === undefined) {
    return null
  }
  const code = listOf(status['errors'])[0]?.['code']
  return {
    providerId,
    state,
    at: timeOf(status['timestamp']),
    messageId: idOf(status['biz_opaque_callback_data']),
    errorCode: typeof code === 'number' ? code : null,
  }
}

type Fields = Readonly<Record<string, unknown>>

function parse(body: string): Fields {
  try {
    return recordOf(JSON.parse(body))
  } catch {
    return {}
  }
}

function recordOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {}
}

function listOf(value: unknown): Fields[] {
  return Array.isArray(value) ? value.map(recordOf) : []
}

function idOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' && value.length <= idCharactersMax ? value : null
}

/** E.164 of digits with or without a plus; `wa_id` has none. */
function phoneOf(value: unknown): string | null {
  const digits = typeof value === 'string' ? value.replace(/\D/g, '') : ''
  return digits.length < 8 || digits.length > 15 ? null : parsePhoneNumber(`+${digits}`)
}

/** Of Unix seconds as text. */
function timeOf(value: unknown): Date | null {
  return typeof value === 'string' && /^\d{9,11}$/.test(value) ? new Date(Number(value) * 1_000) : null
}
