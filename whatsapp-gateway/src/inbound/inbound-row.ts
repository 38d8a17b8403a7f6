import type { StoredInbound } from './inbound-store.ts'
import type { ReceivedMessage } from './received-message.ts'

/** A received message as every store has it in its table; times are epoch milliseconds. */
interface InboundRow {
  seq: number
  channel: string
  message_id: string
  sender: string | null
  sent_at: number
  kind: ReceivedMessage['kind']
  text: string | null
  is_private: number
  received_at: number
  tries: number
}

/** The message of a row as a store reads it: the table, with its checks, vouches for the types. */
export function inboundOf(value: unknown): StoredInbound {
  const row = value as InboundRow
  return {
    place: row.seq,
    channel: row.channel,
    id: row.message_id,
    from: row.sender,
    sentAt: new Date(row.sent_at),
    kind: row.kind,
    text: row.text,
    isPrivate: row.is_private === 1,
    receivedAt: new Date(row.received_at),
    tries: row.tries,
  }
}
