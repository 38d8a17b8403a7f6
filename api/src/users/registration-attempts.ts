import { HelpdeskError } from '@ura/core/errors'
import type { ApiContext } from '../context.ts'
import type { Database } from '../database/schema.ts'

/**
 * Refuses a calling number that keyed too many wrong registration codes within the window.
 * @throws HelpdeskError LIMITE_DE_TENTATIVAS with the seconds until the oldest of them leaves the window
 */
export async function requireAttemptsLeft(
  db: Database,
  options: { phoneHash: string; now: Date; config: ApiContext['config'] },
): Promise<void> {
  const { phoneHash, now, config } = options
  const windowMs = config.limitWindowMinutes * 60_000
  const attempts = await db
    .selectFrom('registration_attempts')
    .select('attempted_at_ms')
    .where('phone_hash', '=', phoneHash)
    .where('attempted_at_ms', '>', now.getTime() - windowMs)
    .orderBy('attempted_at_ms', 'desc')
    .limit(config.wrongRegistrationsPerWindow)
    .execute()
  const oldest = attempts.at(-1)
  if (oldest !== undefined && attempts.length >= config.wrongRegistrationsPerWindow) {
    const freeAtMs = oldest.attempted_at_ms + windowMs
    throw new HelpdeskError('LIMITE_DE_TENTATIVAS', {
      retryAfterSeconds: Math.ceil((freeAtMs - now.getTime()) / 1000),
    })
  }
}

/** Counts one wrong registration code, and forgets those that no window can hold any more. */
export async function countWrongAttempt(
  db: Database,
  options: { phoneHash: string; now: Date; config: ApiContext['config'] },
): Promise<void> {
  const nowMs = options.now.getTime()
  await db
    .deleteFrom('registration_attempts')
    .where('attempted_at_ms', '<', nowMs - options.config.limitWindowMinutes * 60_000)
    .execute()
  await db
    .insertInto('registration_attempts')
    .values({ phone_hash: options.phoneHash, attempted_at_ms: nowMs })
    .execute()
}
