import { type CallbackFilters, planCallbackList } from '@ura/api/callbacks/callback-list'
import { planCallList } from '@ura/api/calls/call-list'
import type { Database } from '@ura/api/database/schema'
import type { KeysetQuery } from '@ura/api/listing/keyset-query'
import { planTicketHistory } from '@ura/api/tickets/ticket-history'
import { planTicketList, type TicketFilters, ticketSorts } from '@ura/api/tickets/ticket-list'
import { findTicketSubject } from '@ura/api/tickets/ticket-resource-repository'
import { protocolOf } from '@ura/api/tickets/protocol'
import { planUserList } from '@ura/api/users/user-list'
import { codeOf, whatsappOf } from './population.ts'
import type { Facts } from './target.ts'

type Plan = Omit<KeysetQuery, 'after' | 'limit'>
type Filters = Readonly<Record<string, string | number | boolean>>

/** A list in pages with some filters and an order, whose pages are probed. */
export interface List {
  /** The operationId in docs/openapi.json. */
  operation: string
  /** Filters and order in words. */
  variant: string
  path: string
  /** What a cursor is signed for, as the route names it. */
  cursorOf: { list: string; filters: (facts: Facts) => Filters }
  /** The query fields but `limit` and `cursor`. */
  query: (facts: Facts) => Filters
  /** The statement that the route makes of them. */
  plan: (db: Database, facts: Facts) => Plan | Promise<Plan>
}

function at({ firstMs, lastMs }: Facts, share: number): string {
  return new Date(Math.floor(firstMs + (lastMs - firstMs) * share)).toISOString()
}

function listOf(
  options: { operation: string; list: string; path: string; plan: List['plan'] },
  query: List['query'],
  variant: string,
): List {
  const { operation, list, path, plan } = options
  return { operation, variant, path, plan, query, cursorOf: { list, filters: query } }
}

const somebody = codeOf(7)

const subjects: readonly TicketFilters[] = [
  {},
  { userCode: somebody },
  { service: 'computador-nao-liga' },
  { category: 2 },
  { origin: 'whatsapp' },
  { assignee: 'tecnico-3' },
  { unassigned: true },
]
const statuses: readonly TicketFilters[] = [
  {},
  { status: 'aberto' },
  { status: 'fechado' },
  { status: 'aberto,em_atendimento,fechado' },
]
const timeSorts = ticketSorts.filter((sort) => !sort.endsWith('protocol'))

type FiltersOf = (facts: Facts) => TicketFilters
const periods: readonly { variant: string; sort: string; filters: FiltersOf }[] = (
  ['opened', 'updated'] as const
).flatMap((time) =>
  ['', '-'].flatMap((sign) => {
    const sort = `${sign}${time}At`
    const from = (facts: Facts) => ({ [`${time}From`]: at(facts, 0.3) })
    const to = (facts: Facts) => ({ [`${time}To`]: at(facts, 0.7) })
    return [
      { variant: `${time}From`, sort, filters: from },
      { variant: `${time}To`, sort, filters: to },
      { variant: `${time}From ${time}To`, sort, filters: (facts) => ({ ...from(facts), ...to(facts) }) },
    ]
  }),
)

function ticketList(variant: string, filters: FiltersOf): List {
  return listOf(
    {
      operation: 'listTickets',
      list: 'tickets',
      path: '/api/v1/tickets',
      plan: async (db, facts) => planTicketList(filters(facts), await findTicketSubject(db, filters(facts))),
    },
    (facts) => filters(facts) as Filters,
    variant,
  )
}

function textOf(filters: object): string {
  return Object.entries(filters)
    .map(([name, value]) => (name === 'userCode' || value === true ? name : `${name}=${value}`))
    .join(' ')
}

