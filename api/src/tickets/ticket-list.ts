import { HelpdeskError } from '@ura/core/errors'
import type { TicketStatus } from '@ura/core/ticket-api/schemas'
import { parseInstantMs } from '../listing/instant.ts'
import type { Branch, Equalities, KeysetQuery } from '../listing/keyset-query.ts'
import { ticketIdRanges } from './protocol.ts'
import type { TicketOrigin } from './ticket-repository.ts'
import { ticketStatuses } from './ticket-text.ts'

/** What a list of tickets may be asked for. Periods hold their beginning and not their end. */
export interface TicketFilters {
  /** One or more statuses, separated by commas. */
  readonly status?: string | undefined
  readonly userCode?: string | undefined
  /** A service's stable code. */
  readonly service?: string | undefined
  /** A category's id. */
  readonly category?: number | undefined
  readonly origin?: TicketOrigin | undefined
  readonly assignee?: string | undefined
  /** True: those that nobody has. */
  readonly unassigned?: boolean | undefined
  readonly openedFrom?: string | undefined
  readonly openedTo?: string | undefined
  readonly updatedFrom?: string | undefined
  readonly updatedTo?: string | undefined
  /** The first digits of a protocol. */
  readonly protocol?: string | undefined
  readonly sort?: TicketSort | undefined
}

export const ticketSorts = [
  'openedAt',
  '-openedAt',
  'updatedAt',
  '-updatedAt',
  'protocol',
  '-protocol',
] as const
export type TicketSort = (typeof ticketSorts)[number]

/** The filters that name whose or which tickets: one at a time, because each has indexes of its own. */
const subjects = ['userCode', 'service', 'category', 'origin', 'assignee', 'unassigned'] as const

const indexedColumns: Readonly<Record<(typeof subjects)[number], string>> = {
  userCode: 'user',
  service: 'service',
  category: 'service',
  origin: 'origin',
  assignee: 'assignee',
  unassigned: 'assignee',
}

/** The column that is ordered by, and the filters that bound it. */
const orders = {
  openedAt: { index: 'opened', key: ['opened_at_ms', 'id'], from: 'openedFrom', before: 'openedTo' },
  updatedAt: { index: 'changed', key: ['changed_at_ms', 'id'], from: 'updatedFrom', before: 'updatedTo' },
} as const

/** SQLite takes 500 terms of a union. With every status that is a category of 80 services, retired ones included. */
const branchesMax = 480

/** The ids behind a filter's code; the columns they are compared with. None: the code names nothing. */
type SubjectBranches = readonly Equalities[]

/**
 * The query of a list, or a refusal of what no index serves: every list reads about as many rows as it gives, however
 * many tickets there are.
 *
 * @param subject The equalities of the filter among userCode, service, category, origin, assignee and unassigned; null
 *   when there is none
 * @throws HelpdeskError REQUISICAO_INVALIDA naming the field
 */
export function planTicketList(
  filters: TicketFilters,
  subject: SubjectBranches | null,
): Omit<KeysetQuery, 'after' | 'limit'> {
  requireServable(filters)
  const sort = sortOf(filters)
  const descending = sort.startsWith('-')
  const column = sort.replace('-', '') as 'openedAt' | 'updatedAt' | 'protocol'
  if (column === 'protocol') {
    const ranges = filters.protocol === undefined ? [{}] : ticketIdRanges(filters.protocol)
    return {
      table: 'tickets',
      index: null,
      key: ['id'],
      descending,
      branches: ranges.map((range) => ({ equal: {}, ...range })),
    }
  }
  const { key, from, before } = orders[column]
  const index = `${indexPrefix(filters)}_${orders[column].index}`
  const bounds = {
    ...boundOf('from', filters[from], from),
    ...boundOf('before', filters[before], before),
  }
  const branches = equalitiesOf(filters, subject).map((equal): Branch => ({ equal, ...bounds }))
  if (branches.length > branchesMax) {
    refuse('category', 'a categoria tem serviços demais para esta lista; filtre por serviço')
  }
  return { table: 'tickets', index, key, descending, branches }
}

/** The one filter of {@link subjects} that is given, or null. */
export function subjectOf(filters: TicketFilters): (typeof subjects)[number] | null {
  return subjects.find((name) => filters[name] !== undefined) ?? null
}

/** Of migration 0021; its indexes are named by what they begin with. */
function indexPrefix(filters: TicketFilters): string {
  const subject = subjectOf(filters)
  if (subject === null) {
    return filters.status === undefined ? 'tickets' : 'tickets_status'
  }
  return `tickets_${indexedColumns[subject]}`
}

/** As asked for; else by what is filtered by, the newest first. */
function sortOf({ sort, protocol, updatedFrom, updatedTo }: TicketFilters): TicketSort {
  if (sort !== undefined) {
    return sort
  }
  if (protocol !== undefined) {
    return 'protocol'
  }
  return updatedFrom === undefined && updatedTo === undefined ? '-openedAt' : '-updatedAt'
}

function requireServable(filters: TicketFilters): void {
  const sort = sortOf(filters)
  const given = Object.keys(filters).filter((name) => filters[name as keyof TicketFilters] !== undefined)
  const [, secondSubject] = subjects.filter((name) => given.includes(name))
  if (secondSubject !== undefined) {
    refuse(secondSubject, `só um destes filtros por vez: ${subjects.join(', ')}`)
  }
  const served = servedWith(sort.replace('-', ''))
  const unserved = given.find((name) => name !== 'sort' && !served.includes(name))
  if (unserved !== undefined) {
    refuse(unserved, `este filtro não combina com a ordem "${sort}"`)
  }
}

function servedWith(column: string): readonly string[] {
  if (column === 'protocol') {
    return ['protocol']
  }
  const { from, before } = orders[column as keyof typeof orders]
  return ['status', ...subjects, from, before]
}

function refuse(field: string, reason: string): never {
  throw new HelpdeskError('REQUISICAO_INVALIDA', { message: `O campo "${field}": ${reason}.`, field })
}

/** Indexes have the subject first, then the status: without a subject the status may be left out, but not with one. */
function equalitiesOf(filters: TicketFilters, subject: SubjectBranches | null): readonly Equalities[] {
  const statuses = filters.status === undefined ? null : (filters.status.split(',') as TicketStatus[])
  if (subject === null) {
    return statuses === null ? [{}] : unique(statuses).map((status) => ({ status }))
  }
  return subject.flatMap((equal) =>
    unique(statuses ?? ticketStatuses).map((status) => ({ ...equal, status })),
  )
}

function unique(statuses: readonly TicketStatus[]): TicketStatus[] {
  return [...new Set(statuses)]
}

function boundOf<Name extends 'from' | 'before'>(
  name: Name,
  instant: string | undefined,
  field: string,
): Partial<Record<Name, number>> {
  return instant === undefined
    ? {}
    : ({ [name]: parseInstantMs(instant, field) } as Partial<Record<Name, number>>)
}
