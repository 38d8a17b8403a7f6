/** Somebody who wants to come in. */
export interface Candidate {
  /** Its turn has come, after a wait. */
  admitted(): void
  /** It has waited as long as anybody may. */
  turnedAway(): void
}

/** How many come in at once, how many wait for their turn, and how long. */
export interface AdmissionLimits {
  activeMax: number
  waitingMax: number
  waitingTimeoutMs: number
}

/** Lets calls in up to a limit; some more wait, in order, for a bounded time. */
export class Admission {
  readonly #limits: AdmissionLimits
  readonly #waiting = new Map<Candidate, NodeJS.Timeout>()
  #active = 0

  constructor(limits: AdmissionLimits) {
    this.#limits = limits
  }

  get active(): number {
    return this.#active
  }

  get waiting(): number {
    return this.#waiting.size
  }

  /** Counts a candidate in ('active'), puts it at the end of those waiting ('waiting'), or does neither ('full'). */
  enter(candidate: Candidate): 'active' | 'waiting' | 'full' {
    const { activeMax, waitingMax, waitingTimeoutMs } = this.#limits
    if (this.#active < activeMax) {
      this.#active += 1
      return 'active'
    }
    if (this.#waiting.size >= waitingMax) return 'full'
    const timer = setTimeout(() => {
      this.#waiting.delete(candidate)
      candidate.turnedAway()
    }, waitingTimeoutMs)
    this.#waiting.set(candidate, timer)
    return 'waiting'
  }

  /** Somebody active is done: whoever waits longest is next. */
  leave(): void {
    this.#active -= 1
    const [next] = this.#waiting.keys()
    if (next === undefined) return
    this.giveUp(next)
    this.#active += 1
    next.admitted()
  }

  /** A candidate waits no longer. */
  giveUp(candidate: Candidate): void {
    clearTimeout(this.#waiting.get(candidate))
    this.#waiting.delete(candidate)
  }
}
