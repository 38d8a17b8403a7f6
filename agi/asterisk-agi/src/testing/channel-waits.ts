import { isDtmfKey } from '../dtmf.ts'

/** What cut something short; 'input': the server wrote a line or closed before it was over. */
export type Interruption = { kind: 'key'; key: string } | { kind: 'hangup' } | { kind: 'input' }

/** What a playback or a wait ended in. */
export type Ending = { kind: 'done' } | Interruption

/** What ends something early: keys, and the server's next line. */
export interface Listening {
  keys: string
  /** Default false: few commands look at the connection while they run. */
  interruptible?: boolean
}

/** Begins something; gives what stops it. */
export type Begin<End> = (finish: (ending: End) => void, fail: (error: unknown) => void) => () => void

/** The part of a channel that waits: its keys, its hangup, its clock, and which of them comes first. */
export class ChannelWaits {
  hungUp = false
  /** Files played since the last key. */
  protected lastFiles: string[] = []
  protected readonly dropKeysBetweenCommands: boolean
  readonly #speed: number
  /** Whether the server has sent more, which stops what can be stopped. */
  readonly #inputWaiting: () => boolean
  readonly #watchers = new Set<() => void>()
  #queue: string[] = []
  #reading = false
  #hangsUpInNextWait = false
  #cancelHangup: (() => void) | null = null

  constructor(options: { speed: number; dropKeysBetweenCommands: boolean; inputWaiting: () => boolean }) {
    this.#speed = options.speed
    this.dropKeysBetweenCommands = options.dropKeysBetweenCommands
    this.#inputWaiting = options.inputWaiting
  }

  press(keys: string): void {
    if (this.dropKeysBetweenCommands && !this.#reading) return
    this.enqueue(keys)
  }

  hangup(): void {
    this.#hangsUpInNextWait = false
    this.hungUp = true
    this.notify()
  }

  /** Hangs up after a time in the call; 0 or less takes that back. */
  hangUpAfter(delayMs: number): void {
    this.#cancelHangup?.()
    this.#cancelHangup = delayMs > 0 ? this.after(delayMs, () => this.hangup()) : null
  }

  /** Hangs up as soon as a command plays or waits. */
  hangUpInNextWait(): void {
    this.#hangsUpInNextWait = true
  }

  /** Something that may end a wait has changed. */
  notify(): void {
    for (const watcher of this.#watchers) watcher()
  }

  /** Calls `watcher` at each change; gives what stops that. */
  watch(watcher: () => void): () => void {
    this.#watchers.add(watcher)
    return () => this.#watchers.delete(watcher)
  }

  /** Lets time pass; only a hangup cuts it short. */
  async pause(durationMs: number): Promise<void> {
    const wasHungUp = this.hungUp
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        stopTimer()
        unwatch()
        resolve()
      }
      const stopTimer = this.after(durationMs, finish)
      const unwatch = this.watch(() => {
        if (this.hungUp && !wasHungUp) finish()
      })
      this.#hangUpIfDue()
    })
  }

  /** Between two commands Asterisk reads the channel and drops its frames, keys among them (run_agi). */
  commandEnded(): void {
    if (this.dropKeysBetweenCommands) this.#queue = []
  }

  /** Ends what would outlive the call. */
  close(): void {
    this.#cancelHangup?.()
  }

  protected enqueue(keys: string): void {
    for (const key of keys) {
      if (!isDtmfKey(key)) throw new TypeError(`'${key}' is no DTMF key`)
      this.#queue.push(key)
    }
    this.notify()
  }

  protected take(answer: string | null | undefined, isAwaited: () => boolean): void {
    if (!isAwaited() || answer === null || answer === undefined) return
    if (answer === 'hangup') this.hangup()
    else this.enqueue(answer)
  }

  /** The first of: a hangup, a queued key, input from the server, the end that `begin` reports. */
  protected firstOf<End>(listening: Listening, begin: Begin<End>): Promise<End | Interruption> {
    const now = this.#interruption(listening)
    if (now !== null) return Promise.resolve(now)
    this.#reading = listening.keys !== ''
    return new Promise((resolve, reject) => {
      let stop: (() => void) | null = null
      let isSettled = false
      const settle = (action: () => void): void => {
        if (isSettled) return
        isSettled = true
        this.#reading = false
        unwatch()
        stop?.()
        action()
      }
      const unwatch = this.watch(() => {
        if (isSettled) return
        const interruption = this.#interruption(listening)
        if (interruption !== null) settle(() => resolve(interruption))
      })
      stop = begin(
        (ending) => settle(() => resolve(ending)),
        (error) => settle(() => reject(error instanceof Error ? error : new Error(String(error)))),
      )
      // The caller may have pressed a key before `begin` returned.
      if (isSettled) stop()
      this.#hangUpIfDue()
    })
  }

  #hangUpIfDue(): void {
    if (this.#hangsUpInNextWait) this.hangup()
  }

  #interruption({ keys, interruptible = false }: Listening): Interruption | null {
    if (this.hungUp) return { kind: 'hangup' }
    const key = this.#takeKey(keys)
    if (key !== null) return { kind: 'key', key }
    return interruptible && this.#inputWaiting() ? { kind: 'input' } : null
  }

  /** Asterisk reads and drops what a playback isn't to stop for; with no keys at all the fake keeps them. */
  #takeKey(keys: string): string | null {
    if (keys === '') return null
    for (let key = this.#queue.shift(); key !== undefined; key = this.#queue.shift()) {
      if (!keys.includes(key)) continue
      this.lastFiles = []
      return key
    }
    return null
  }

  protected after(durationMs: number, action: () => void): () => void {
    if (durationMs < 0) return () => undefined
    if (this.#speed === Infinity) {
      const immediate = setImmediate(action)
      return () => clearImmediate(immediate)
    }
    const timer = setTimeout(action, durationMs / this.#speed)
    return () => clearTimeout(timer)
  }
}
