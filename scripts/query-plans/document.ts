import type { RequestPlan } from './request-plans.ts'

/** The databases of the table's columns. */
export const planDatabases = ['MySQL 9', 'MariaDB 10.11', 'SQLite'] as const
export type PlanDatabase = (typeof planDatabases)[number]

/** What each database explains; those that can't be had are left out. */
export type PlansOfDatabases = Partial<Record<PlanDatabase, readonly RequestPlan[]>>

/** Stands for what the table says of the first database. */
const sameAsFirst = 'the same'

const introduction = `# Query plans

Which index each endpoint uses on the tables that grow with the helpdesk's years: \`users\`, \`tickets\`, \`ticket_events\`, \`ticket_notes\`,
\`calls\`, \`audit_log\`, \`access_codes\`, \`idempotency_keys\`, \`registration_attempts\`, \`webhook_deliveries\`. All others have some dozens of rows.

\`npm run docs:plans\` writes this page: it fills a database of each kind, sends every request of \`npm run bench -- api-scale\` to a real API and
has the database explain each statement that comes of it (inserts aside). \`test/query-plans\` does the same and fails when this page says
something else, or when a statement reads one of these tables from end to end.

An operation is named as in \`openapi.json\`, a list also by its filters and its order; either direction, every page and one or more
statuses use the same indexes. Operations that ask nothing of these tables are left out. \`PRIMARY\` is the primary key, SQLite's
\`INTEGER PRIMARY KEY\`; \`sqlite_autoindex_…\` is SQLite's name for the index of a unique column or of a primary key of several columns. An
index with an arrow (→) is read from one end on, no further than the page. A list of a category, of several statuses, or of a subject without
a status is merged of one stretch of the index for each service and status.
`

/** docs/query-plans.md. @throws Error when a database's plans are missing */
export function planDocument(plans: PlansOfDatabases): string {
  const columns = planDatabases.map((database) => {
    const ofDatabase = plans[database]
    if (ofDatabase === undefined) throw new Error(`The plans of ${database} are missing`)
    return cellsOf(ofDatabase)
  })
  const [first = new Map<string, string>()] = columns
  const rows = Array.from(first, ([request, ofFirst]) => [
    request,
    ofFirst,
    ...columns.slice(1).map((cells) => {
      const cell = cells.get(request) ?? ''
      return cell === ofFirst ? sameAsFirst : cell
    }),
  ])
  const head = ['request', ...planDatabases]
  const table = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
  return `${introduction}\n${table.join('\n')}\n`
}

/** What the page's table says of one database, by request. */
export function cellsInDocument(text: string, database: PlanDatabase): Map<string, string> {
  const rows = text
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .map((line) => line.slice(2, -2).split(' | '))
  const column = (rows[0] ?? []).indexOf(database)
  return new Map(
    rows.slice(2).map((cells) => {
      const [request = '', ofFirst = ''] = cells
      const cell = cells[column] ?? ''
      return [request, cell === sameAsFirst ? ofFirst : cell]
    }),
  )
}

/** What the page's table shall say of one database, by request; requests that ask nothing of growing tables are left out. */
export function cellsOf(plans: readonly RequestPlan[]): Map<string, string> {
  return new Map(
    plans
      .filter(({ steps }) => steps.length > 0)
      .map(({ request, steps }) => [request, [...new Set(steps.map(stepText))].join(', ')]),
  )
}

/** The statements' uses of tables that no index serves, for people. */
export function scansOf(plans: readonly RequestPlan[]): string[] {
  return plans.flatMap(({ request, steps }) =>
    steps.filter(({ index }) => index === null).map(({ table }) => `${request} reads all of ${table}`),
  )
}

function stepText({ table, index, isWalk }: RequestPlan['steps'][number]): string {
  if (index === null) return `${table}: every row`
  const name = index === 'INTEGER PRIMARY KEY' ? 'PRIMARY' : index
  const told = name.startsWith(`${table}_`) ? name : `${table}.${name}`
  return isWalk ? `${told} →` : told
}
