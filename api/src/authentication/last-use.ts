import type { Logger } from '@ura/core/logger'
import type { Database } from '../database/schema.ts'

/** Keeps when each client was last here, in the background: no request waits for it. */
export interface LastUseRecorder {
  /** Notes that a client was here, at most once a minute for each. */
  note(clientId: number, now: Date): void
  /** Waits for what is being written. */
  close(): Promise<void>
}

const everyMs = 60_000

export function createLastUseRecorder(db: Database, log: Logger): LastUseRecorder {
  const notedAtMs = new Map<number, number>()
  const underway = new Set<Promise<void>>()

  async function write(clientId: number, nowMs: number): Promise<void> {
    try {
      await db
        .updateTable('clients')
        .set({ last_used_at_ms: nowMs })
        .where('id', '=', clientId)
        // Another instance may have been faster.
        .where((where) =>
          where.or([where('last_used_at_ms', 'is', null), where('last_used_at_ms', '<=', nowMs - everyMs)]),
        )
        .execute()
    } catch (error) {
      log.warn({ err: error, clientId }, "client's last use was not kept")
    }
  }

  return {
    note(clientId, now) {
      const nowMs = now.getTime()
      if (nowMs - (notedAtMs.get(clientId) ?? Number.NEGATIVE_INFINITY) < everyMs) {
        return
      }
      notedAtMs.set(clientId, nowMs)
      const work = write(clientId, nowMs).finally(() => underway.delete(work))
      underway.add(work)
    },
    async close() {
      await Promise.all(underway)
    },
  }
}
