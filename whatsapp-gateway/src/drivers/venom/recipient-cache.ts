import type { Clock } from '@ura/core/clock'

/** Numbers change hands and accounts move; a week is much shorter than either, and spares most of the questions. */
const lifeMs = 7 * 24 * 60 * 60 * 1_000
const entriesMax = 5_000

/** Which address WhatsApp knows a number (E.164) by; an entry lives for a week, the oldest gives way past 5,000. */
export class RecipientCache {
  readonly #clock: Clock
  readonly #entries = new Map<string, { chatId: string; untilMs: number }>()

  constructor(clock: Clock) {
    this.#clock = clock
  }

  get(phone: string): string | null {
    const entry = this.#entries.get(phone)
    return entry !== undefined && this.#clock.now().getTime() < entry.untilMs ? entry.chatId : null
  }

  set(phone: string, chatId: string): void {
    this.#entries.delete(phone)
    this.#entries.set(phone, { chatId, untilMs: this.#clock.now().getTime() + lifeMs })
    const oldest = this.#entries.keys().next()
    if (this.#entries.size > entriesMax && oldest.done !== true) {
      this.#entries.delete(oldest.value)
    }
  }

  /** After a send that WhatsApp refused: the account may have moved. */
  forget(phone: string): void {
    this.#entries.delete(phone)
  }
}
