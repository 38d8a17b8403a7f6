import type { MessageContent } from '../drivers/driver.ts'
import { type DeadState, deadStates, isDead, type MessageState } from './message-state.ts'
import type { StoredMessage } from './outbox-store.ts'

/** A message as every store of the outbox has it in its table; times are epoch milliseconds. */
export interface MessageRow {
  seq: number
  id: string
  body_hash: string
  recipient: string
  kind: MessageContent['kind'] | null
  content: string | null
  state: MessageState
  tries: number
  accepted_at: number
  deadline: number
  provider_id: string | null
  replay_of: string | null
}

/** The message of a row as a store reads it: the table, with its checks, vouches for the types. */
export function messageOf(value: unknown): StoredMessage {
  const row = value as MessageRow
  return {
    id: row.id,
    place: row.seq,
    bodyHash: row.body_hash,
    to: row.recipient,
    kind: row.kind,
    content: row.content === null ? null : contentOf(row.content),
    state: row.state,
    tries: row.tries,
    acceptedAt: new Date(row.accepted_at),
    deadline: new Date(row.deadline),
    providerId: row.provider_id,
    replayOf: row.replay_of,
  }
}

/** As {@link messageOf}; null for no row. */
export function messageOrNull(row: unknown): StoredMessage | null {
  return row === undefined || row === null ? null : messageOf(row)
}

/** The content as `accept` wrote it. */
function contentOf(json: string): MessageContent {
  const content = JSON.parse(json) as
    | { kind: 'text'; text: string }
    | { kind: 'otp'; code: string; expiresAt: string }
  return content.kind === 'text' ? content : { ...content, expiresAt: new Date(content.expiresAt) }
}

/** The instant of epoch milliseconds; null for what is none. */
export function dateOrNull(epochMs: unknown): Date | null {
  return typeof epochMs === 'number' ? new Date(epochMs) : null
}

/** Whether what a message says is kept when it comes to that state: a text that may be replayed; never a code. */
export function keepsContent(row: Pick<MessageRow, 'kind'>, state: MessageState): boolean {
  return row.kind === 'text' && isDead(state)
}

/** Rows of `state` and `count` as the number of dead letters in each state. */
export function deadCountsOf(rows: readonly unknown[]): Record<DeadState, number> {
  const counts = new Map(
    rows.map((row) => {
      const { state, count } = row as { state: DeadState; count: number }
      return [state, count]
    }),
  )
  return Object.fromEntries(deadStates.map((state) => [state, counts.get(state) ?? 0])) as Record<
    DeadState,
    number
  >
}

/**
 * Whether a move tells when its recipient was last busy with a message: at its handover, and again at the answer, since
 * nobody knows when in between the provider took it. The recipient's pace counts from there.
 */
export function occupiesRecipient(from: MessageState, to: MessageState): boolean {
  return from === 'sending' || to === 'sending'
}

/** By how many a move changes the number of those that wait. */
export function queuedChange(from: MessageState, to: MessageState): -1 | 0 | 1 {
  if (from === to) {
    return 0
  }
  return to === 'queued' ? 1 : from === 'queued' ? -1 : 0
}
