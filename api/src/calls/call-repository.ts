import { maskPhoneNumber } from '@ura/core/phone-number'
import type { CallOutcome, CallRecord } from '@ura/core/ticket-api/schemas'
import { isUniqueViolation } from '@ura/core/database/database-errors'
import { callbackStateOf } from '../callbacks/callback-repository.ts'
import type { Database } from '../database/schema.ts'

/**
 * Writes a call's record, in place of an earlier one of the same round; gives the outcome that was there before. A person
 * who is not on file any more, since a record may come days late, isn't named.
 */
export async function putCallRecord(
  trx: Database,
  record: CallRecord,
  now: Date,
): Promise<{ earlierOutcome: string | null }> {
  const userId = record.usuario === null ? null : await findUserId(trx, record.usuario)
  const isErased = record.usuario !== null && userId === null
  const callbackState = await callbackStateOf(trx, record, userId)
  const row = {
    phone: isErased ? null : record.telefone,
    started_at_ms: Date.parse(record.inicio),
    ended_at_ms: Date.parse(record.fim),
    steps: JSON.stringify(record.etapas),
    outcome: record.resultado,
    user_code: isErased ? null : record.usuario,
    protocols: JSON.stringify(record.protocolos),
    recorded_at_ms: now.getTime(),
    verified: !isErased && record.verificado === true ? 1 : 0,
    category_name: isErased ? null : (record.categoria ?? null),
    service_code: isErased ? null : (record.servico ?? null),
  }
  const key = { call_id: record.chamada, round: record.rodada }
  try {
    await trx
      .insertInto('calls')
      .values({ ...key, ...row, callback_state: callbackState })
      .execute()
    return { earlierOutcome: null }
  } catch (error) {
    if (!isUniqueViolation(error)) {
      throw error
    }
  }
  const earlier = await trx
    .selectFrom('calls')
    .select(['outcome', 'callback_state', 'callback_version'])
    .where((where) => where.and(key))
    .executeTakeFirstOrThrow()
  // The same record once more, as a repeated request, must not undo that somebody has called back.
  const isDone = callbackState !== null && earlier.callback_state === 'done'
  const isSame = isDone || callbackState === earlier.callback_state
  await trx
    .updateTable('calls')
    .set({
      ...row,
      ...(!isSame && { callback_state: callbackState, callback_version: earlier.callback_version + 1 }),
    })
    .where((where) => where.and(key))
    .execute()
  return { earlierOutcome: earlier.outcome }
}

async function findUserId(trx: Database, userCode: string): Promise<number | null> {
  const row = await trx.selectFrom('users').select('id').where('code', '=', userCode).executeTakeFirst()
  return row?.id ?? null
}

/** A call's records by round, the calling number masked. */
export async function findCallRecords(db: Database, callId: string): Promise<CallRecord[]> {
  const rows = await db
    .selectFrom('calls')
    .selectAll()
    .where('call_id', '=', callId)
    .orderBy('round')
    .execute()
  return rows.map((row) => ({
    chamada: row.call_id,
    rodada: row.round,
    telefone: row.phone === null ? null : maskedForRecord(row.phone),
    inicio: new Date(row.started_at_ms).toISOString(),
    fim: new Date(row.ended_at_ms).toISOString(),
    etapas: JSON.parse(row.steps) as CallRecord['etapas'],
    resultado: row.outcome as CallOutcome,
    usuario: row.user_code,
    verificado: row.verified === 1,
    categoria: row.category_name,
    servico: row.service_code,
    protocolos: JSON.parse(row.protocols) as string[],
  }))
}

/** The masked number without spaces and hyphen: the record's `telefone` field has none. */
function maskedForRecord(phone: string): string {
  return maskPhoneNumber(phone).replaceAll(/[ -]/g, '')
}
