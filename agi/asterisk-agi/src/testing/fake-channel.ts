import { DTMF_KEYS, isDtmfKey } from '../dtmf.ts'

const ALL_KEYS = DTMF_KEYS.join('')

/** What the person at the other end does; both are asked, never told, so that a test may leave them out. */
export interface FakeCaller {
  /**
   * A file starts to play; the promise is how long it plays (default: at once).
   *
   * @param signal Aborted when a key, a hangup or the server's next line stops the file.
   */
  hears?(file: string, signal: AbortSignal): void | Promise<void>
  /**
   * The channel waits for a key and none is queued. Gives keys ('1001#': the first answers, the rest are keyed
   * ahead), null for nothing pressed (the wait then times out), or 'hangup'. The promise may stay pending: the
   * time-out wins, and a later answer is dropped.
   *
   * @param wait.timeoutMs Time of the wait in the call, not divided by the speed; Infinity for no end.
   * @param wait.lastFiles Files played since the last key: none in the wait between two digits.
   */
  asked?(wait: { timeoutMs: number; lastFiles: readonly string[] }): FakeAnswer | Promise<FakeAnswer>
}

/** Keys, null for nothing, or 'hangup' for the receiver put down. */
export type FakeAnswer = string | null

/** What a playback or a wait ended in; 'input': the server wrote a line or closed before it was over. */
export type Ending = { kind: 'done' } | { kind: 'key'; key: string } | { kind: 'hangup' } | { kind: 'input' }

/** The channel of a fake call: its DTMF queue, its playbacks and waits, and what ends them. */
export class FakeChannel {
  readonly played: string[] = []
  /** As in include/asterisk/channelstate.h: 4 ringing, 6 up. */
  state = 4
  hungUp = false
  readonly #caller: FakeCaller
  readonly #speed: number
  readonly #dropKeysBetweenCommands: boolean
  /** Whether the server has sent more, which stops what can be stopped. */
  readonly #inputWaiting: () => boolean
  readonly #watchers = new Set<() => void>()
  #queue: string[] = []
  #lastFiles: string[] = []
  #reading = false

  constructor(options: {
    caller: FakeCaller
    speed: number
    dropKeysBetweenCommands: boolean
    inputWaiting: () => boolean
  }) {
    this.#caller = options.caller
    this.#speed = options.speed
    this.#dropKeysBetweenCommands = options.dropKeysBetweenCommands
    this.#inputWaiting = options.inputWaiting
  }

  press(keys: string): void {
    if (this.#dropKeysBetweenCommands && !this.#reading) return
    this.#enqueue(keys)
  }

  hangup(): void {
    this.hungUp = true
    this.notify()
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

  /** Between two commands Asterisk reads the channel and drops its frames, keys among them (run_agi). */
  commandEnded(): void {
    if (this.#dropKeysBetweenCommands) this.#queue = []
  }

  /** Plays a file; keys of `keys` stop it, others are lost, but all are kept for later when `keys` is ''. */
  async play(file: string, keys: string): Promise<Ending> {
    this.played.push(file)
    this.#lastFiles.push(file)
    const stopped = new AbortController()
    return await this.#firstOf(keys, (finish, fail) => {
      this.#hear(file, stopped.signal).then(() => finish({ kind: 'done' }), fail)
      return () => stopped.abort()
    })
  }

  /** Waits for any key; 'done' when the time is over. Below 0 it never is. */
  async waitForKey(timeoutMs: number): Promise<Ending> {
    // Without time Asterisk doesn't look at the channel at all (main/channel.c, ast_waitfordigit_full).
    if (timeoutMs === 0) return { kind: 'done' }
    return await this.#firstOf(ALL_KEYS, (finish, fail) => {
      const stopTimer = this.#after(timeoutMs, () => finish({ kind: 'done' }))
      let isOver = false
      this.#ask(timeoutMs, () => !isOver).catch(fail)
      return () => {
        isOver = true
        stopTimer()
      }
    })
  }

  /** Lets time pass; only a hangup cuts it short. */
  async pause(durationMs: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const finish = (): void => {
        stopTimer()
        unwatch()
        resolve()
      }
      const stopTimer = this.#after(durationMs, finish)
      const unwatch = this.watch(() => {
        if (this.hungUp) finish()
      })
    })
  }

  #enqueue(keys: string): void {
    for (const key of keys) {
      if (!isDtmfKey(key)) throw new TypeError(`'${key}' is no DTMF key`)
      this.#queue.push(key)
    }
    this.notify()
  }

  /** The first of: a hangup, a queued key, input from the server, the end that `begin` reports. */
  #firstOf(
    keys: string,
    begin: (finish: (ending: Ending) => void, fail: (error: unknown) => void) => () => void,
  ): Promise<Ending> {
    const now = this.#interruption(keys)
    if (now !== null) return Promise.resolve(now)
    this.#reading = keys !== ''
    return new Promise<Ending>((resolve, reject) => {
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
        const interruption = this.#interruption(keys)
        if (interruption !== null) settle(() => resolve(interruption))
      })
      stop = begin(
        (ending) => settle(() => resolve(ending)),
        (error) => settle(() => reject(error instanceof Error ? error : new Error(String(error)))),
      )
      // The caller may have pressed a key before `begin` returned.
      if (isSettled) stop()
    })
  }

  #interruption(keys: string): Ending | null {
    if (this.hungUp) return { kind: 'hangup' }
    const key = this.#takeKey(keys)
    if (key !== null) return { kind: 'key', key }
    return this.#inputWaiting() ? { kind: 'input' } : null
  }

  /** Asterisk reads and drops what a playback isn't to stop for; with no keys at all the fake keeps them. */
  #takeKey(keys: string): string | null {
    if (keys === '') return null
    for (let key = this.#queue.shift(); key !== undefined; key = this.#queue.shift()) {
      if (!keys.includes(key)) continue
      this.#lastFiles = []
      return key
    }
    return null
  }

  async #hear(file: string, signal: AbortSignal): Promise<void> {
    // Even a file that plays at once leaves the caller a moment to press a key.
    const atLeast = new Promise<void>((resolve) => void setImmediate(resolve))
    await this.#caller.hears?.(file, signal)
    await atLeast
  }

  async #ask(timeoutMs: number, isAwaited: () => boolean): Promise<void> {
    const wait = { timeoutMs: timeoutMs < 0 ? Infinity : timeoutMs, lastFiles: [...this.#lastFiles] }
    const answer = (await this.#caller.asked?.(wait)) ?? null
    if (!isAwaited() || answer === null) return
    if (answer === 'hangup') this.hangup()
    else this.#enqueue(answer)
  }

  #after(durationMs: number, action: () => void): () => void {
    if (durationMs < 0) return () => undefined
    if (this.#speed === Infinity) {
      const immediate = setImmediate(action)
      return () => clearImmediate(immediate)
    }
    const timer = setTimeout(action, durationMs / this.#speed)
    return () => clearTimeout(timer)
  }
}
