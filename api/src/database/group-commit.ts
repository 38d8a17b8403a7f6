/** How requests are written together. */
export interface GroupCommitOptions<Request, Result> {
  /** Writes some requests in one transaction and gives the result of each, in their order. */
  write: (requests: readonly Request[]) => Promise<readonly Result[]>
  /** Requests of one transaction at most. */
  sizeMax: number
  /** Transactions at once. */
  concurrencyMax: number
  /** A transaction that takes longer is no longer counted among those: the next begins beside it. */
  patienceMs: number
}

interface Waiting<Request, Result> {
  request: Request
  resolve: (result: Result) => void
  reject: (error: unknown) => void
}

/**
 * Group commit: requests that come while others are being written are written together in the next transaction, so
 * that many at once cost a little more than one, and one alone waits for nobody. A transaction that is held up, as by a
 * lock, keeps only its own: after a moment the next begins on another connection.
 */
export class GroupCommit<Request, Result> {
  readonly #options: GroupCommitOptions<Request, Result>
  readonly #waiting: Waiting<Request, Result>[] = []
  #writing = 0
  #isGathering = false

  constructor(options: GroupCommitOptions<Request, Result>) {
    this.#options = options
  }

  /** The result of `write` for this request; rejects when `write` does. */
  submit(request: Request): Promise<Result> {
    const { promise, resolve, reject } = Promise.withResolvers<Result>()
    this.#waiting.push({ request, resolve, reject })
    this.#gather()
    return promise
  }

  /** Behind what else has come in this turn of the event loop, so that those who come together go together. */
  #gather(): void {
    if (!this.#isGathering) {
      this.#isGathering = true
      setImmediate(() => {
        this.#isGathering = false
        this.#writeNext()
      })
    }
  }

  #writeNext(): void {
    const { sizeMax, concurrencyMax, patienceMs } = this.#options
    if (this.#waiting.length === 0 || this.#writing >= concurrencyMax) {
      return
    }
    const group = this.#waiting.splice(0, sizeMax)
    this.#writing += 1
    let isCounted = true
    const passOn = () => {
      if (isCounted) {
        isCounted = false
        clearTimeout(timer)
        this.#writing -= 1
        this.#writeNext()
      }
    }
    const timer = setTimeout(passOn, patienceMs)
    void this.#write(group).then(passOn)
    this.#writeNext()
  }

  async #write(group: readonly Waiting<Request, Result>[]): Promise<void> {
    try {
      const results = await this.#options.write(group.map(({ request }) => request))
      if (results.length !== group.length) {
        throw new Error(`${group.length} requests were written with ${results.length} results`)
      }
      for (const [index, { resolve }] of group.entries()) {
        resolve(results[index] as Result)
      }
    } catch (error) {
      for (const { reject } of group) {
        reject(error)
      }
    }
  }
}
