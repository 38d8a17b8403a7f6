import type { Clock } from '@ura/core/clock'

const firstDelayMs = 5_000
const delayMsMax = 5 * 60_000
/** A connection that held for this long was no failure. */
const stableMs = 5 * 60_000

/** How long to wait before the next start: 5 s, doubled with each failure up to 5 min, of which half is random. */
export class LaunchBackoff {
  readonly #clock: Clock
  readonly #random: () => number
  #failures = 0
  #connectedAtMs: number | null = null

  constructor(options: { clock: Clock; random: () => number }) {
    this.#clock = options.clock
    this.#random = options.random
  }

  connected(): void {
    this.#connectedAtMs = this.#clock.now().getTime()
  }

  reset(): void {
    this.#failures = 0
  }

  nextDelayMs(): number {
    if (this.#connectedAtMs !== null && this.#clock.now().getTime() - this.#connectedAtMs >= stableMs) {
      this.#failures = 0
    }
    this.#connectedAtMs = null
    const fullMs = Math.min(delayMsMax, firstDelayMs * 2 ** this.#failures)
    this.#failures += 1
    return Math.round(fullMs * (0.5 + this.#random() / 2))
  }
}
