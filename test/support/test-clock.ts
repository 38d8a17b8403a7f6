import type { Clock } from '@ura/core/clock'

/** Monday 23 November 2026, 10:00 in São Paulo: office hours. */
const mondayMorning = new Date('2026-11-23T13:00:00Z')
const dayMs = 24 * 60 * 60_000

/** A clock that stands still until it is moved, and is moved only forward. */
export class TestClock implements Clock {
  #now = mondayMorning

  now(): Date {
    return new Date(this.#now)
  }

  advanceMs(milliseconds: number): void {
    this.#now = new Date(this.#now.getTime() + milliseconds)
  }

  /** To the next Monday, 10:00 in São Paulo, which is office hours. */
  advanceToMonday(): void {
    this.#advanceTo(1)
  }

  /** To the next Sunday, same time, which is not. */
  advanceToSunday(): void {
    this.#advanceTo(0)
  }

  #advanceTo(weekday: number): void {
    const morning = new Date(this.#now)
    morning.setUTCHours(mondayMorning.getUTCHours(), 0, 0, 0)
    const days = (weekday - morning.getUTCDay() + 7) % 7 || 7
    this.#now = new Date(morning.getTime() + days * dayMs)
  }
}
