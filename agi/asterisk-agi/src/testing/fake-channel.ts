import { DTMF_KEYS, isDtmfKey } from '../dtmf.ts'
import type { FakeCaller } from './fake-caller.ts'
import type { FakeSpeechResult } from './fake-speech.ts'

/** Every key, for waits that take any. */
export const ALL_KEYS = DTMF_KEYS.join('')

/** The position in a file that was stopped: the fake's files have no samples, so one second of 8,000 Hz. */
export const STOPPED_SAMPLES = 8_000

/** What cut something short; 'input': the server wrote a line or closed before it was over. */
export type Interruption = { kind: 'key'; key: string } | { kind: 'hangup' } | { kind: 'input' }

/** What a playback or a wait ended in. */
export type Ending = { kind: 'done' } | Interruption

/** What SPEECH RECOGNIZE ended in. */
export type Heard = Ending | { kind: 'speech'; results: readonly FakeSpeechResult[] }

/** What ends something early: keys, and the server's next line. */
interface Listening {
  keys: string
  /** Default false: few commands look at the connection while they run. */
  interruptible?: boolean
}

type Begin<End> = (finish: (ending: End) => void, fail: (error: unknown) => void) => () => void

/** The channel of a fake call: its queues, its playbacks and waits, and what ends them. */
export class FakeChannel {
  readonly played: string[] = []
  /** As in include/asterisk/channelstate.h: 4 ringing, 6 up. */
  state = 4
  hungUp = false
  /** Asterisk knows of the hangup and has told it. */
  isDead = false
  readonly #caller: FakeCaller
  readonly #speed: number
  readonly #dropKeysBetweenCommands: boolean
  /** Whether the server has sent more, which stops what can be stopped. */
  readonly #inputWaiting: () => boolean
  readonly #watchers = new Set<() => void>()
  #queue: string[] = []
  #texts: string[] = []
  #lastFiles: string[] = []
  #reading = false
  #hangsUpInNextWait = false
  #cancelHangup: (() => void) | null = null

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

  sendText(text: string): void {
    this.#texts.push(text)
    this.notify()
  }

  answer(): void {
    this.state = 6
  }

  hangup(): void {
    this.#hangsUpInNextWait = false
    this.hungUp = true
    this.notify()
  }

  /** Hangs up after a time in the call; 0 or less takes that back. */
  hangUpAfter(delayMs: number): void {
    this.#cancelHangup?.()
    this.#cancelHangup = delayMs > 0 ? this.#after(delayMs, () => this.hangup()) : null
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

  /** Between two commands Asterisk reads the channel and drops its frames, keys among them (run_agi). */
  commandEnded(): void {
    if (!this.#dropKeysBetweenCommands) return
    this.#queue = []
    this.#texts = []
  }

  /** Plays a file; keys of the set stop it, others are lost, but all are kept for later when it is ''. */
  async play(file: string, listening: Listening): Promise<Ending> {
    this.#begins(file)
    const stopped = new AbortController()
    return await this.#firstOf<Ending>(listening, (finish, fail) => {
      this.#hear(file, stopped.signal).then(() => finish({ kind: 'done' }), fail)
      return () => stopped.abort()
    })
  }

