import { maskPhoneNumber } from '@ura/core/phone-number'
import { CallId, CallOutcome, UserCode } from '@ura/core/ticket-api/schemas'
import type { Selectable } from 'kysely'
import { type Static, Type } from 'typebox'
import type { Database, Schema } from '../database/schema.ts'
import type { KeyRow } from '../listing/keyset-query.ts'
import { Instant, nullable, pageFields } from '../listing/list-schemas.ts'

const strict = { additionalProperties: false } as const

export const CallResource = Type.Object(
  {
    callId: Type.String(),
    round: Type.Integer({ description: 'Counts how often the same call entered the menus' }),
    phone: nullable(Type.String({ description: 'Masked', examples: ['+55 45 *****-0001'] })),
    startedAt: Instant,
    endedAt: Instant,
    outcome: CallOutcome,
    userCode: nullable(Type.String()),
    verified: Type.Boolean({ description: 'Whether an access code proved who called' }),
    category: nullable(Type.String({ description: 'Name of the last category chosen, as it was heard' })),
    service: nullable(Type.String({ description: 'Code of the last service chosen' })),
    protocols: Type.Array(Type.String()),
  },
  {
    description: 'A call, once for each time it entered the menus',
    examples: [
      {
        callId: '1795360430.0',
        round: 1,
        phone: '+55 45 *****-0001',
        startedAt: '2026-11-23T14:00:00.000Z',
        endedAt: '2026-11-23T14:01:10.000Z',
        outcome: 'ticket_opened',
        userCode: '1001',
        verified: true,
        category: 'Computador',
        service: 'computador-nao-liga',
        protocols: ['10017'],
      },
    ],
  },
)

export const CallWithSteps = Type.Object({
  ...CallResource.properties,
  steps: Type.Array(Type.Object({ step: Type.String(), at: Type.String() })),
})

/** What became of one call, each time it entered the menus. */
export const CallRounds = Type.Object(
  { rounds: Type.Array(CallWithSteps) },
  {
    description: 'The call',
    examples: [
      {
        rounds: [
          {
            callId: '1795360430.0',
            round: 1,
            phone: '+55 45 *****-0001',
            startedAt: '2026-11-23T14:00:00.000Z',
            endedAt: '2026-11-23T14:01:10.000Z',
            outcome: 'ticket_opened',
            userCode: '1001',
            verified: true,
            category: 'Computador',
            service: 'computador-nao-liga',
            protocols: ['10017'],
            steps: [{ step: 'greet', at: '2026-11-23T14:00:00.100Z' }],
          },
        ],
      },
    ],
  },
)

export const CallListQuery = Type.Object(
  {
    ...pageFields,
    userCode: Type.Optional(UserCode),
    outcome: Type.Optional(CallOutcome),
    startedFrom: Type.Optional(Instant),
    startedTo: Type.Optional(Instant),
    sort: Type.Optional(
      Type.Enum(['startedAt', '-startedAt'], { description: 'Default: -startedAt, the newest first' }),
    ),
  },
  strict,
)

export const CallParams = Type.Object({ callId: CallId })

export type CallResource = Static<typeof CallResource>
export type CallWithSteps = Static<typeof CallWithSteps>

/** The calls that a page's keys name, in the order of the keys. */
export async function findCallsByKey(db: Database, keys: readonly KeyRow[]): Promise<CallResource[]> {
  const callIds = [...new Set(keys.map((key) => String(key['call_id'])))]
  if (callIds.length === 0) {
    return []
  }
  const rows = await db.selectFrom('calls').select(listedColumns).where('call_id', 'in', callIds).execute()
  const byKey = new Map(rows.map((row) => [`${row.round}/${row.call_id}`, callResource(row)]))
  return keys.flatMap((key) => byKey.get(`${key['round']}/${key['call_id']}`) ?? [])
}

/** One call's rounds with their steps, in order; none for an unknown call. */
export async function findCallRounds(db: Database, callId: string): Promise<CallWithSteps[]> {
  const rows = await db
    .selectFrom('calls')
    .selectAll()
    .where('call_id', '=', callId)
    .orderBy('round')
    .execute()
  return rows.map((row) => {
    const steps = JSON.parse(row.steps) as { etapa: string; em: string }[]
    return { ...callResource(row), steps: steps.map(({ etapa: step, em: at }) => ({ step, at })) }
  })
}

/** All but the steps, which are most of a row. */
const listedColumns = [
  'call_id',
  'round',
  'phone',
  'started_at_ms',
  'ended_at_ms',
  'outcome',
  'user_code',
  'verified',
  'category_name',
  'service_code',
  'protocols',
] as const

function callResource(row: Pick<Selectable<Schema['calls']>, (typeof listedColumns)[number]>): CallResource {
  return {
    callId: row.call_id,
    round: row.round,
    phone: row.phone === null ? null : maskPhoneNumber(row.phone),
    startedAt: new Date(row.started_at_ms).toISOString(),
    endedAt: new Date(row.ended_at_ms).toISOString(),
    outcome: row.outcome as CallOutcome,
    userCode: row.user_code,
    verified: row.verified === 1,
    category: row.category_name,
    service: row.service_code,
    protocols: JSON.parse(row.protocols) as string[],
  }
}
