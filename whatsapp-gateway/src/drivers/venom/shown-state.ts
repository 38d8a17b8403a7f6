import type { Clock } from '@ura/core/clock'
import type { ConnectionState, ConnectionStatus } from '../driver.ts'

/** How long WhatsApp shows a QR at the most; it changes the first one later than the others. */
const qrLifeMs = 60_000

/** What the connection tells of itself: its state, since when, and the QR that is shown. */
export class ShownState {
  readonly #clock: Clock
  readonly #onChange: () => void
  #status: ConnectionStatus
  #qrImage: Buffer | null = null

  /** Begins as `starting`; `onChange` is told of every change from then on. */
  constructor(clock: Clock, onChange: () => void) {
    this.#clock = clock
    this.#onChange = onChange
    this.#status = { state: 'starting', since: clock.now(), qrAttempt: null, qrExpiresAt: null }
  }

  get status(): ConnectionStatus {
    return this.#status
  }

  /** PNG; null when no QR is shown. */
  get qrImage(): Buffer | null {
    return this.#qrImage
  }

  become(state: Exclude<ConnectionState, 'qr'>): void {
    if (state !== this.#status.state) {
      this.#show({ state, since: this.#clock.now(), qrAttempt: null, qrExpiresAt: null }, null)
    }
  }

  /** Shows a QR in place of the one before; `attempt` counts them. */
  showQr(attempt: number, image: Buffer): void {
    const now = this.#clock.now()
    const { state, since } = this.#status
    this.#show(
      {
        state: 'qr',
        since: state === 'qr' ? since : now,
        qrAttempt: attempt,
        qrExpiresAt: new Date(now.getTime() + qrLifeMs),
      },
      image,
    )
  }

  #show(status: ConnectionStatus, qrImage: Buffer | null): void {
    this.#status = status
    this.#qrImage = qrImage
    this.#onChange()
  }
}
