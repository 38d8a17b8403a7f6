import { setTimeout as delay } from 'node:timers/promises'
import { type FakeCall, type FakeCallEnd, type FakeCallOptions, fakeCall } from './fake-call.ts'

const CALLS_MAX = 1_000_000
const ERROR_KINDS_MAX = 100

/** Everything of a call but where it goes. */
export type CallOfLoad = Omit<FakeCallOptions, 'host' | 'port'>

/** Options of {@link generateCalls}. */
export interface CallLoadOptions {
  /** Default '127.0.0.1'. */
  host?: string
  port: number
  /** How many calls in all; 1 to 1,000,000. */
  calls: number
  /** How many at once at most; 1 to `calls`. */
  concurrentCalls: number
  /** The first `concurrentCalls` begin spread over this time; default 0, all at once. */
  rampMs?: number
  /** What each call is like, or a function of its place (0 for the first); default: one that hears and keys nothing. */
  call?: CallOfLoad | ((index: number) => CallOfLoad)
  /** The share of calls that are hung up, 0 to 1 and spread evenly; default 0. */
  hangupShare?: number
  /** Where they are hung up; default during the first command. */
  hangupAt?: NonNullable<FakeCallOptions['quirks']>['hangupAt']
  /** After this time calls in progress are cut and no more are made; default 60,000. */
  deadlineMs?: number
  /** Cuts the calls in progress, and no more are made. */
  signal?: AbortSignal
}

/** What the calls came to. */
export interface CallLoadSummary {
  /** Calls begun; fewer than asked for after the deadline or an abort. */
  calls: number
  /** Calls that came to an end by themselves, by AGISTATUS. */
  byStatus: Record<FakeCallEnd['agiStatus'], number>
  /** Calls the server answered with `failure`; counted under FAILURE too. */
  refused: number
  /**
   * By kind: the connection's error code ('ECONNREFUSED', 'ECONNRESET'), 'deadline' and 'aborted' for calls that were
   * cut, or the name of an error that the call's own functions threw.
   */
  errors: Record<string, number>
  /** From the beginning of a call to its end; null when none came to one. */
  durationsMs: { min: number; median: number; p99: number; max: number } | null
  /** From the first call to the last end. */
  elapsedMs: number
}

/**
 * Makes many calls against a FastAGI server and sums up what they came to. It never rejects because of a call.
 *
 * @throws RangeError when a number is out of its bounds.
 */
export async function generateCalls(options: CallLoadOptions): Promise<CallLoadSummary> {
  check(options)
  return await new CallLoad(options).run()
}

class CallLoad {
  readonly #options: CallLoadOptions
  readonly #inProgress = new Set<FakeCall>()
  readonly #durationsMs: number[] = []
  readonly #summary: CallLoadSummary = {
    calls: 0,
    byStatus: { SUCCESS: 0, FAILURE: 0, HANGUP: 0 },
    refused: 0,
    errors: {},
    durationsMs: null,
    elapsedMs: 0,
  }
  readonly #stopping = new AbortController()

  constructor(options: CallLoadOptions) {
    this.#options = options
  }

  async run(): Promise<CallLoadSummary> {
    const { calls, concurrentCalls, deadlineMs = 60_000, signal } = this.#options
    const startedAt = performance.now()
    const deadline = setTimeout(() => this.#stop('deadline'), deadlineMs)
    const onAbort = (): void => this.#stop('aborted')
    signal?.addEventListener('abort', onAbort, { once: true })
    if (signal?.aborted === true) onAbort()
    try {
      await Promise.all(
        Array.from({ length: Math.min(concurrentCalls, calls) }, (_, place) => this.#callOnAndOn(place)),
      )
    } finally {
      clearTimeout(deadline)
      signal?.removeEventListener('abort', onAbort)
    }
    return {
      ...this.#summary,
      durationsMs: spread(this.#durationsMs),
      elapsedMs: performance.now() - startedAt,
    }
  }

  /** One of the concurrent places: begins its turn in the ramp, then calls again as long as calls are left. */
  async #callOnAndOn(place: number): Promise<void> {
    const { rampMs = 0, concurrentCalls, calls } = this.#options
    const { signal } = this.#stopping
    const startsAfterMs = (rampMs * place) / concurrentCalls
    if (startsAfterMs > 0) await delay(startsAfterMs, undefined, { signal }).catch(() => undefined)
    while (this.#summary.calls < calls && !signal.aborted) {
      const index = this.#summary.calls
      this.#summary.calls += 1
      await this.#callOnce(index)
    }
  }

  async #callOnce(index: number): Promise<void> {
    const { host = '127.0.0.1', port, call: like = {} } = this.#options
    const startedAt = performance.now()
    const own = typeof like === 'function' ? like(index) : like
    const call = fakeCall({ ...own, host, port, quirks: { ...own.quirks, ...this.#hangup(index) } })
    this.#inProgress.add(call)
    try {
      const { agiStatus } = await call.ended
      if (this.#stopping.signal.aborted) return this.#count(String(this.#stopping.signal.reason))
      this.#durationsMs.push(performance.now() - startedAt)
      this.#summary.byStatus[agiStatus] += 1
      if (call.refused) this.#summary.refused += 1
      if (call.connectionError !== null) this.#count(call.connectionError)
    } catch (error) {
      this.#count(error instanceof Error ? error.name : 'Error')
    } finally {
      this.#inProgress.delete(call)
    }
  }

  #hangup(index: number): FakeCallOptions['quirks'] {
    const { hangupShare = 0, hangupAt = { when: 'during', command: 1 } } = this.#options
    const isHungUp = Math.floor((index + 1) * hangupShare) > Math.floor(index * hangupShare)
    return isHungUp ? { hangupAt } : {}
  }

  #stop(reason: 'deadline' | 'aborted'): void {
    if (this.#stopping.signal.aborted) return
    this.#stopping.abort(reason)
    for (const call of this.#inProgress) call.cut()
  }

  #count(kind: string): void {
    const { errors } = this.#summary
    const isKept = kind in errors || Object.keys(errors).length < ERROR_KINDS_MAX
    const counted = isKept ? kind : 'other'
    errors[counted] = (errors[counted] ?? 0) + 1
  }
}

function check({
  calls,
  concurrentCalls,
  hangupShare = 0,
  rampMs = 0,
  deadlineMs = 0,
}: CallLoadOptions): void {
  if (!Number.isInteger(calls) || calls < 1 || calls > CALLS_MAX) {
    throw new RangeError(`calls must be a whole number from 1 to ${CALLS_MAX}`)
  }
  if (!Number.isInteger(concurrentCalls) || concurrentCalls < 1 || concurrentCalls > calls) {
    throw new RangeError('concurrentCalls must be a whole number from 1 to calls')
  }
  if (!(hangupShare >= 0 && hangupShare <= 1)) throw new RangeError('hangupShare must be from 0 to 1')
  if (!(rampMs >= 0) || !(deadlineMs >= 0)) throw new RangeError('rampMs and deadlineMs must not be negative')
}

function spread(durationsMs: readonly number[]): CallLoadSummary['durationsMs'] {
  if (durationsMs.length === 0) return null
  const sorted = durationsMs.toSorted((a, b) => a - b)
  const at = (share: number): number => sorted[Math.ceil(share * sorted.length) - 1] ?? sorted[0] ?? 0
  return { min: at(0), median: at(0.5), p99: at(0.99), max: at(1) }
}
