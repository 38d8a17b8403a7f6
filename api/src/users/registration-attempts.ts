import { HelpdeskError } from '@ura/core/errors'
import { parsePhoneNumber } from '@ura/core/phone-number'
import { CompiledQuery } from 'kysely'
import type { ApiContext } from '../context.ts'
import { removeOlder } from '../database/remove-older.ts'
import type { Database } from '../database/schema.ts'
import type { KeyedHash } from '../keyed-hash.ts'

/** What wrong registration codes are counted for, and how many of them within the window. */
interface AttemptOrigin {
  /** Keyed hash of a calling number or a call. */
  hash: string
  wrongMax: number
}

/** Where a caller's attempt comes from, and when. */
export interface Attempt {
  origins: readonly AttemptOrigin[]
  windowMs: number
  nowMs: number
}

/** Callers without a number share a limit so many times that of one number. */
const anonymousFactor = 10

/**
 * For whom a caller's wrong codes count: the calling number, however it is spelled; without one the call and, since
 * calls are cheap, all callers without a number together, with ten times the limit.
 */
export function attemptOf(
  caller: { phone: string | undefined; callId: string | undefined },
  context: Pick<ApiContext, 'config' | 'clock'> & { keyedHash: KeyedHash },
): Attempt {
  const { config, clock } = context
  return {
    origins: originsOf(caller, context),
    windowMs: config.limitWindowMinutes * 60_000,
    nowMs: clock.now().getTime(),
  }
}

function originsOf(
  { phone, callId }: { phone: string | undefined; callId: string | undefined },
  { keyedHash, config }: Pick<ApiContext, 'config'> & { keyedHash: KeyedHash },
): AttemptOrigin[] {
  const wrongMax = config.wrongRegistrationsPerWindow
  if (phone !== undefined) {
    return [{ hash: keyedHash('calling-number', parsePhoneNumber(phone) ?? phone), wrongMax }]
  }
  const anonymous = { hash: keyedHash('calling-number', ''), wrongMax: wrongMax * anonymousFactor }
  return callId === undefined ? [anonymous] : [{ hash: keyedHash('call', callId), wrongMax }, anonymous]
}

/**
 * Whether the code is an active user's, looked up together with the attempts before: every call begins with it, and
 * one question costs a third of two in a transaction. Written out as text, since putting it together costs the process a
 * tenth of the whole request.
 * @throws HelpdeskError LIMITE_DE_TENTATIVAS with the seconds until the caller may try again
 */
export async function isKnownCode(db: Database, code: string, attempt: Attempt): Promise<boolean> {
  const { origins, nowMs, windowMs } = attempt
  const values = origins.flatMap(({ hash, wrongMax }) => [hash, nowMs - windowMs, wrongMax - 1])
  const { rows } = await db.executeQuery<KnownCodeRow>(
    CompiledQuery.raw(knownCodeQuery(origins), [code, ...values]),
  )
  const [row] = rows
  requireUnblocked([row?.blocking, row?.alsoBlocking], attempt)
  return typeof row?.userId === 'number'
}

/**
 * Counts one wrong code, and forgets those of the same origins that no window can hold any more. Counted first and
 * looked at then: of many at the same time, by whatever instance, no more than the limit are told that they were wrong.
 * @throws HelpdeskError LIMITE_DE_TENTATIVAS when it was one too many
 */
export async function countWrongCode(db: Database, attempt: Attempt): Promise<void> {
  const { origins, nowMs, windowMs } = attempt
  const hashes = origins.map(({ hash }) => hash)
  await db
    .deleteFrom('registration_attempts')
    .where('phone_hash', 'in', hashes)
    .where('attempted_at_ms', '<', nowMs - windowMs)
    .execute()
  await db
    .insertInto('registration_attempts')
    .values(hashes.map((hash) => ({ phone_hash: hash, attempted_at_ms: nowMs })))
    .execute()
  const blocking = await Promise.all(
    origins.map(async (origin) => {
      const { rows } = await blockingAttempt(db, { ...attempt, origin })
      return rows[0]?.attempted_at_ms
    }),
  )
  requireUnblocked(blocking, attempt)
}

/** Forgets, for all origins, the attempts that no window can hold any more. */
export async function pruneAttempts(db: Database, before: Date, signal?: AbortSignal): Promise<void> {
  const older = {
    table: 'registration_attempts',
    column: 'attempted_at_ms',
    beforeMs: before.getTime(),
  } as const
  await removeOlder(db, older, { signal })
}

const blockingNames = ['blocking', 'alsoBlocking'] as const

type KnownCodeRow = { userId: number | null } & Partial<Record<(typeof blockingNames)[number], number | null>>

const newestBlocking = `select attempted_at_ms from registration_attempts
  where phone_hash = ? and attempted_at_ms > ? order by attempted_at_ms desc limit 1 offset ?`

/** Asks for the user, and for each origin what blocks it; every database here takes `?` for a value. */
function knownCodeQuery(origins: readonly AttemptOrigin[]): string {
  const blocking = origins.map((_, index) => `, (${newestBlocking}) as ${blockingNames[index]}`)
  return `select (select id from users where code = ? and active = 1) as userId${blocking.join('')}`
}

/** The newest attempt of an origin within the window that has `wrongMax` newer ones: while it is there, no more. */
function blockingAttempt(
  db: Database,
  { origin: { hash, wrongMax }, nowMs, windowMs }: Attempt & { origin: AttemptOrigin },
) {
  return db.executeQuery<{ attempted_at_ms: number }>(
    CompiledQuery.raw(newestBlocking, [hash, nowMs - windowMs, wrongMax]),
  )
}

function requireUnblocked(
  blocking: readonly (number | null | undefined)[],
  { nowMs, windowMs }: Attempt,
): void {
  const ends = blocking.filter((attemptedAtMs) => typeof attemptedAtMs === 'number')
  if (ends.length > 0) {
    throw new HelpdeskError('LIMITE_DE_TENTATIVAS', {
      retryAfterSeconds: Math.ceil((Math.max(...ends) + windowMs - nowMs) / 1000),
    })
  }
}
