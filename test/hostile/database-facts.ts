import { createHash } from 'node:crypto'
import { createClient } from '@ura/api/authentication/client-repository'
import { readApiConfiguration, databaseUrlOf } from '@ura/api/config'
import { openMigratedDatabase } from '@ura/api/database/migrated-database'
import type { Database } from '@ura/api/database/schema'

/** What no request may change, and what may only grow. */
export interface DatabaseFacts {
  /** Hash of each table that no request changes. */
  untouchable: Readonly<Record<string, string>>
  /** Codes of users and services: what is there may be changed by an administrator's client, and never goes. */
  codes: readonly string[]
  tickets: number
  /** A ticket is there with its first event or not at all. */
  ticketsWithoutEvent: number
}

const untouchableTables = [
  'catalogue_categories',
  'office_hours_intervals',
  'office_hours_exceptions',
  'office_hours_holidays',
] as const

/** Reads the facts with a connection of its own. */
export async function databaseFacts(environment: Readonly<Record<string, string>>): Promise<DatabaseFacts> {
  const db = await connect(environment)
  try {
    const hashes = untouchableTables.map(async (table) => [table, await hashOf(db, table)] as const)
    return {
      untouchable: Object.fromEntries(await Promise.all(hashes)),
      codes: [
        ...(await db.selectFrom('users').select('code').execute()),
        ...(await db.selectFrom('catalogue_services').select('code').execute()),
      ].map(({ code }) => code),
      tickets: (await db.selectFrom('tickets').select('id').execute()).length,
      ticketsWithoutEvent: (
        await db
          .selectFrom('tickets')
          .leftJoin('ticket_events', 'ticket_events.ticket_id', 'tickets.id')
          .select('tickets.id')
          .where('ticket_events.id', 'is', null)
          .execute()
      ).length,
    }
  } finally {
    await db.destroy()
  }
}

/** Adds a client with the role `admin`, from anywhere; gives its token. */
export async function addAdministrator(environment: Readonly<Record<string, string>>): Promise<string> {
  const db = await connect(environment)
  try {
    const networks = ['127.0.0.0/8', '::1/128']
    const token = await createClient(db, { name: 'administrador', networks, role: 'admin', now: new Date() })
    if (token === null) {
      throw new Error('the administrator is there already')
    }
    return token
  } finally {
    await db.destroy()
  }
}

async function connect(environment: Readonly<Record<string, string>>): Promise<Database> {
  const { db } = await openMigratedDatabase(databaseUrlOf(readApiConfiguration(environment)), {
    now: new Date(),
    connectionsMax: 1,
    onWait: () => {},
    onProgress: () => {},
    seed: async () => {},
  })
  return db
}

async function hashOf(db: Database, table: (typeof untouchableTables)[number]): Promise<string> {
  const rows = await db.selectFrom(table).selectAll().execute()
  const lines = rows.map((row) => JSON.stringify(row)).toSorted()
  return `${rows.length} rows, ${createHash('sha256').update(lines.join('\n')).digest('hex')}`
}
