/** How many sent messages are remembered for their acknowledgements; with at most one in 12 s, a good half day's. */
const messagesMax = 4_000
/** Acknowledgements of messages unknown as yet that are kept; only those of one send can matter. */
const earlyMax = 100

export interface Acknowledgement {
  /** WhatsApp's id of the message. */
  readonly providerId: string
  readonly ack: number
}

/**
 * Which message of the outbox an acknowledgement is about. One may come before the send is answered, which is when the
 * id becomes known: it is kept until then.
 */
export class SentMessages {
  readonly #messageIds = new Map<string, string>()
  #early: Acknowledgement[] = []

  /** The outbox's id; null when it isn't known (any more, or yet: then the acknowledgement is kept). */
  messageIdOf(acknowledgement: Acknowledgement): string | null {
    const messageId = this.#messageIds.get(acknowledgement.providerId)
    if (messageId === undefined && this.#early.length < earlyMax) {
      this.#early.push(acknowledgement)
    }
    return messageId ?? null
  }

  /** A send was answered; gives the acknowledgements that came before that, in their order. */
  sent(providerId: string, messageId: string): Acknowledgement[] {
    this.#messageIds.set(providerId, messageId)
    const oldest = this.#messageIds.keys().next()
    if (this.#messageIds.size > messagesMax && oldest.done !== true) {
      this.#messageIds.delete(oldest.value)
    }
    const early = this.#early.filter((acknowledgement) => acknowledgement.providerId === providerId)
    this.#early = []
    return early
  }
}
