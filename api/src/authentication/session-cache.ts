import type { Clock } from '@ura/core/clock'

interface Entry<Client> {
  client: Client
  expiresAtMs: number
  readAtMs: number
}

/** Sessions kept at most; a handful of clients sign in, each now and then. */
const entriesMax = 1_000

/**
 * Keeps sessions in force for a moment, so that a call of twenty requests asks the database for its session once or
 * twice and not twenty times. A revoked session is therefore good for that moment longer; its expiry is exact. What is
 * not in force is never kept.
 */
export class SessionCache<Client> {
  readonly #entries = new Map<string, Entry<Client>>()
  readonly #clock: Clock
  readonly #keptMs: number

  /** @param options.keptMs 0 keeps nothing. */
  constructor(options: { clock: Clock; keptMs: number }) {
    this.#clock = options.clock
    this.#keptMs = options.keptMs
  }

  /** The client of a session: as it was read a moment ago, else as `read` gives it. */
  async get(
    tokenHash: string,
    read: () => Promise<{ client: Client; expiresAt: Date } | null>,
  ): Promise<Client | null> {
    const nowMs = this.#clock.now().getTime()
    const kept = this.#entries.get(tokenHash)
    if (kept !== undefined && Math.abs(nowMs - kept.readAtMs) < this.#keptMs && nowMs < kept.expiresAtMs) {
      return kept.client
    }
    this.#entries.delete(tokenHash)
    const found = await read()
    if (found === null) {
      return null
    }
    this.#keep(tokenHash, { client: found.client, expiresAtMs: found.expiresAt.getTime(), readAtMs: nowMs })
    return found.client
  }

  /** Has a session that was ended asked for again. */
  forget(tokenHash: string): void {
    this.#entries.delete(tokenHash)
  }

  #keep(tokenHash: string, entry: Entry<Client>): void {
    if (this.#keptMs === 0) {
      return
    }
    const oldest = this.#entries.keys().next()
    if (this.#entries.size >= entriesMax && oldest.done !== true) {
      this.#entries.delete(oldest.value)
    }
    this.#entries.set(tokenHash, entry)
  }
}
