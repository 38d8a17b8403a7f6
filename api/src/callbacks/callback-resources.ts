import { maskPhoneNumber } from '@ura/core/phone-number'
import { CallId, UserCode } from '@ura/core/ticket-api/schemas'
import { type Static, Type } from 'typebox'
import type { Database } from '../database/schema.ts'
import type { KeyRow } from '../listing/keyset-query.ts'
import { Instant, nullable, pageFields } from '../listing/list-schemas.ts'
import { type CallbackKey, type CallbackState, callbackStates } from './callback-repository.ts'

const strict = { additionalProperties: false } as const

const State = Type.Enum([...callbackStates], {
  description:
    '`waiting`: nobody has called back. `done`: somebody has. `superseded`: the person got a ticket after the call began',
})

export const CallbackResource = Type.Object(
  {
    callId: Type.String(),
    round: Type.Integer({ description: 'Counts how often the same call entered the menus' }),
    state: State,
    user: Type.Object({ code: Type.String(), name: Type.String() }),
    phone: nullable(Type.String({ description: 'The number that called, masked' })),
    category: nullable(Type.String({ description: 'Name of the category chosen, as it was heard' })),
    service: nullable(Type.Object({ code: Type.String(), name: Type.String() })),
    startedAt: Instant,
    endedAt: Instant,
    doneAt: nullable(Instant),
    doneBy: nullable(Type.String({ description: 'Who marked it as done' })),
    version: Type.Integer({ minimum: 1, description: 'In quotes as good for `If-Match` as the ETag' }),
  },
  {
    description: 'A call of somebody known that ended before the ticket it was for',
    examples: [
      {
        callId: '1795360430.0',
        round: 1,
        state: 'done',
        user: { code: '1001', name: 'João da Conceição' },
        phone: '+55 45 *****-0001',
        category: 'Computador',
        service: { code: 'computador-nao-liga', name: 'Computador não liga' },
        startedAt: '2026-11-23T14:00:00.000Z',
        endedAt: '2026-11-23T14:01:10.000Z',
        doneAt: '2026-11-23T14:20:00.000Z',
        doneBy: 'painel',
        version: 2,
      },
    ],
  },
)

export const CallbackListQuery = Type.Object(
  {
    ...pageFields,
    state: Type.Optional(State),
    userCode: Type.Optional(UserCode),
    startedFrom: Type.Optional(Instant),
    startedTo: Type.Optional(Instant),
    sort: Type.Optional(
      Type.Enum(['startedAt', '-startedAt'], { description: 'Default: -startedAt, the newest first' }),
    ),
  },
  strict,
)

export const CallbackParams = Type.Object({
  callId: CallId,
  round: Type.Integer({ minimum: 1, maximum: 99, examples: [1] }),
})

export const ChangeCallbackBody = Type.Object(
  { done: Type.Boolean({ description: 'Whether somebody has called back' }) },
  { ...strict, examples: [{ done: true }] },
)

export type CallbackResource = Static<typeof CallbackResource>

/** The callbacks that a page's keys name, in the order of the keys. */
export async function findCallbacksByKey(db: Database, keys: readonly KeyRow[]): Promise<CallbackResource[]> {
  const callIds = [...new Set(keys.map((key) => String(key['call_id'])))]
  const found = callIds.length === 0 ? [] : await readCallbacks(db, callIds)
  const byKey = new Map(found.map((callback) => [`${callback.round}/${callback.callId}`, callback]))
  return keys.flatMap((key) => byKey.get(`${key['round']}/${key['call_id']}`) ?? [])
}

/** One callback; null when that call is none. */
export async function findCallback(
  db: Database,
  { callId, round }: CallbackKey,
): Promise<CallbackResource | null> {
  const found = await readCallbacks(db, [callId])
  return found.find((callback) => callback.round === round) ?? null
}

async function readCallbacks(db: Database, callIds: readonly string[]): Promise<CallbackResource[]> {
  const rows = await db
    .selectFrom('calls')
    .innerJoin('users', 'users.code', 'calls.user_code')
    .leftJoin('catalogue_services', 'catalogue_services.code', 'calls.service_code')
    .select([
      'calls.call_id',
      'calls.round',
      'calls.phone',
      'calls.started_at_ms',
      'calls.ended_at_ms',
      'calls.category_name',
      'calls.service_code',
      'calls.callback_state',
      'calls.callback_version',
      'calls.callback_done_at_ms',
      'calls.callback_done_by',
      'users.code as user_code',
      'users.name as user_name',
      'catalogue_services.name as service_name',
    ])
    .where('calls.call_id', 'in', callIds)
    .where('calls.callback_state', 'is not', null)
    .execute()
  return rows.map((row) => ({
    callId: row.call_id,
    round: row.round,
    state: row.callback_state as CallbackState,
    user: { code: row.user_code, name: row.user_name },
    phone: row.phone === null ? null : maskPhoneNumber(row.phone),
    category: row.category_name,
    service:
      row.service_code === null
        ? null
        : { code: row.service_code, name: row.service_name ?? row.service_code },
    startedAt: new Date(row.started_at_ms).toISOString(),
    endedAt: new Date(row.ended_at_ms).toISOString(),
    doneAt: row.callback_done_at_ms === null ? null : new Date(row.callback_done_at_ms).toISOString(),
    doneBy: row.callback_done_by,
    version: row.callback_version,
  }))
}
