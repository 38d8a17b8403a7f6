import type { NewMessage } from '../outbox/outbox-store.ts'
import type { ReceivedMessage } from './received-message.ts'

/**
 * What became of a message: `answered` and `helped` got a reply, `ignored` asks for none, `limited` would have got
 * one but for the limits of one person, `stale` came too late to be answered.
 */
export type InboundOutcome = 'answered' | 'helped' | 'ignored' | 'limited' | 'stale'

/** A message that has not been worked through. */
export interface StoredInbound extends Omit<ReceivedMessage, 'raw'> {
  /** Place in the order of arrival, from 1. */
  readonly place: number
  readonly receivedAt: Date
  /** How often it could not be worked through. */
  readonly tries: number
}

/** How many of one person's messages got which outcome. */
export interface RecentOutcomes {
  readonly answered: number
  readonly helped: number
}

/** What working a message through leads to. */
export interface InboundCompletion {
  readonly outcome: InboundOutcome
  readonly at: Date
  /** Goes to the outbox together with the mark that the message is done; null = no reply. */
  readonly reply: NewMessage | null
  /** As for `OutboxStore.accept`. */
  readonly queuedMax: number
}

/** Received messages, each once. What a method resolved with is on disk. */
export interface InboundStore {
  /** Keeps a message unless it is known (`repeated`) or `unprocessedMax` wait (`full`). */
  receive(
    message: ReceivedMessage,
    options: { receivedAt: Date; unprocessedMax: number },
  ): Promise<'stored' | 'repeated' | 'full'>
  /** The oldest message to be worked through that is due; null = none. */
  next(now: Date): Promise<StoredInbound | null>
  /** When the next message falls due; null = none waits. */
  nextDueAt(): Promise<Date | null>
  /** Counts a failed try; the message is not due before a time. */
  postpone(place: number, until: Date): Promise<void>
  /** Marks a message as done and hands its reply to the outbox, both or neither; false = the outbox is full. */
  complete(place: number, completion: InboundCompletion): Promise<boolean>
  /** Outcomes of one person's messages that were worked through after a time. */
  recentOutcomes(from: string, after: Date): Promise<RecentOutcomes>
  /** When somebody with one of these numbers (E.164) last wrote to us privately on this channel; null = not in memory. */
  lastMessageAt(channel: string, phones: readonly string[]): Promise<Date | null>
  /** Forgets messages that came before a time and are done, 1,000 at most; gives their number. */
  prune(before: Date): Promise<number>
}
