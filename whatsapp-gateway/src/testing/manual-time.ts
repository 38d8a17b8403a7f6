import type { Clock } from '@ura/core/clock'
import type { Timers } from '../outbox/timers.ts'

/** A clock and its timers that move only when a test says so. */
export class ManualTime implements Clock, Timers {
  #nowMs: number
  readonly #timers = new Set<{ atMs: number; callback: () => void }>()

  constructor(start: Date = new Date('2026-03-10T17:30:00Z')) {
    this.#nowMs = start.getTime()
  }

  now(): Date {
    return new Date(this.#nowMs)
  }

  /** How many timers are set. */
  get timerCount(): number {
    return this.#timers.size
  }

  /** How long until the next timer calls back, in ms; null when none is set. */
  get untilNextTimerMs(): number | null {
    const next = this.#nextDue(Infinity)
    return next === undefined ? null : Math.max(0, next.atMs - this.#nowMs)
  }

  in(delayMs: number): Date {
    return new Date(this.#nowMs + delayMs)
  }

  setTimer(callback: () => void, delayMs: number): () => void {
    const timer = { atMs: this.#nowMs + delayMs, callback }
    this.#timers.add(timer)
    return () => this.#timers.delete(timer)
  }

  /** Moves on, calling back what falls due on the way, each at its own time. */
  advance(byMs: number): void {
    const untilMs = this.#nowMs + byMs
    for (let next = this.#nextDue(untilMs); next !== undefined; next = this.#nextDue(untilMs)) {
      this.#timers.delete(next)
      this.#nowMs = Math.max(this.#nowMs, next.atMs)
      next.callback()
    }
    this.#nowMs = untilMs
  }

  #nextDue(untilMs: number): { atMs: number; callback: () => void } | undefined {
    return [...this.#timers]
      .filter((timer) => timer.atMs <= untilMs)
      .toSorted((one, other) => one.atMs - other.atMs)[0]
  }
}
