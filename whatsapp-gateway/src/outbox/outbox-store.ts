import type { MessageContent } from '../drivers/driver.ts'
import type { Channel } from './channel.ts'
import type { DeadState, MessageState } from './message-state.ts'

/** How many messages `prune` forgets at most in one go. */
export const prunedMax = 1_000

/** How many notices `releaseHeld` lets go at most in one go: about 10 ms of SQLite's, during which codes wait. */
export const releasedMax = 200

/** Texts of dead letters that are kept for a replay at most, newest first; older ones are blanked. */
export const deadTextsMax = 1_000

export interface NewMessage {
  readonly id: string
  /** null = the sender asked for no protection against sending twice. */
  readonly idempotencyKey: string | null
  /** Keyed hash of recipient and content; tells a repeated request from a key used again for something else. */
  readonly bodyHash: string
  /** Default: `whatsapp`. */
  readonly channel?: Channel
  /** E.164, or an e-mail address on that channel. */
  readonly to: string
  readonly content: MessageContent
  readonly acceptedAt: Date
  /** Never handed to the driver at or after this time. */
  readonly deadline: Date
  /** Default: none; the message goes as soon as it can. */
  readonly notice?: NewNotice
  /** Default: none. */
  readonly fallback?: PlannedFallback
}

/** What makes a message a notice: others go before it, and it may be held back in quiet hours. */
export interface NewNotice {
  /** The end of the quiet hours in which it was accepted; null = it need not wait. */
  readonly heldUntil: Date | null
  /** With a topic it takes the place of queued notices on it to any of `recipients`. */
  readonly topic: string | null
  /** Every way to the person, as `to`. */
  readonly recipients: readonly string[]
}

/** What is to be done when a message does not arrive in time: the same by e-mail, once. */
export interface PlannedFallback {
  /** The e-mail address. */
  readonly to: string
  /** Done at this time, or as soon as the message comes to a dead end. */
  readonly dueAt: Date
  /** How far the message has to come to make it needless: a driver may not be able to tell deliveries. */
  readonly unless: 'sent' | 'delivered'
}

export interface StoredMessage {
  readonly id: string
  /** Place in the order of acceptance, from 1; never given again, also when the message is long forgotten. */
  readonly place: number
  readonly bodyHash: string
  readonly channel: Channel
  readonly to: string
  readonly isNotice: boolean
  /** null for a message that was blanked by an older gateway, which kept no note of it. */
  readonly kind: MessageContent['kind'] | null
  /** null once blanked: settled, no text that may be replayed, no fallback planned, and the driver keeps no transcript. */
  readonly content: MessageContent | null
  readonly state: MessageState
  /** How often the message was handed to the driver. */
  readonly tries: number
  readonly acceptedAt: Date
  readonly deadline: Date
  readonly providerId: string | null
  /** The dead letter that this message was made of; null for all others. */
  readonly replayOf: string | null
  /** The message that did not arrive and that this one says again on another channel; null for all others. */
  readonly fallbackOf: string | null
}

/** One step of a message's history; `reason` is a word such as `timeout`, null when there is nothing to explain. */
export interface Transition {
  readonly state: MessageState
  readonly at: Date
  readonly reason: string | null
}

export type Acceptance =
  | {
      readonly outcome: 'accepted'
      readonly message: StoredMessage
      /** Queued notices whose place it took. */
      readonly superseded: readonly StoredMessage[]
    }
  | { readonly outcome: 'repeated'; readonly message: StoredMessage }
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
  readonly channel: Channel
  readonly now: Date
  readonly recipientIntervalMs: number
}

/** What became of a planned fallback: the message that says it again, or null when there was no time, or no channel, for it. */
export interface TakenFallback {
  readonly first: StoredMessage
  readonly second: StoredMessage | null
}

/** What waits to be sent; notices held back over quiet hours do not count. */
export interface Backlog {
  readonly depth: number
  /** Since when the oldest one waits: its acceptance, or the end of the quiet hours; null when none does. */
  readonly waitingSince: Date | null
}

/**
 * The durable outbox. Every method that changes something resolves only when the change is on disk. One gateway
 * owns the outbox at a time.
 */
export interface OutboxStore {
  /**
   * Takes a message in unless its idempotency key is known (`repeated`) or `queuedMax` messages wait (`full`); a notice
   * with a topic takes the place of those still queued.
   */
  accept(message: NewMessage, queuedMax: number): Promise<Acceptance>
  find(id: string): Promise<StoredMessage | null>
  findByIdempotencyKey(key: string): Promise<StoredMessage | null>
  findByProviderId(providerId: string): Promise<StoredMessage | null>
  /** Oldest first. */
  history(id: string): Promise<Transition[]>
  /** Moves a message on; false when its state doesn't allow it. A move to `sending` counts as a try. */
  move(move: Move): Promise<boolean>
  /**
   * The next message of a channel that may be handed over now: due, paced, in time, not held, its recipient free. Notices
   * come after everything else, and both in order of acceptance.
   */
  nextReady(pacing: Pacing): Promise<StoredMessage | null>
  /** When `nextReady`, `expireOverdue` or `releaseHeld` may have something new without any other event; null = never. */
  nextWakeAt(pacing: Pacing): Promise<Date | null>
  /** A channel's queued messages past their deadline become `expired`; gives their ids. */
  expireOverdue(at: { channel: Channel; now: Date }): Promise<string[]>
  /** Holds a queued notice back until a time, with a new deadline; false when it is not queued. */
  hold(id: string, hold: { at: Date; until: Date; deadline: Date }): Promise<boolean>
  /** Lets a channel's held notices go whose time has come, `releasedMax` at most; gives when the next one's comes. */
  releaseHeld(at: { channel: Channel; now: Date }): Promise<Date | null>
  /** When the next held notice of a channel may go; null = none is held. */
  heldUntil(channel: Channel): Promise<Date | null>
  /**
   * Carries out the planned fallback that is due longest: a new e-mail under the id `newId`, linked to the first message, as
   * long as that one's deadline lasts; without a second channel (`isPossible` false), or past the deadline, none. Either
   * way it is not planned any more. null = none is due.
   */
  takeFallback(take: { now: Date; newId: string; isPossible: boolean }): Promise<TakenFallback | null>
  /** When the next planned fallback is due; null = none is planned. */
  nextFallbackAt(): Promise<Date | null>
  /** The message that said another one again on another channel. */
  findFallbackOf(id: string): Promise<StoredMessage | null>
  /** Messages found in `sending` when the gateway starts become `unknown`; gives their number. */
  recoverInterrupted(now: Date): Promise<number>
  /** What waits on a channel; null = on all together. */
  backlog(channel: Channel | null): Promise<Backlog>
  /** How many notices are held back on a channel. */
  heldCount(channel: Channel): Promise<number>
  /** WhatsApp messages with their texts in order of acceptance: the newest `limit`, or the first `limit` after a place. */
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
