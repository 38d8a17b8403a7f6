import { parseInstantMs } from '../listing/instant.ts'
import type { KeysetQuery } from '../listing/keyset-query.ts'
import type { CallbackState } from './callback-repository.ts'

/** What a list of callbacks may be asked for, all of it together. The period holds its beginning and not its end. */
export interface CallbackFilters {
  /** Default: those that wait. */
  readonly state?: CallbackState | undefined
  readonly userCode?: string | undefined
  readonly startedFrom?: string | undefined
  readonly startedTo?: string | undefined
  /** Default: the newest first. */
  readonly sort?: 'startedAt' | '-startedAt' | undefined
}

/**
 * The query of a list; both are served by an index of migration 0042.
 * @throws HelpdeskError REQUISICAO_INVALIDA naming the field
 */
export function planCallbackList(filters: CallbackFilters): Omit<KeysetQuery, 'after' | 'limit'> {
  const { state = 'waiting', userCode, startedFrom, startedTo, sort } = filters
  const equal = { ...(userCode !== undefined && { user_code: userCode }), callback_state: state }
  const bounds = {
    ...(startedFrom !== undefined && { from: parseInstantMs(startedFrom, 'startedFrom') }),
    ...(startedTo !== undefined && { before: parseInstantMs(startedTo, 'startedTo') }),
  }
  return {
    table: 'calls',
    index: userCode === undefined ? 'calls_callback' : 'calls_user_callback',
    key: ['started_at_ms', 'call_id', 'round'],
    descending: sort !== 'startedAt',
    branches: [{ equal, ...bounds }],
  }
}