  /** Waits for any key; 'done' when the time is over. Below 0 it never is. */
  async waitForKey(timeoutMs: number, { interruptible = true } = {}): Promise<Ending> {
    // Without time Asterisk doesn't look at the channel at all (main/channel.c, ast_waitfordigit_full).
    if (timeoutMs === 0) return { kind: 'done' }
    const wait = { timeoutMs: endless(timeoutMs), lastFiles: [...this.#lastFiles] }
    return await this.#wait({ keys: ALL_KEYS, interruptible }, timeoutMs, () => this.#caller.asked?.(wait))
  }

  /** Records until a key of the set, a hangup or the limit; below 0 there is none. */
  async record(recording: {
    file: string
    format: string
    keys: string
    timeoutMs: number
    /** The time after which this caller's silence or the time-out ends it. */
    limitMs: number
  }): Promise<Ending> {
    const { file, format, keys, timeoutMs, limitMs } = recording
    if (timeoutMs === 0) return { kind: 'done' }
    const told = { file, format, timeoutMs: endless(timeoutMs) }
    return await this.#wait({ keys }, limitMs, () => this.#caller.speaks?.(told))
  }

  /** Waits for a text; null when none comes in time or the caller hangs up. */
  async waitForText(timeoutMs: number): Promise<string | null> {
    if (timeoutMs === 0) return null
    const arrived = await this.#firstOf<{ kind: 'text' } | { kind: 'done' }>({ keys: '' }, (finish, fail) => {
      const look = (): void => {
        if (this.#texts.length > 0) finish({ kind: 'text' })
      }
      const unwatch = this.watch(look)
      const stopTimer = this.#after(timeoutMs, () => finish({ kind: 'done' }))
      this.#askForText(timeoutMs).catch(fail)
      look()
      return () => {
        unwatch()
        stopTimer()
      }
    })
    return arrived.kind === 'text' ? (this.#texts.shift() ?? null) : null
  }

  /** Plays a prompt and listens; the time begins after the prompt, 0 for no end. */
  async recognize(options: {
    file: string | null
    timeoutMs: number
    recognize: (signal: AbortSignal) => Promise<readonly FakeSpeechResult[] | null>
  }): Promise<Heard> {
    const { file, timeoutMs } = options
    if (file !== null) this.#begins(file)
    return await this.#firstOf<Heard>({ keys: ALL_KEYS }, (finish, fail) => {
      const over = new AbortController()
      let stopTimer = (): void => undefined
      options.recognize(over.signal).then((results) => {
        if (results !== null) finish({ kind: 'speech', results })
      }, fail)
      const prompt = file === null ? Promise.resolve() : this.#hear(file, over.signal)
      prompt
        .then(async () => {
          if (over.signal.aborted) return
          stopTimer = this.#after(timeoutMs === 0 ? -1 : timeoutMs, () => finish({ kind: 'done' }))
          const wait = { timeoutMs: timeoutMs === 0 ? Infinity : timeoutMs, lastFiles: [...this.#lastFiles] }
          this.#take(await this.#caller.asked?.(wait), () => !over.signal.aborted)
        })
        .catch(fail)
      return () => {
        over.abort()
        stopTimer()
      }
    })
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
      const stopTimer = this.#after(durationMs, finish)
      const unwatch = this.watch(() => {
        if (this.hungUp && !wasHungUp) finish()
      })
      this.#hangUpIfDue()
    })
  }

  /** Ends what would outlive the call. */
  close(): void {
    this.#cancelHangup?.()
  }

  #begins(file: string): void {
    this.played.push(file)
    this.#lastFiles.push(file)
  }

  #enqueue(keys: string): void {
    for (const key of keys) {
      if (!isDtmfKey(key)) throw new TypeError(`'${key}' is no DTMF key`)
      this.#queue.push(key)
    }
    this.notify()
  }

  /** Waits until the time is over (below 0: never), with the caller's answer taken on the way. */
  #wait(
    listening: Listening,
    timeoutMs: number,
    ask: () => string | null | undefined | Promise<string | null>,
  ): Promise<Ending> {
    return this.#firstOf<Ending>(listening, (finish, fail) => {
      const stopTimer = this.#after(timeoutMs, () => finish({ kind: 'done' }))
      let isOver = false
      Promise.resolve()
        .then(async () => this.#take(isOver ? null : await ask(), () => !isOver))
        .catch(fail)
      return () => {
        isOver = true
        stopTimer()
      }
    })
  }

  /** The first of: a hangup, a queued key, input from the server, the end that `begin` reports. */
  #firstOf<End>(listening: Listening, begin: Begin<End>): Promise<End | Interruption> {
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

  async #askForText(timeoutMs: number): Promise<void> {
    if (this.#texts.length > 0) return
    const text = await this.#caller.askedForText?.({ timeoutMs: endless(timeoutMs) })
    if (text !== null && text !== undefined) this.sendText(text)
  }

  #take(answer: string | null | undefined, isAwaited: () => boolean): void {
    if (!isAwaited() || answer === null || answer === undefined) return
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

function endless(timeoutMs: number): number {
  return timeoutMs < 0 ? Infinity : timeoutMs
}
