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
  /** Of the request that it is sent for; the gateway's log has it too. */
  requestId?: string | undefined
}

export interface TextMessage {
  /** E.164. */
  phone: string
  text: string
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

  /** Whether the fault lies with the gateway as a whole, a wrong token included: no message fares better now. */
  get isGatewayAway(): boolean {
    return /^(connection|connection_lost|timeout|http_401|http_403|http_429|http_503)$/.test(this.reason)
  }
}
