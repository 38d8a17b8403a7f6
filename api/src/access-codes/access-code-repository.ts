import type { Database } from '../database/schema.ts'
import type { MessageChannel } from '../gateway/message-gateway.ts'
import type { AccessCode, Delivery, EndReason } from './access-code.ts'

/** The user's newest code, whatever became of it. */
export async function findNewestCode(db: Database, userId: number): Promise<AccessCode | null> {
  const row = await db
    .selectFrom('access_codes')
    .selectAll()
    .where('user_id', '=', userId)
    .orderBy('serial', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? null : toAccessCode(row)
}

export async function findCode(db: Database, id: string): Promise<AccessCode | null> {
  const row = await db.selectFrom('access_codes').selectAll().where('id', '=', id).executeTakeFirst()
  return row === undefined ? null : toAccessCode(row)
}

/** The newest code that was asked for a user in a call, whatever became of it. */
export async function findCodeOfCall(
  db: Database,
  call: { userId: number; callId: string },
): Promise<AccessCode | null> {
  const row = await db
    .selectFrom('access_codes')
    .selectAll()
    .where('user_id', '=', call.userId)
    .where('call_id', '=', call.callId)
    .orderBy('serial', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row === undefined ? null : toAccessCode(row)
}

/** The user's codes since `since`, those aside that are known not to have been sent. */
export async function findSentCodes(
  db: Database,
  options: { userId: number; since: Date },
): Promise<{ createdAt: Date; wrongTries: number }[]> {
  const rows = await db
    .selectFrom('access_codes')
    .select(['created_at_ms', 'wrong_tries'])
    .where('user_id', '=', options.userId)
    .where('created_at_ms', '>', options.since.getTime())
    .where('delivery', '!=', 'not_sent')
    .execute()
  return rows.map((row) => ({ createdAt: new Date(row.created_at_ms), wrongTries: row.wrong_tries }))
}

/** Adds a code and ends those before it: a user has one code at most. */
export async function replaceCodes(
  db: Database,
  code: Pick<AccessCode, 'id' | 'userId' | 'codeHash' | 'createdAt' | 'expiresAt'> & {
    callId: string | null
  },
): Promise<void> {
  await db
    .updateTable('access_codes')
    .set({ ended_at_ms: code.createdAt.getTime(), ended_reason: 'replaced' satisfies EndReason })
    .where('user_id', '=', code.userId)
    .where('ended_at_ms', 'is', null)
    .execute()
  await db
    .insertInto('access_codes')
    .values({
      id: code.id,
      user_id: code.userId,
      call_id: code.callId,
      code_hash: code.codeHash,
      delivery: 'sending' satisfies Delivery,
      created_at_ms: code.createdAt.getTime(),
      expires_at_ms: code.expiresAt.getTime(),
      ended_at_ms: null,
      ended_reason: null,
    })
    .execute()
}

/** Keeps what became of the handover to the gateway, and the channel of a code that it has taken. */
export async function markDelivery(
  db: Database,
  id: string,
  { delivery, channel }: { delivery: Delivery; channel?: MessageChannel },
): Promise<void> {
  await db
    .updateTable('access_codes')
    .set({ delivery, ...(channel && { channel }) })
    .where('id', '=', id)
    .execute()
}

/**
 * Ends a code that is not over yet; false when it already was, so that of two uses at once one wins. A code that was
 * used may name the call it was keyed in.
 */
export async function endCode(
  db: Database,
  options: { id: string; reason: EndReason; now: Date; callId?: string | null },
): Promise<boolean> {
  const changed = await db
    .updateTable('access_codes')
    .set({
      ended_at_ms: options.now.getTime(),
      ended_reason: options.reason,
      used_call_id: options.callId ?? null,
    })
    .where('id', '=', options.id)
    .where('ended_at_ms', 'is', null)
    .executeTakeFirst()
  return changed.numUpdatedRows > 0n
}

/** Of the given people and calls, those in whose call a code of that person was keyed rightly since `since`. */
export async function findIdentified<T extends { userId: number; callId: string }>(
  db: Database,
  callers: readonly T[],
  since: Date,
): Promise<Set<T>> {
  if (callers.length === 0) {
    return new Set()
  }
  const rows = await db
    .selectFrom('access_codes')
    .select(['user_id', 'used_call_id'])
    .where('user_id', 'in', [...new Set(callers.map(({ userId }) => userId))])
    .where('ended_reason', '=', 'used' satisfies EndReason)
    .where('ended_at_ms', '>', since.getTime())
    .where('used_call_id', 'in', [...new Set(callers.map(({ callId }) => callId))])
    .execute()
  return new Set(
    callers.filter(({ userId, callId }) =>
      rows.some((row) => row.user_id === userId && row.used_call_id === callId),
    ),
  )
}

export async function countWrongTry(db: Database, id: string): Promise<void> {
  await db
    .updateTable('access_codes')
    .set((column) => ({ wrong_tries: column('wrong_tries', '+', 1) }))
    .where('id', '=', id)
    .execute()
}

function toAccessCode(row: {
  id: string
  user_id: number
  code_hash: string
  delivery: string
  channel: string | null
  created_at_ms: number
  expires_at_ms: number
  wrong_tries: number
  ended_reason: string | null
}): AccessCode {
  return {
    id: row.id,
    userId: row.user_id,
    codeHash: row.code_hash,
    delivery: row.delivery as Delivery,
    channel: row.channel as MessageChannel | null,
    createdAt: new Date(row.created_at_ms),
    expiresAt: new Date(row.expires_at_ms),
    wrongTries: row.wrong_tries,
    endedReason: row.ended_reason as EndReason | null,
  }
}
