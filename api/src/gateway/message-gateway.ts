/** The ways to people that the gateway has. */
export type MessageChannel = 'whatsapp' | 'email'

/** Where a person is reached: one of both at least. With both, WhatsApp comes first. */
export interface MessageAddresses {
  /** E.164. */
  phone: string | null
  email: string | null
}

/** The channel that a message takes first. */
export function firstChannel({ phone }: MessageAddresses): MessageChannel {
  return phone === null ? 'email' : 'whatsapp'
}

/** A way to people's WhatsApp and e-mail, as the API needs it. */
export interface MessageGateway {
  /**
   * Hands over an access code; gives the channel once it was accepted for delivery.
   * @throws MessageNotAcceptedError
   */
  sendAccessCode(message: AccessCodeMessage): Promise<MessageChannel>
  /**
   * Hands over a text; gives the channel once it was accepted for delivery.
   * @throws MessageNotAcceptedError
   */
  sendText(message: TextMessage): Promise<MessageChannel>
  /**
   * How the message of a key fares; null when the gateway knows none, gives no answer within 800 ms or one that makes no
   * sense. Never throws.
   */
  findDelivery(idempotencyKey: string): Promise<MessageDelivery | null>
  /** Whether the gateway would take a message now; never throws, answers within a second. */
  isAvailable(): Promise<boolean>
}

/** What the gateway tells of a message on its way. */
export type MessageState =
  | 'queued'
  | 'sending'
  | 'sent'
  | 'delivered'
  | 'read'
  | 'failed'
  | 'expired'
  | 'unknown'
  | 'superseded'

/** A message's state, and that of the one which went another way in its place. */
export interface MessageDelivery {
  channel: MessageChannel
  state: MessageState
  fallback: { channel: MessageChannel; state: MessageState } | null
}

export interface AccessCodeMessage extends MessageAddresses {
  code: string
  expiresAt: Date
  /** The same key never sends twice. */
  idempotencyKey: string
  /** Of the request that it is sent for; the gateway's log has it too. */
  requestId?: string | undefined
}

export interface TextMessage extends MessageAddresses {
  text: string
  /** `notice`: may wait for the morning. Without it the message goes at any hour. */
  purpose?: 'notice'
  /** Of notices, 1 to 64 of a–z, 0–9 and hyphen: a newer one takes the place of one that still waits. */
  topic?: string
  idempotencyKey: string
  /** As of an access code; none for a message that was owed. */
  requestId?: string | undefined
}

/** The gateway could not be reached in time or refused the message. */
export class MessageNotAcceptedError extends Error {
  override readonly name = 'MessageNotAcceptedError'
  /**
   * Fit for a log: `connection` (none could be made), `connection_lost` (it broke after the request may have gone),
   * `timeout`, `http_<status>`, or what became of an earlier message with that key: `failed`, `expired`, `unknown`.
   */
  readonly reason: string

  constructor(reason: string, options?: { cause?: unknown }) {
    super('The message was not accepted by the gateway', options)
    this.reason = reason
  }

  /** Whether the message surely doesn't go out; otherwise it may have gone. */
  get isSurelyUnsent(): boolean {
    return /^(connection|http_4\d\d|http_503|failed|expired)$/.test(this.reason)
  }

  /** Whether the same message again would be told the same, whatever anybody mends. */
  get isFinal(): boolean {
    return /^(http_4\d\d|failed|expired|unknown)$/.test(this.reason) && !this.isGatewayAway
  }

  /** Whether the gateway has a message of this key already, with another content. */
  get isKeyKnown(): boolean {
    return this.reason === 'http_409'
  }

  /** Whether the fault lies with the gateway as a whole, a wrong token included: no message fares better now. */
  get isGatewayAway(): boolean {
    return /^(connection|connection_lost|timeout|http_401|http_403|http_429|http_503)$/.test(this.reason)
  }
}
