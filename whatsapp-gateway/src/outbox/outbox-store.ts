import type { MessageContent } from '../drivers/driver.ts'
import type { DeadState, MessageState } from './message-state.ts'

/** How many messages `prune` forgets at most in one go. */
export const prunedMax = 1_000

/** Texts of dead letters that are kept for a replay at most, newest first; older ones are blanked. */
export const deadTextsMax = 1_000

export interface NewMessage {
  readonly id: string
  /** null = the sender asked for no protection against sending twice. */
  readonly idempotencyKey: string | null
  /** Keyed hash of recipient and content; tells a repeated request from a key used again for something else. */
  readonly bodyHash: string
  /** E.164. */
  readonly to: string
  readonly content: MessageContent
  readonly acceptedAt: Date
  /** Never handed to the driver at or after this time. */
  readonly deadline: Date
}

export interface StoredMessage {
  readonly id: string
  /** Place in the order of acceptance, from 1; never given again, also when the message is long forgotten. */
  readonly place: number
  readonly bodyHash: string
  readonly to: string
  /** null for a message that was blanked by an older gateway, which kept no note of it. */
  readonly kind: MessageContent['kind'] | null
  /** null once blanked: settled, no text that may be replayed, and the driver keeps no transcript. */
  readonly content: MessageContent | null
  readonly state: MessageState
  /** How often the message was handed to the driver. */
  readonly tries: number
  readonly acceptedAt: Date
  readonly deadline: Date
  readonly providerId: string | null
  /** The dead letter that this message was made of; null for all others. */
  readonly replayOf: string | null
}

/** One step of a message's history; `reason` is a word such as `timeout`, null when there is nothing to explain. */
export interface Transition {
  readonly state: MessageState
  readonly at: Date
  readonly reason: string | null
}

export type Acceptance =
  | { readonly outcome: 'accepted' | 'repeated'; readonly message: StoredMessage }
  | { readonly outcome: 'full' }

/** A new message that takes the place of a dead letter, with its text. */
export interface Replay {
  /** The dead letter. */
  readonly deadId: string
  /** The state in which it was looked at; in another one nothing is done. */
  readonly deadState: DeadState
  readonly id: string
  readonly acceptedAt: Date
  readonly deadline: Date
}

/** `repeated`: it was replayed before, as that message. `changed`: its state or its text is not what it was. */
export type ReplayOutcome = Acceptance | { readonly outcome: 'changed' }

/** A wanted change of state; the store makes it only when the state machine allows it. */
export interface Move {
  readonly id: string
  readonly to: MessageState
  readonly at: Date
  readonly reason?: string
  /** For a retry: not handed over before. */
  readonly dueAt?: Date
  /** Kept even when the state doesn't move, as when a status overtook the send's answer. */
  readonly providerId?: string
}

export interface Pacing {
  readonly now: Date
  readonly recipientIntervalMs: number
}

/**
 * The durable outbox. Every method that changes something resolves only when the change is on disk. One gateway
 * owns the outbox at a time.
 */
export interface OutboxStore {
  /** Takes a message in unless its idempotency key is known (`repeated`) or `queuedMax` messages wait (`full`). */
  accept(message: NewMessage, queuedMax: number): Promise<Acceptance>
  find(id: string): Promise<StoredMessage | null>
  findByIdempotencyKey(key: string): Promise<StoredMessage | null>
  findByProviderId(providerId: string): Promise<StoredMessage | null>
  /** Oldest first. */
  history(id: string): Promise<Transition[]>
  /** Moves a message on; false when its state doesn't allow it. A move to `sending` counts as a try. */
  move(move: Move): Promise<boolean>
  /** The next message that may be handed over now: the oldest open one of its recipient, due, paced, in time. */
  nextReady(pacing: Pacing): Promise<StoredMessage | null>
  /** When `nextReady` or `expireOverdue` may have something new without any other event; null = never. */
  nextWakeAt(pacing: Pacing): Promise<Date | null>
  /** Queued messages past their deadline become `expired`; gives their ids. */
  expireOverdue(now: Date): Promise<string[]>
  /** Messages found in `sending` when the gateway starts become `unknown`; gives their number. */
  recoverInterrupted(now: Date): Promise<number>
  /** How many messages are open, and when the oldest of them was accepted. */
  backlog(): Promise<{ depth: number; oldestAcceptedAt: Date | null }>
  /** Messages with their texts in order of acceptance: the newest `limit`, or the first `limit` after a place. */
  transcript(query: { to: string | null; after: number | null; limit: number }): Promise<StoredMessage[]>
  /** Dead letters in these states, the newest first; `before` a place, for the next page. */
  deadLetters(query: {
    states: readonly DeadState[]
    before: number | null
    limit: number
  }): Promise<StoredMessage[]>
  /** How many dead letters there are of each kind. */
  deadCounts(): Promise<Record<DeadState, number>>
  /** Makes a new message of a dead letter's text, once; the text goes with it. */
  replay(replay: Replay, queuedMax: number): Promise<ReplayOutcome>
  /** The message that a dead letter was replayed as. */
  findReplayOf(deadId: string): Promise<StoredMessage | null>
  /** Forgets settled messages accepted before a time, `prunedMax` at most; gives their number. */
  prune(before: Date): Promise<number>
  close(): Promise<void>
}
