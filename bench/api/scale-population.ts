import { addUsers } from '@ura/api/users/user-repository'
import type { Database } from '@ura/api/database/schema'
import { inTransaction } from '@ura/api/database/transaction'
import { sql } from 'kysely'

/** How much a database holds. */
export interface Population {
  tickets: number
  users: number
}

/** A city hall in its first week, and one after many years. */
export const small: Population = { tickets: 1_000, users: 1_000 }
export const large: Population = { tickets: 1_000_000, users: 50_000 }

/** Rows of one statement: well under the packet of 64 MiB that servers take. */
const ROWS_AT_ONCE = 2_000

const STATUSES = ['aberto', 'em_atendimento', 'aguardando_usuario', 'resolvido', 'cancelado'] as const
const MINUTE_MS = 60_000

/** Fills a migrated database with people, tickets and what happened to them; all but a few hundred are closed. */
export async function populate(
  db: Database,
  { tickets, users }: Population,
  progress: (line: string) => void,
): Promise<void> {
  const services = await db.selectFrom('catalogue_services').select('id').execute()
  for (let start = 0; start < users; start += ROWS_AT_ONCE) {
    await addUsers(db, range(start, users).map(userOf), new Date())
  }
  const firstMs = Date.now() - tickets * MINUTE_MS
  for (let start = 0; start < tickets; start += ROWS_AT_ONCE) {
    const numbers = range(start, tickets)
    await inTransaction(db, async (trx) => {
      const rows = numbers.map((number) =>
        ticketOf(number, { users, services: services.length, tickets, firstMs }),
      )
      await trx.insertInto('tickets').values(rows).execute()
      await trx
        .insertInto('ticket_events')
        .values(
          rows.map((row) => ({
            ticket_id: row.id,
            happened_at_ms: row.opened_at_ms,
            actor: 'telefonia',
            from_status: null,
            to_status: 'aberto',
          })),
        )
        .execute()
    })
    if ((start + ROWS_AT_ONCE) % 100_000 === 0) progress(`${start + ROWS_AT_ONCE} tickets written`)
  }
  await sql.raw('analyze table tickets, ticket_events, users').execute(db)
}

function range(start: number, end: number): number[] {
  return Array.from({ length: Math.min(ROWS_AT_ONCE, end - start) }, (_, index) => start + index)
}

function userOf(number: number) {
  return {
    code: String(1_001 + number),
    name: `${['Ana', 'Beto', 'Célia', 'Dário', 'Érica'][number % 5]} Pessoa ${number}`,
    department: `Setor ${number % 40}`,
    whatsapp: null,
    extension: String(2_000 + (number % 5_000)),
    email: null,
  }
}

function ticketOf(
  number: number,
  all: { users: number; services: number; tickets: number; firstMs: number },
) {
  const openedAtMs = all.firstMs + number * MINUTE_MS
  const isRecent = number >= all.tickets - 400
  return {
    id: number + 1,
    user_id: 1 + ((number * 7_919) % all.users),
    service_id: 1 + (number % all.services),
    origin: number % 3 === 0 ? 'web' : 'telefone',
    call_id: null,
    status: isRecent ? (STATUSES[number % STATUSES.length] ?? 'aberto') : 'fechado',
    opened_at_ms: openedAtMs,
    updated_at_ms: openedAtMs,
    notified_at_ms: openedAtMs,
  }
}