const ticketLists: readonly List[] = [
  ...subjects.flatMap((subject) =>
    statuses
      // Somebody has no open ticket at all times.
      .filter(({ status }) => status !== 'aberto' || Object.keys(subject).length === 0)
      .flatMap((status) =>
        timeSorts.map((sort) => {
          const filters = { ...subject, ...status, sort }
          return ticketList(textOf(filters), () => filters)
        }),
      ),
  ),
  ...periods.map(({ variant, sort, filters }) =>
    ticketList(`${variant} sort=${sort}`, (facts) => ({ ...filters(facts), sort }) as TicketFilters),
  ),
  ...(['protocol', '-protocol'] as const).flatMap((sort) => [
    ticketList(`sort=${sort}`, () => ({ sort })),
    ticketList(`protocol=1 sort=${sort}`, () => ({ protocol: '1', sort })),
  ]),
]

const userLists: readonly List[] = [
  {},
  { code: '10' },
  { name: 'ana' },
  { whatsapp: whatsappOf(7) },
  { extension: '2001' },
].map((filters) =>
  listOf(
    { operation: 'listUsers', list: 'users', path: '/api/v1/users', plan: () => planUserList(filters) },
    () => filters,
    textOf('whatsapp' in filters ? { whatsapp: true } : filters),
  ),
)

const callSubjects = [
  {},
  { userCode: somebody },
  { outcome: 'ticket_opened' },
  { userCode: somebody, outcome: 'ticket_opened' },
] as const

/** Calls of half a year, whatever the tickets' time: they are kept for one. */
const callPeriods = [
  [
    'startedFrom',
    ({ lastMs }: Facts) => ({ startedFrom: new Date(lastMs - 250 * 86_400_000).toISOString() }),
  ],
  ['startedTo', ({ lastMs }: Facts) => ({ startedTo: new Date(lastMs - 100 * 86_400_000).toISOString() })],
] as const

function callList(variant: string, filters: (facts: Facts) => object): List {
  return listOf(
    {
      operation: 'listCalls',
      list: 'calls',
      path: '/api/v1/calls',
      plan: (_db, facts) => planCallList(filters(facts)),
    },
    (facts) => filters(facts) as Filters,
    variant,
  )
}

const callLists: readonly List[] = ['startedAt', '-startedAt'].flatMap((sort) => [
  ...callSubjects.map((subject) => callList(textOf({ ...subject, sort }), () => ({ ...subject, sort }))),
  ...callPeriods.map(([variant, period]) =>
    callList(`${variant} sort=${sort}`, (facts) => ({ ...period(facts), sort })),
  ),
])

const callbackSubjects = [{}, { state: 'done' }, { userCode: somebody, state: 'superseded' }] as const

function callbackList(variant: string, filters: (facts: Facts) => CallbackFilters): List {
  return listOf(
    {
      operation: 'listCallbacks',
      list: 'callbacks',
      path: '/api/v1/callbacks',
      plan: (_db, facts) => planCallbackList(filters(facts)),
    },
    (facts) => filters(facts) as Filters,
    variant,
  )
}

const callbackLists: readonly List[] = (['startedAt', '-startedAt'] as const).flatMap((sort) => [
  ...callbackSubjects.map((subject) =>
    callbackList(textOf({ ...subject, sort }), () => ({ ...subject, sort })),
  ),
  ...callPeriods.map(([variant, period]) =>
    callbackList(`${variant} sort=${sort}`, (facts) => ({ ...period(facts), sort })),
  ),
])

/** Of the first ticket, which has a long history. */
const longTicketId = 1

const historyLists: readonly List[] = (['events', 'notes'] as const).map((what) => {
  const protocol = protocolOf(longTicketId)
  const table = `ticket_${what}` as const
  return {
    operation: what === 'events' ? 'listTicketEvents' : 'listTicketNotes',
    variant: 'a long history',
    path: `/api/v1/tickets/${protocol}/${what}`,
    cursorOf: { list: table, filters: () => ({ protocol }) },
    query: () => ({}),
    plan: () => planTicketHistory(table, longTicketId),
  }
})

/** Every list in pages: with each filter it takes and in each order. */
export const lists: readonly List[] = [
  ...ticketLists,
  ...userLists,
  ...callLists,
  ...callbackLists,
  ...historyLists,
]
