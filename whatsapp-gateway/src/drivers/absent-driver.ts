import type { Clock } from '@ura/core/clock'
import { type Driver, NotSentError } from './driver.ts'

/** Stands for a channel that is not configured: never available, so that what still waits for it expires. */
export function createAbsentDriver(clock: Clock): Driver {
  const status = { state: 'logged_out', since: clock.now(), qrAttempt: null, qrExpiresAt: null } as const
  return {
    name: 'none',
    pace: { recipientIntervalMs: 0, driverIntervalMs: 0, parallelMax: 1 },
    start: async () => {},
    stop: async () => {},
    state: () => status,
    send: async () => {
      throw new NotSentError('no_channel', { retryable: true, untilDeadline: true })
    },
  }
}
