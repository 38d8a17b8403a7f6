/** Waking up later, passed in so that retries, deadlines and timeouts are tested without waiting. */
export interface Timers {
  /** Calls back once after `delayMs`; the function given back cancels it. */
  setTimer(callback: () => void, delayMs: number): () => void
}

/** The machine's own timers. */
export const systemTimers: Timers = {
  setTimer: (callback, delayMs) => {
    const timer = setTimeout(callback, delayMs)
    return () => clearTimeout(timer)
  },
}
