import { withDeadline } from '@ura/core/deadline'
import type { Clock } from '@ura/core/clock'
import type { OfficeHoursAnswer } from '@ura/core/ticket-api/schemas'
import type { TicketApi } from '@ura/core/ticket-api/ticket-api'

/** How long the API gets when the caller can be served without its answer, milliseconds. */
export const shortPatienceMs = 2_000
const refreshMs = 15_000

/**
 * Whether technicians are there. The API decides; its last answer says until when it holds, and serves while the
 * API is away, so that a caller is still passed to a technician in office hours.
 */
export class OfficeHours {
  readonly #ticketApi: TicketApi
  readonly #clock: Clock
  #last: OfficeHoursAnswer | null = null

  constructor(ticketApi: TicketApi, clock: Clock) {
    this.#ticketApi = ticketApi
    this.#clock = clock
  }

  /**
   * The API's answer, or the last one while it holds.
   * @param patienceMs how long the API gets; default as long as its client tries, 2 s when an earlier answer is at hand.
   * @throws HelpdeskError when the API can't be asked and no earlier answer holds.
   */
  async now(signal: AbortSignal, patienceMs?: number): Promise<OfficeHoursAnswer> {
    const fallback = this.#remembered()
    const limitMs = patienceMs ?? (fallback === null ? null : shortPatienceMs)
    const ask = (patience: AbortSignal): Promise<OfficeHoursAnswer> => this.#ticketApi.officeHours(patience)
    try {
      this.#last = await (limitMs === null ? ask(signal) : withDeadline({ limitMs, signal }, ask))
      return this.#last
    } catch (error) {
      signal.throwIfAborted()
      if (fallback === null) {
        throw error
      }
      return fallback
    }
  }

  /** Asks in the background when nothing is remembered, so that a fault later in the call finds an answer. */
  refresh(): void {
    if (this.#remembered() === null) {
      this.now(AbortSignal.timeout(refreshMs)).catch(() => {})
    }
  }

  #remembered(): OfficeHoursAnswer | null {
    const change = this.#last?.proxima_mudanca ?? null
    return change !== null && new Date(change) > this.#clock.now() ? this.#last : null
  }
}
