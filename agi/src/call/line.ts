import type { AgiCall, DtmfKey } from 'asterisk-agi'
import { prompt, type Sound } from './sound.ts'

export interface LineTimes {
  /** From the end of a question to its first key, milliseconds. */
  firstDigitMs: number
  /** Between the keys of a number, milliseconds. */
  betweenDigitsMs: number
}

export interface LineEvents {
  played?(sound: Sound): void
  /** A sound could not be played though the caller is there: a missing file or an address that gives nothing. */
  missing?(sound: Sound): void
}

export type NumberAnswer =
  | { kind: 'digits'; digits: string }
  /** `*`, which acts at once. */
  | { kind: 'star' }
  | { kind: 'nothing' }

const anyKey = '0123456789*#'
/**
 * A wait this short is not worth a command: nobody ends a second key so soon after the first. Above it keys are
 * gathered, since Asterisk throws away a key that ends while no command runs (22.10, res_agi.c: `run_agi` reads and
 * frees the frame).
 */
const shortWaitMs = 40
/** Lengths of the commands that gather keys in turn; one of them is what a finished wait costs at most. */
const firstSliceMs = 50
const longestSliceMs = 200
/** Silence after which the caller is told to wait; the promise is at most 2 s. */
const silenceMs = 1_200
const keyAheadMax = 32
/** An address that failed after so long did not answer: Asterisk 22 asks for it four times, each as long as it may. */
const slowFailureMs = 800

/**
 * The caller's line: what is said and what is keyed. Every sound can be interrupted; keys that come before their
 * question are kept and answer it. Every method rejects with the AGI library's hangup error when the caller is
 * gone.
 */
export class Line {
  readonly #agi: AgiCall
  readonly #times: LineTimes
  readonly #events: LineEvents
  #keysAhead: DtmfKey[] = []
  /** The last number ended by its length, so a `#` that follows belongs to it and answers nothing. */
  #hashIsDue = false
  /** Addresses that gave nothing, not to be waited for again. */
  readonly #unplayable = new Set<string>()
  /** Whoever serves synthesized sounds does not answer: one silence of that length is enough for a call. */
  #isAudioAway = false
  /** When the caller last heard something or ended a number; several waits in a row are one silence. */
  #silentSince = performance.now()

  constructor(agi: AgiCall, times: LineTimes, events: LineEvents = {}) {
    this.#agi = agi
    this.#times = times
    this.#events = events
  }

  /** Plays the sounds in turn. A key stops them all and is kept for the next question. */
  async say(...sounds: readonly Sound[]): Promise<void> {
    for (const sound of sounds) {
      if (this.#keysAhead.length > 0) {
        return
      }
      const key = await this.#play(sound, () => this.#agi.streamFile(sound.file, anyKey))
      if (key === 'missing') {
        await this.say(...(sound.otherwise ?? []))
      } else {
        this.#keepAhead(key)
      }
    }
  }

  /** Asks for one key: the sounds, then the time for the first digit. Null = nothing was pressed. */
  async askKey(...sounds: readonly Sound[]): Promise<DtmfKey | null> {
    const question = sounds.at(-1)
    await this.say(...sounds.slice(0, -1))
    const ahead = this.#keysAhead.shift()
    if (ahead !== undefined) {
      return ahead
    }
    const { firstDigitMs } = this.#times
    if (question === undefined) {
      return this.#waitForKey(firstDigitMs)
    }
    const key = await this.#play(question, () => this.#agi.getOption(question.file, anyKey, firstDigitMs))
    return key === 'missing' ? this.askKey(...(question.otherwise ?? [])) : key
  }

  /** Asks for a number of at most `digitsMax` digits; `#` or a pause ends it, `*` cancels it at once. */
  async askNumber(digitsMax: number, ...sounds: readonly Sound[]): Promise<NumberAnswer> {
    let digits = ''
    let key = await this.askKey(...sounds)
    while (key !== null && key !== '#') {
      if (key === '*') {
        return { kind: 'star' }
      }
      digits += key
      if (digits.length === digitsMax) {
        this.#hashIsDue = true
        this.#dropDueHash()
        break
      }
      key = this.#keysAhead.shift() ?? (await this.#waitForKey(this.#times.betweenDigitsMs))
    }
    this.#silentSince = performance.now() // until now it was the caller who took the time
    return digits === '' ? { kind: 'nothing' } : { kind: 'digits', digits }
  }

