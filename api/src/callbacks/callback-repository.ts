import type { CallOutcome, CallRecord } from '@ura/core/ticket-api/schemas'
import type { Database } from '../database/schema.ts'

export const callbackStates = ['waiting', 'done', 'superseded'] as const

/**
 * `waiting`: nobody has called back yet. `done`: somebody says they have. `superseded`: the person got a ticket after the
 * call began, so that there is nothing left to call about.
 */
export type CallbackState = (typeof callbackStates)[number]

/** How a call ends that got its caller nothing. */
const lostOutcomes: ReadonlySet<CallOutcome> = new Set(['abandoned', 'failed'])

/**
 * Whether the caller of a record is to be called back: an access code proved who they are, and the call ended, by them or
 * by a failure, without a ticket, a technician, an answer or a "that's not me". Null when not; `superseded` when the
 * person has a ticket since.
 */
export async function callbackStateOf(
  trx: Database,
  record: Pick<CallRecord, 'verificado' | 'resultado' | 'protocolos' | 'inicio'>,
  userId: number | null,
): Promise<Extract<CallbackState, 'waiting' | 'superseded'> | null> {
  const isLost =
    record.verificado === true && lostOutcomes.has(record.resultado) && record.protocolos.length === 0
  if (!isLost || userId === null) {
    return null
  }
  // A record may come late: after the ticket of another call.
  const ticket = await trx
    .selectFrom('tickets')
    .select('id')
    .where('user_id', '=', userId)
    .where('opened_at_ms', '>=', Date.parse(record.inicio))
    .limit(1)
    .executeTakeFirst()
  return ticket === undefined ? 'waiting' : 'superseded'
}

/**
 * These people have got a ticket: nobody needs to call them back any more. To be called in the transaction of the tickets;
 * nothing is locked where nobody waits.
 */
export async function supersedeCallbacks(trx: Database, userCodes: readonly string[]): Promise<void> {
  if (userCodes.length === 0) {
    return
  }
  const waiting = await trx
    .selectFrom('calls')
    .select(['call_id', 'round'])
    .where('user_code', 'in', [...new Set(userCodes)])
    .where('callback_state', '=', 'waiting' satisfies CallbackState)
    .execute()
  for (const { call_id, round } of waiting) {
    await trx
      .updateTable('calls')
      .set(({ eb }) => ({
        callback_state: 'superseded' satisfies CallbackState,
        callback_version: eb('callback_version', '+', 1),
      }))
      .where('call_id', '=', call_id)
      .where('round', '=', round)
      .where('callback_state', '=', 'waiting' satisfies CallbackState)
      .execute()
  }
}

/** Names a callback: the call, and which of its entries into the menus. */
export interface CallbackKey {
  callId: string
  round: number
}

/**
 * Marks a callback as done or as waiting again. False, and nothing changed, when it has changed since it was read.
 */
export async function markCallback(
  trx: Database,
  { callId, round }: CallbackKey,
  change: { version: number; done: { at: Date; by: string } | null },
): Promise<boolean> {
  const { version, done } = change
  const { numUpdatedRows } = await trx
    .updateTable('calls')
    .set({
      callback_state: (done === null ? 'waiting' : 'done') satisfies CallbackState,
      callback_version: version + 1,
      callback_done_at_ms: done?.at.getTime() ?? null,
      callback_done_by: done?.by ?? null,
    })
    .where('call_id', '=', callId)
    .where('round', '=', round)
    .where('callback_state', 'is not', null)
    .where('callback_version', '=', version)
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
