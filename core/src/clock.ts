/** The time of day, passed in so that expiry, office hours and limits can be tested without waiting. */
export interface Clock {
  now(): Date
}

/** The machine's own clock. */
export const systemClock: Clock = { now: () => new Date() }
