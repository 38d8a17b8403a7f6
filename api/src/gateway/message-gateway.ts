/** A way to people's WhatsApp, as the API needs it. */
export interface MessageGateway {
  /**
   * Hands over an access code; resolves when it was accepted for delivery.
   * @throws MessageNotAcceptedError
   */
  sendAccessCode(message: AccessCodeMessage): Promise<void>
  /**
   * Hands over a text; resolves when it was accepted for delivery.
   * @throws MessageNotAcceptedError
   */
  sendText(message: TextMessage): Promise<void>
  /** Whether the gateway would take a message now; never throws, answers within a second. */
  isAvailable(): Promise<boolean>
}

export interface AccessCodeMessage {
  /** E.164. */
  phone: string
  code: string
  expiresAt: Date
  /** The same key never sends twice. */
  idempotencyKey: string
}

export interface TextMessage {
  /** E.164. */
  phone: string
  text: string
  idempotencyKey: string
}

/** The gateway could not be reached in time or refused the message. */
export class MessageNotAcceptedError extends Error {
  override readonly name = 'MessageNotAcceptedError'
  /** Fit for a log: `http_503`, `timeout`, `connection`. */
  readonly reason: string

  constructor(reason: string, options?: { cause?: unknown }) {
    super('The message was not accepted by the gateway', options)
    this.reason = reason
  }
}
