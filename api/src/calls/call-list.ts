import type { CallOutcome } from '@ura/core/ticket-api/schemas'
import { parseInstantMs } from '../listing/instant.ts'
import type { Equalities, KeysetQuery } from '../listing/keyset-query.ts'

/** What a list of calls may be asked for, all of it together. The period holds its beginning and not its end. */
export interface CallFilters {
  readonly userCode?: string | undefined
  readonly outcome?: CallOutcome | undefined
  readonly startedFrom?: string | undefined
  readonly startedTo?: string | undefined
  /** Default: the newest first. */
  readonly sort?: 'startedAt' | '-startedAt' | undefined
}

export const callOutcomes = [
  'ticket_opened',
  'status_told',
  'transferred',
  'declined',
  'abandoned',
  'failed',
] as const satisfies readonly CallOutcome[]

/**
 * The query of a list; every one is served by an index of migration 0022.
 * @throws HelpdeskError REQUISICAO_INVALIDA naming the field
 */
export function planCallList(filters: CallFilters): Omit<KeysetQuery, 'after' | 'limit'> {
  const { userCode, outcome, startedFrom, startedTo, sort } = filters
  const bounds = {
    ...(startedFrom !== undefined && { from: parseInstantMs(startedFrom, 'startedFrom') }),
    ...(startedTo !== undefined && { before: parseInstantMs(startedTo, 'startedTo') }),
  }
  return {
    table: 'calls',
    index: indexOf(filters),
    key: ['started_at_ms', 'call_id', 'round'],
    descending: sort !== 'startedAt',
    branches: equalities(userCode, outcome).map((equal) => ({ equal, ...bounds })),
  }
}

function indexOf({ userCode, outcome }: CallFilters): string {
  if (userCode !== undefined) {
    return 'calls_user_outcome'
  }
  return outcome === undefined ? 'calls_started' : 'calls_outcome'
}

/** The index by user has the outcome behind the user. */
function equalities(userCode: string | undefined, outcome: CallOutcome | undefined): Equalities[] {
  if (userCode === undefined) {
    return outcome === undefined ? [{}] : [{ outcome }]
  }
  const outcomes = outcome === undefined ? callOutcomes : [outcome]
  return outcomes.map((one) => ({ user_code: userCode, outcome: one }))
}
