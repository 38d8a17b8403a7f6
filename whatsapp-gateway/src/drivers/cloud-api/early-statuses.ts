import type { CloudStatus } from './webhook-payload.ts'

/** Statuses kept at most; the oldest goes first. */
const statusesMax = 1_000
/** No answer to a send takes longer. */
const lifeMs = 10 * 60_000

/**
 * Statuses of messages whose send has not been answered yet and that came without our id, so that nobody knows whose
 * they are: kept until the answer brings the provider's id. In memory, for a crash loses that answer as well.
 */
export class EarlyStatuses {
  #kept: { status: CloudStatus; at: Date }[] = []

  keep(status: CloudStatus, at: Date): void {
    const fresh = this.#kept.filter((kept) => at.getTime() - kept.at.getTime() < lifeMs)
    this.#kept = [...fresh.slice(-(statusesMax - 1)), { status, at }]
  }

  /** Those of one message in the order they came; they are forgotten. */
  take(providerId: string): CloudStatus[] {
    const taken = this.#kept.filter(({ status }) => status.providerId === providerId)
    if (taken.length > 0) {
      this.#kept = this.#kept.filter(({ status }) => status.providerId !== providerId)
    }
    return taken.map(({ status }) => status)
  }
}
