import { createClient } from '@ura/api/authentication/client-repository'
import { isMysql } from '@ura/api/database/dialect'
import type { Database, Schema } from '@ura/api/database/schema'
import { inTransaction } from '@ura/api/database/transaction'
import { addUsers } from '@ura/api/users/user-repository'
import { addEndpoint, listEndpoints } from '@ura/api/webhooks/webhook-endpoint-repository'
import { type Insertable, sql } from 'kysely'
import { accessCodeOf, callOf, deliveryOf, idempotencyKeyOf, registrationAttemptOf } from './call-rows.ts'
import { callsOf, type Population, timelineOf } from './population.ts'
import { auditRowOf, eventsOf, notesOf, ticketOf } from './ticket-rows.ts'
import { userOf } from './user-rows.ts'

/** Rows of one statement: well under the packet of 64 MiB that servers take. */
const rowsAtOnce = 1_000

/** How often progress is told. */
const ticketsBetweenLines = 100_000

/** Fills a migrated database with people, tickets, what happened to them, and calls; gives an administrator's token. */
export async function populate(
  db: Database,
  population: Population,
  progress: (line: string) => void,
): Promise<string> {
  const now = new Date()
  const token = await createClient(db, { name: 'escala', networks: ['127.0.0.0/8'], role: 'admin', now })
  if (token === null) throw new Error('The database has a population already')
  for (const numbers of batches(population.users)) await addUsers(db, numbers.map(userOf), now)
  await addTickets(db, population, { now, progress })
  await addCalls(db, population, now)
  progress(`${population.tickets} tickets and ${callsOf(population)} calls written`)
  if (isMysql(db)) await sql.raw(`analyze table ${growingTables.join(', ')}`).execute(db)
  return token
}

/** The tables that grow with the helpdesk's years; all others have some dozens of rows. */
export const growingTables = [
  'users',
  'tickets',
  'ticket_events',
  'ticket_notes',
  'calls',
  'audit_log',
  'access_codes',
  'idempotency_keys',
  'registration_attempts',
  'webhook_deliveries',
] as const satisfies readonly (keyof Schema)[]

async function addTickets(
  db: Database,
  population: Population,
  { now, progress }: { now: Date; progress: (line: string) => void },
): Promise<void> {
  const services = await db.selectFrom('catalogue_services').select('id').execute()
  const serviceIds = services.map(({ id }) => id)
  const source = { population, timeline: timelineOf(population, now.getTime()), serviceIds }
  for (const numbers of batches(population.tickets)) {
    const tickets = numbers.map((number) => ticketOf(number, source))
    const ofEach = <Row>(rowsOf: (number: number, ticket: (typeof tickets)[number]) => Row[]): Row[] =>
      tickets.flatMap((ticket) => rowsOf(ticket.id - 1, ticket))
    await inTransaction(db, async (trx) => {
      await insert(trx, 'tickets', tickets)
      await insert(trx, 'ticket_events', ofEach(eventsOf))
      await insert(trx, 'ticket_notes', ofEach(notesOf))
      await insert(
        trx,
        'audit_log',
        ofEach((number, ticket) => [auditRowOf(number, ticket, source)]),
      )
    })
    const written = (numbers.at(-1) ?? 0) + 1
    if (written % ticketsBetweenLines === 0) progress(`${written} tickets written`)
  }
}

/** Calls and what is kept of them elsewhere: codes, keys, wrong registration codes, webhook deliveries. */
async function addCalls(db: Database, population: Population, now: Date): Promise<void> {
  const nowMs = now.getTime()
  const { id: clientId } = await db.selectFrom('clients').select('id').executeTakeFirstOrThrow()
  const endpointId = await addBusyEndpoint(db, now)
  for (const numbers of batches(callsOf(population))) {
    await inTransaction(db, async (trx) => {
      await insert(
        trx,
        'calls',
        numbers.map((number) => callOf(number, population, nowMs)),
      )
      await insert(
        trx,
        'access_codes',
        numbers.map((number) => accessCodeOf(number, population, nowMs)),
      )
      await insert(
        trx,
        'idempotency_keys',
        numbers.map((number) => idempotencyKeyOf(number, { population, clientId, nowMs })),
      )
      await insert(
        trx,
        'registration_attempts',
        numbers.map((number) => registrationAttemptOf(number, nowMs)),
      )
      await insert(
        trx,
        'webhook_deliveries',
        numbers.map((number) => deliveryOf(number, population, { endpointId, nowMs })),
      )
    })
  }
}

/** A webhook endpoint that another instance delivers to: events are kept for it, and nothing is sent meanwhile. */
async function addBusyEndpoint(db: Database, now: Date): Promise<number> {
  const name = 'console'
  await addEndpoint(
    db,
    { name, url: 'https://console.example/hook', secret: 'segredo', events: ['ticket.opened'] },
    now,
  )
  const [endpoint] = await listEndpoints(db)
  if (endpoint === undefined) throw new Error('The webhook endpoint was not written')
  const leasedUntilMs = now.getTime() + 86_400_000
  await db
    .updateTable('webhook_endpoints')
    .set({ lease_token: 'another-instance', leased_until_ms: leasedUntilMs })
    .where('id', '=', endpoint.id)
    .execute()
  return endpoint.id
}

async function insert<Table extends keyof Schema>(
  trx: Database,
  table: Table,
  rows: readonly Insertable<Schema[Table]>[],
): Promise<void> {
  if (rows.length > 0) await trx.insertInto(table).values(rows).execute()
}

function* batches(count: number): Generator<number[]> {
  for (let start = 0; start < count; start += rowsAtOnce) {
    yield Array.from({ length: Math.min(rowsAtOnce, count - start) }, (_, index) => start + index)
  }
}
