import { DTMF_KEYS } from '../dtmf.ts'
import { ChannelWaits, type Ending, type Listening } from './channel-waits.ts'
import type { FakeCaller } from './fake-caller.ts'
import type { FakeSpeechResult } from './fake-speech.ts'

/** Every key, for waits that take any. */
export const ALL_KEYS = DTMF_KEYS.join('')

/** The position in a file that was stopped: the fake's files have no samples, so one second of 8,000 Hz. */
export const STOPPED_SAMPLES = 8_000

/** What SPEECH RECOGNIZE ended in. */
export type Heard = Ending | { kind: 'speech'; results: readonly FakeSpeechResult[] }

/** The channel of a fake call: its queues, its playbacks and waits, and what ends them. */
export class FakeChannel extends ChannelWaits {
  readonly played: string[] = []
  /** As in include/asterisk/channelstate.h: 4 ringing, 6 up. */
  state = 4
  /** Asterisk knows of the hangup and has told it. */
  isDead = false
  /** It was dead when the AGI began. */
  wasOver = false
  readonly #caller: FakeCaller
  #texts: string[] = []

  constructor(options: {
    caller: FakeCaller
    speed: number
    dropKeysBetweenCommands: boolean
    inputWaiting: () => boolean
  }) {
    super(options)
    this.#caller = options.caller
  }

  answer(): void {
    this.state = 6
  }

  sendText(text: string): void {
    this.#texts.push(text)
    this.notify()
  }

  override commandEnded(): void {
    super.commandEnded()
    if (this.dropKeysBetweenCommands) this.#texts = []
  }

  /** Plays a file; keys of the set stop it, others are lost, but all are kept for later when it is ''. */
  async play(file: string, listening: Listening): Promise<Ending> {
    this.#begins(file)
    const stopped = new AbortController()
    return await this.firstOf<Ending>(listening, (finish, fail) => {
      this.#hear(file, stopped.signal).then(() => finish({ kind: 'done' }), fail)
      return () => stopped.abort()
    })
  }

  /** Waits for any key; 'done' when the time is over. Below 0 it never is. */
  async waitForKey(timeoutMs: number, { interruptible = true } = {}): Promise<Ending> {
    // Without time Asterisk doesn't look at the channel at all (main/channel.c, ast_waitfordigit_full).
    if (timeoutMs === 0) return { kind: 'done' }
    const wait = { timeoutMs: endless(timeoutMs), lastFiles: [...this.lastFiles] }
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
    const arrived = await this.firstOf<{ kind: 'text' } | { kind: 'done' }>({ keys: '' }, (finish, fail) => {
      const look = (): void => {
        if (this.#texts.length > 0) finish({ kind: 'text' })
      }
      const unwatch = this.watch(look)
      const stopTimer = this.after(timeoutMs, () => finish({ kind: 'done' }))
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
    return await this.firstOf<Heard>({ keys: ALL_KEYS }, (finish, fail) => {
      const over = new AbortController()
      const recognizing = async (): Promise<void> => {
        const results = await options.recognize(over.signal)
        if (results !== null) finish({ kind: 'speech', results })
      }
      const listening = async (): Promise<void> => {
        if (file !== null) await this.#hear(file, over.signal)
        if (over.signal.aborted) return
        const waitMs = timeoutMs === 0 ? -1 : timeoutMs
        const stopTimer = this.after(waitMs, () => finish({ kind: 'done' }))
        over.signal.addEventListener('abort', stopTimer, { once: true })
        const wait = { timeoutMs: endless(waitMs), lastFiles: [...this.lastFiles] }
        this.take(await this.#caller.asked?.(wait), () => !over.signal.aborted)
      }
      recognizing().catch(fail)
      listening().catch(fail)
      return () => over.abort()
    })
  }

  #begins(file: string): void {
    this.played.push(file)
    this.lastFiles.push(file)
  }

  /** Waits until the time is over (below 0: never), with the caller's answer taken on the way. */
  #wait(
    listening: Listening,
    timeoutMs: number,
    ask: () => string | null | undefined | Promise<string | null>,
  ): Promise<Ending> {
    return this.firstOf<Ending>(listening, (finish, fail) => {
      const stopTimer = this.after(timeoutMs, () => finish({ kind: 'done' }))
      let isOver = false
      Promise.resolve()
        .then(async () => this.take(isOver ? null : await ask(), () => !isOver))
        .catch(fail)
      return () => {
        isOver = true
        stopTimer()
      }
    })
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
}

function endless(timeoutMs: number): number {
  return timeoutMs < 0 ? Infinity : timeoutMs
}
