import type { Logger } from '@ura/core/logger'

/** Work that goes on in the background until it is closed. */
export interface PeriodicWork {
  /** Starts it no more and waits for the run under way. */
  close(): Promise<void>
}

/**
 * Runs `work` now and then every `everyMs`, never twice at once: a time that comes while it still runs is left out. A
 * failure is logged and the next time tries again. The timer keeps no process alive.
 */
export function startPeriodicWork(options: {
  /** For the log. */
  name: string
  everyMs: number
  work: () => Promise<unknown>
  log: Logger
}): PeriodicWork {
  const { name, everyMs, work, log } = options
  let underway: Promise<void> | null = null

  async function run(): Promise<void> {
    try {
      await work()
    } catch (error) {
      log.warn({ err: error, work: name }, 'periodic work failed')
    } finally {
      underway = null
    }
  }

  function start(): void {
    underway ??= run()
  }

  start()
  const timer = setInterval(start, everyMs).unref()
  return {
    async close() {
      clearInterval(timer)
      await underway
    },
  }
}
