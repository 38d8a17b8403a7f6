import type { MessageContent } from '../drivers/driver.ts'
import type { Channel } from './channel.ts'
import { type DeadState, deadStates, isDead, type MessageState } from './message-state.ts'
import type { NewMessage, PlannedFallback, StoredMessage } from './outbox-store.ts'

/**
 * Who goes first on a channel: everything but notices, then notices, and those held back not at all. A number, since it
 * leads the index from which the next message is taken.
 */
export const lanes = { prompt: 0, notice: 1, held: 2 } as const

/** A message as every store of the outbox has it in its table; times are epoch milliseconds. */
export interface MessageRow {
  seq: number
  id: string
  body_hash: string
  channel: Channel
  recipient: string
  /** One of {@link lanes}. */
  lane: number
  topic: string | null
  kind: MessageContent['kind'] | null
  content: string | null
  state: MessageState
  tries: number
  accepted_at: number
  deadline: number
  due_at: number
  provider_id: string | null
  replay_of: string | null
  fallback_of: string | null
  /** Planned fallback; its time is null once it is carried out or needless. */
  fallback_to: string | null
  fallback_due_at: number | null
  fallback_unless: PlannedFallback['unless'] | null
}

/** The columns of a message that is new, but for what it says. */
export function newRowOf(
  message: Omit<NewMessage, 'content'> & { replayOf?: string | null; fallbackOf?: string | null },
) {
  const { notice, fallback } = message
  const heldUntil = notice?.heldUntil ?? null
  return {
    id: message.id,
    idempotencyKey: message.idempotencyKey,
    bodyHash: message.bodyHash,
    channel: message.channel ?? 'whatsapp',
    recipient: message.to,
    lane: notice === undefined ? lanes.prompt : heldUntil === null ? lanes.notice : lanes.held,
    topic: notice?.topic ?? null,
    acceptedAt: message.acceptedAt.getTime(),
    dueAt: heldUntil?.getTime() ?? 0,
    deadline: message.deadline.getTime(),
    replayOf: message.replayOf ?? null,
    fallbackOf: message.fallbackOf ?? null,
    fallbackTo: fallback?.to ?? null,
    fallbackDueAt: fallback?.dueAt.getTime() ?? null,
    fallbackUnless: fallback?.unless ?? null,
  }
}

/** Why a message that was just accepted waits; null when it doesn't. */
export function firstReason(message: Pick<NewMessage, 'notice'>): string | null {
  return message.notice === undefined || message.notice.heldUntil === null ? null : quietHoursReason
}

/** The word in a message's history for quiet hours. */
export const quietHoursReason = 'quiet_hours'

/**
 * When the planned fallback of a message is due once it comes to a state, in epoch milliseconds: at once at a dead end,
 * never (null) when it got far enough, else as planned.
 */
export function fallbackDueAtAfter(
  row: Pick<MessageRow, 'fallback_due_at' | 'fallback_unless'>,
  { to, at }: { to: MessageState; at: Date },
): number | null {
  const { fallback_due_at: plannedMs, fallback_unless: unless } = row
  if (plannedMs === null) {
    return null
  }
  if (to === 'delivered' || to === 'read' || (to === 'sent' && unless === 'sent')) {
    return null
  }
  return isDead(to) ? Math.min(plannedMs, at.getTime()) : plannedMs
}

/** The message of a row as a store reads it: the table, with its checks, vouches for the types. */
export function messageOf(value: unknown): StoredMessage {
  const row = value as MessageRow
  return {
    id: row.id,
    place: row.seq,
    bodyHash: row.body_hash,
    channel: row.channel,
    to: row.recipient,
    isNotice: row.lane !== lanes.prompt,
    kind: row.kind,
    content: row.content === null ? null : contentOf(row.content),
    state: row.state,
    tries: row.tries,
    acceptedAt: new Date(row.accepted_at),
    deadline: new Date(row.deadline),
    providerId: row.provider_id,
    replayOf: row.replay_of,
    fallbackOf: row.fallback_of,
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
