import { maskPhoneNumber } from '@ura/core/phone-number'
import type { CallOutcome, CallRecord } from '@ura/core/ticket-api/schemas'
import { isUniqueViolation } from '@ura/core/database/database-errors'
import type { Database } from '../database/schema.ts'

/** Writes a call's record, in place of an earlier one of the same round; gives the outcome that was there before. */
export async function putCallRecord(
  trx: Database,
  record: CallRecord,
  now: Date,
): Promise<{ earlierOutcome: string | null }> {
  const row = {
    phone: record.telefone,
    started_at_ms: Date.parse(record.inicio),
    ended_at_ms: Date.parse(record.fim),
    steps: JSON.stringify(record.etapas),
    outcome: record.resultado,
    user_code: record.usuario,
    protocols: JSON.stringify(record.protocolos),
    recorded_at_ms: now.getTime(),
  }
  const key = { call_id: record.chamada, round: record.rodada }
  try {
    await trx
      .insertInto('calls')
      .values({ ...key, ...row })
      .execute()
    return { earlierOutcome: null }
  } catch (error) {
    if (!isUniqueViolation(error)) {
      throw error
    }
  }
  const { outcome } = await trx
    .selectFrom('calls')
    .select('outcome')
    .where((where) => where.and(key))
    .executeTakeFirstOrThrow()
  await trx
    .updateTable('calls')
    .set(row)
    .where((where) => where.and(key))
    .execute()
  return { earlierOutcome: outcome }
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
    protocolos: JSON.parse(row.protocols) as string[],
  }))
}

/** The masked number without spaces and hyphen: the record's `telefone` field has none. */
function maskedForRecord(phone: string): string {
  return maskPhoneNumber(phone).replaceAll(/[ -]/g, '')
}
