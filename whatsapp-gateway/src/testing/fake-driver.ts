import type {
  ConnectionState,
  ConnectionStatus,
  DeliveryStatus,
  Driver,
  DriverEvents,
  DriverPace,
  OutgoingMessage,
} from '../drivers/driver.ts'

/** One message in the driver's hands, answered by the test. */
export interface Handover {
  readonly message: OutgoingMessage
  readonly signal: AbortSignal
  succeed(): void
  fail(error: Error): void
}

/** A driver that sends nothing: it keeps what it is handed until the test answers, or answers at once. */
export class FakeDriver implements Driver {
  readonly name = 'fake'
  readonly pace: DriverPace
  readonly tellsDelivery?: true
  readonly handovers: Handover[] = []
  readonly #answersAtOnce: boolean
  #status: ConnectionStatus = { state: 'connected', since: new Date(0), qrAttempt: null, qrExpiresAt: null }
  #events: DriverEvents | null = null

  constructor(
    options: {
      answersAtOnce?: boolean
      pace?: Partial<DriverPace>
      state?: ConnectionState
      tellsDelivery?: true
    } = {},
  ) {
    this.#answersAtOnce = options.answersAtOnce ?? false
    this.pace = { recipientIntervalMs: 0, driverIntervalMs: 0, parallelMax: 8, ...options.pace }
    this.#status = { ...this.#status, state: options.state ?? 'connected' }
    if (options.tellsDelivery === true) {
      this.tellsDelivery = true
    }
  }

  async start(events: DriverEvents): Promise<void> {
    this.#events = events
  }

  async stop(): Promise<void> {
    this.#events = null
  }

  state(): ConnectionStatus {
    return this.#status
  }

  become(state: ConnectionState): void {
    this.#status = { ...this.#status, state }
    this.#events?.connectionChanged()
  }

  report(status: Pick<DeliveryStatus, 'id' | 'state'>): void {
    this.#events?.deliveryReported({ identifiedBy: 'message', at: new Date(0), ...status })
  }

  send(message: OutgoingMessage, signal: AbortSignal): Promise<{ providerId: string }> {
    const { promise, resolve, reject } = Promise.withResolvers<{ providerId: string }>()
    const succeed = (): void => resolve({ providerId: `fake:${message.id}` })
    this.handovers.push({ message, signal, succeed, fail: reject })
    if (this.#answersAtOnce) {
      succeed()
    }
    return promise
  }

  /** The texts (or codes) handed over so far, oldest first. */
  get contents(): string[] {
    return this.handovers.map(({ message: { content } }) =>
      content.kind === 'text' ? content.text : content.code,
    )
  }

  last(): Handover {
    const handover = this.handovers.at(-1)
    if (handover === undefined) {
      throw new Error('Nothing was handed over.')
    }
    return handover
  }
}
