import { createHash } from 'node:crypto'
import { readApiConfiguration, databaseUrlOf } from '@ura/api/config'
import { openMigratedDatabase } from '@ura/api/database/migrated-database'
import type { Database } from '@ura/api/database/schema'

/** What no request may change, and what may only grow. */
export interface DatabaseFacts {
  /** Hash of each table that only administrators change. */
  untouchable: Readonly<Record<string, string>>
  tickets: number
  ticketEvents: number
}

const untouchableTables = [
  'users',
  'catalogue_categories',
  'catalogue_services',
  'office_hours_intervals',
  'office_hours_exceptions',
  'office_hours_holidays',
] as const

/** Reads the facts with a connection of its own. */
export async function databaseFacts(environment: Readonly<Record<string, string>>): Promise<DatabaseFacts> {
  const { db } = await openMigratedDatabase(databaseUrlOf(readApiConfiguration(environment)), {
    now: new Date(),
    connectionsMax: 1,
    onWait: () => {},
    onProgress: () => {},
    seed: async () => {},
  })
  try {
    const hashes = untouchableTables.map(async (table) => [table, await hashOf(db, table)] as const)
    return {
      untouchable: Object.fromEntries(await Promise.all(hashes)),
      tickets: (await db.selectFrom('tickets').select('id').execute()).length,
      ticketEvents: (await db.selectFrom('ticket_events').select('id').execute()).length,
    }
  } finally {
    await db.destroy()
  }
}

async function hashOf(db: Database, table: (typeof untouchableTables)[number]): Promise<string> {
  const rows = await db.selectFrom(table).selectAll().execute()
  const lines = rows.map((row) => JSON.stringify(row)).toSorted()
  return `${rows.length} rows, ${createHash('sha256').update(lines.join('\n')).digest('hex')}`
}
