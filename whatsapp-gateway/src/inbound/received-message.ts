/** A message that somebody wrote to us, as a driver understood it. */
export interface ReceivedMessage {
  /** Which connection it came by (a driver's name); with `id` it is unique. */
  readonly channel: string
  /** The provider's id of the message. */
  readonly id: string
  /** E.164 of who wrote, as the provider names the account; null when it does not tell. */
  readonly from: string | null
  /** By the provider's clock. */
  readonly sentAt: Date
  /** `other` is what nobody expects an answer to: changes of a number, calls, what WhatsApp itself can't show. */
  readonly kind: 'text' | 'media' | 'reaction' | 'other'
  /** What was written, or the words of the button that was pressed; null when it is no text. */
  readonly text: string | null
  /** False for a group, a status, a broadcast, and for what our own account wrote. */
  readonly isPrivate: boolean
  /** As the provider sent it (JSON), kept for as long as messages are. */
  readonly raw: string
}

/** Longest text that is looked at, in UTF-16 units: what WhatsApp allows a message. */
export const receivedTextMax = 4_096

/** Longest raw form that is kept, in UTF-16 units; what is longer is cut, for it is only ever read by people. */
export const receivedRawMax = 16_384
