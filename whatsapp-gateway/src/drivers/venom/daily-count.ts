import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs'
import type { Clock } from '@ura/core/clock'

/** How many messages were sent today, kept in a file so that a restart doesn't forget. */
export class DailyCount {
  readonly #file: string
  readonly #max: number
  readonly #clock: Clock
  readonly #dayFormat: Intl.DateTimeFormat

  /** Days are those of `timeZone` (IANA). */
  constructor(options: { file: string; max: number; clock: Clock; timeZone: string }) {
    this.#file = options.file
    this.#max = options.max
    this.#clock = options.clock
    this.#dayFormat = new Intl.DateTimeFormat('sv-SE', { timeZone: options.timeZone })
  }

  /** Counts one more, on disk when this returns; false when today has had its number. */
  take(): boolean {
    const day = this.#dayFormat.format(this.#clock.now())
    const count = this.#read(day)
    if (count >= this.#max) {
      return false
    }
    this.#write(`${day} ${count + 1}\n`)
    return true
  }

  #read(today: string): number {
    let kept: string
    try {
      kept = readFileSync(this.#file, 'utf8')
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') {
        return 0
      }
      throw error
    }
    const [, day, count] = /^(\d{4}-\d\d-\d\d) (\d{1,9})\n$/.exec(kept) ?? []
    return day === today ? Number(count) : 0
  }

  #write(text: string): void {
    const partial = `${this.#file}.new`
    const file = openSync(partial, 'w', 0o600)
    try {
      writeSync(file, text)
      fsyncSync(file)
    } finally {
      closeSync(file)
    }
    renameSync(partial, this.#file)
  }
}
