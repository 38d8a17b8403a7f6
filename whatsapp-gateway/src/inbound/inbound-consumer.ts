import type { RecentOutcomes, StoredInbound } from './inbound-store.ts'

/** What a message leads to, and what its writer is told; null = nothing. */
export interface InboundDecision {
  readonly outcome: 'answered' | 'helped' | 'ignored' | 'limited'
  readonly reply: string | null
}

/** A private message whose writer is known. */
export interface AnswerableMessage extends StoredInbound {
  /** E.164. */
  readonly from: string
}

/**
 * Decides what a received message leads to. It may be asked again about the same message, after a crash or an error,
 * so it changes nothing itself: the reply it gives is sent once, together with the mark that the message is done.
 */
export interface InboundConsumer {
  /**
   * @param recent What this person got in the last hour
   * @throws when it can't be decided now; the message is tried again later
   */
  consume(message: AnswerableMessage, recent: RecentOutcomes): Promise<InboundDecision>
  /** What the writer of a message is told that could not be decided, however often it was tried. */
  giveUp(message: AnswerableMessage, recent: RecentOutcomes): InboundDecision
}
