import type { Clock } from '@ura/core/clock'

/** Monday 23 November 2026, 10:00 in São Paulo: office hours. */
export const mondayMorning = new Date('2026-11-23T13:00:00Z')
/** The Sunday after, same time: no office hours. */
export const sundayMorning = new Date('2026-11-29T13:00:00Z')

/** A clock that stands still until it is moved. */
export class TestClock implements Clock {
  #now: Date

  constructor(now: Date = mondayMorning) {
    this.#now = now
  }

  now(): Date {
    return new Date(this.#now)
  }

  set(now: Date): void {
    this.#now = now
  }

  advanceMs(milliseconds: number): void {
    this.#now = new Date(this.#now.getTime() + milliseconds)
  }
}
