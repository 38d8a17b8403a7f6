import { HelpdeskError } from '@ura/core/errors'
import { parsePhoneNumber } from '@ura/core/phone-number'
import type { ApiContext } from '../context.ts'
import type { Database } from '../database/schema.ts'
import type { KeyedHash } from '../keyed-hash.ts'

/** What wrong registration codes are counted for, and how many of them within the window. */
interface AttemptOrigin {
  /** Keyed hash of a calling number or a call. */
  hash: string
  wrongMax: number
}

/** Callers without a number share a limit so many times that of one number. */
const anonymousFactor = 10

/**
 * For whom a caller's wrong codes count: the calling number, however it is spelled; without one the call and, since
 * calls are cheap, all callers without a number together, with ten times the limit.
 */
export function attemptOrigins(
  caller: { phone: string | undefined; callId: string | undefined },
  { keyedHash, config }: Pick<ApiContext, 'config'> & { keyedHash: KeyedHash },
): AttemptOrigin[] {
  const { phone, callId } = caller
  const wrongMax = config.wrongRegistrationsPerWindow
  if (phone !== undefined) {
    return [{ hash: keyedHash('calling-number', parsePhoneNumber(phone) ?? phone), wrongMax }]
  }
  const anonymous = { hash: keyedHash('calling-number', ''), wrongMax: wrongMax * anonymousFactor }
  return callId === undefined ? [anonymous] : [{ hash: keyedHash('call', callId), wrongMax }, anonymous]
}

/**
 * Refuses a caller for whose origins too many wrong registration codes were keyed within the window.
 * @throws HelpdeskError LIMITE_DE_TENTATIVAS with the seconds until the oldest of them leaves the window
 */
export async function requireAttemptsLeft(
  db: Database,
  options: { origins: readonly AttemptOrigin[]; now: Date; config: ApiContext['config'] },
): Promise<void> {
  const nowMs = options.now.getTime()
  const windowMs = options.config.limitWindowMinutes * 60_000
  for (const { hash, wrongMax } of options.origins) {
    const blocking = await db
      .selectFrom('registration_attempts')
      .select('attempted_at_ms')
      .where('phone_hash', '=', hash)
      .where('attempted_at_ms', '>', nowMs - windowMs)
      .orderBy('attempted_at_ms', 'desc')
      .offset(wrongMax - 1)
      .limit(1)
      .executeTakeFirst()
    if (blocking !== undefined) {
      throw new HelpdeskError('LIMITE_DE_TENTATIVAS', {
        retryAfterSeconds: Math.ceil((blocking.attempted_at_ms + windowMs - nowMs) / 1000),
      })
    }
  }
}

/** Counts one wrong registration code, and forgets those that no window can hold any more. */
export async function countWrongAttempt(
  db: Database,
  options: { origins: readonly AttemptOrigin[]; now: Date; config: ApiContext['config'] },
): Promise<void> {
  const nowMs = options.now.getTime()
  await db
    .deleteFrom('registration_attempts')
    .where('attempted_at_ms', '<', nowMs - options.config.limitWindowMinutes * 60_000)
    .execute()
  await db
    .insertInto('registration_attempts')
    .values(options.origins.map(({ hash }) => ({ phone_hash: hash, attempted_at_ms: nowMs })))
    .execute()
}