  /** How many keys wait for the questions to come, after those that follow the first within `nextMs` of each other. */
  async countKeysAhead(nextMs: number): Promise<number> {
    while (this.#keysAhead.length > 0 && this.#keysAhead.length < keyAheadMax) {
      const key = await this.#waitForKey(nextMs)
      if (key === null) {
        break
      }
      this.#keepAhead(key)
    }
    return this.#keysAhead.length
  }

  /** Whether keys wait for the questions to come. */
  get hasKeysAhead(): boolean {
    return this.#keysAhead.length > 0
  }

  /** Drops keys that were keyed ahead: after a wrong answer they would answer the wrong question. */
  forgetKeysAhead(): void {
    this.#keysAhead = []
  }

  /** Takes a key that came while somebody else had the line; it answers the next question. */
  keyed(key: DtmfKey): void {
    this.#keepAhead(key)
  }

  /**
   * Gives the line to a dialplan application until it ends; keys meanwhile are its own. Gives what it returned, -2 when
   * there is no such application.
   */
  async handOver(application: string, argument: string): Promise<number> {
    const result = await this.#agi.exec(application, argument)
    this.#silentSince = performance.now()
    return result
  }

  /** Whether the caller's Asterisk has loaded a module, as `app_queue.so`. */
  async hasModule(name: string): Promise<boolean> {
    return (await this.#agi.getFullVariable(`\${IFMODULE(${name})}`)) === '1'
  }

  /**
   * Waits for work that the caller can't see. Keys meanwhile are kept; when it takes long the caller is told
   * "um momento, por favor" and hears music.
   */
  async waitFor<T>(work: Promise<T>): Promise<T> {
    const settled = work.then(
      () => true as const,
      () => true as const,
    )
    if (!(await settlesWithin(settled, shortWaitMs))) {
      await this.#keepCompany(settled)
    }
    return work
  }

  async #keepCompany(settled: Promise<true>): Promise<void> {
    let music = false
    for (let sliceMs = firstSliceMs; !(await settlesWithin(settled, 0)); sliceMs *= 2) {
      if (!music && performance.now() - this.#silentSince >= silenceMs) {
        const moment = prompt('one-moment')
        const key = await this.#play(moment, () => this.#agi.streamFile(moment.file, anyKey))
        this.#keepAhead(key === 'missing' ? null : key)
        await this.#agi.setMusic(true)
        music = true
      }
      this.#keepAhead(await this.#waitForKey(Math.min(sliceMs, longestSliceMs)))
    }
    if (music) {
      await this.#agi.setMusic(false)
      this.#silentSince = performance.now()
    }
  }

  /** Plays once; a second time when all that cut it short was the `#` of the number before. */
  async #play(
    sound: Sound,
    play: () => ReturnType<AgiCall['streamFile']>,
  ): Promise<DtmfKey | null | 'missing'> {
    if (sound.isSynthesized === true && (this.#isAudioAway || this.#unplayable.has(sound.file))) {
      this.#events.missing?.(sound)
      return 'missing'
    }
    this.#events.played?.(sound)
    const startedAt = performance.now()
    let result = await play()
    if (result.kind === 'key' && this.#isDueHash(result.key)) {
      result = await play()
    }
    this.#silentSince = performance.now()
    if (result.kind === 'failed') {
      this.#unplayable.add(sound.file)
      this.#isAudioAway ||= sound.isSynthesized === true && this.#silentSince - startedAt >= slowFailureMs
      this.#events.missing?.(sound)
      return 'missing'
    }
    return result.kind === 'key' ? result.key : null
  }

  async #waitForKey(timeoutMs: number): Promise<DtmfKey | null> {
    const result = await this.#agi.waitForDigit(timeoutMs)
    return result.kind === 'timeout' || this.#isDueHash(result.key) ? null : result.key
  }

  #keepAhead(key: DtmfKey | null): void {
    if (key !== null && this.#keysAhead.length < keyAheadMax) {
      this.#keysAhead.push(key)
    }
  }

  /** Any key uses up the expectation of a `#`; only the `#` itself is swallowed by it. */
  #isDueHash(key: DtmfKey): boolean {
    const isDue = this.#hashIsDue && key === '#'
    this.#hashIsDue = false
    return isDue
  }

  #dropDueHash(): void {
    const [next] = this.#keysAhead
    if (next !== undefined && this.#isDueHash(next)) {
      this.#keysAhead.shift()
    }
  }
}

async function settlesWithin(settled: Promise<true>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, timeoutMs, false)
  })
  try {
    return await Promise.race([settled, late])
  } finally {
    clearTimeout(timer)
  }
}
