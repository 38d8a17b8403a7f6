import { createConnection } from 'mysql2/promise'
import { realPartsRequired } from '../../scripts/real-parts/config.ts'
import {
  type DatabaseServerKind,
  databaseServerNames,
  databaseServers,
  ensureDatabaseServer,
} from '../../scripts/real-parts/database-servers.ts'

/** A database server that can be started here. */
export interface DatabaseServerPart {
  kind: DatabaseServerKind
  name: string
  root: string
}

/**
 * Those of the database servers that can be had, for `describe.each`; one loud line for each that can't.
 *
 * @throws Error instead, with `CI=true`
 */
export async function findDatabaseServers(): Promise<DatabaseServerPart[]> {
  const found: DatabaseServerPart[] = []
  for (const kind of databaseServers) {
    const name = databaseServerNames[kind]
    const part = await ensureDatabaseServer(kind, (line) => void process.stderr.write(`${name}: ${line}\n`))
    if (part.available) {
      found.push({ kind, name, root: part.root })
    } else {
      const line = `${name} SKIPPED: ${part.reason}`
      if (realPartsRequired()) throw new Error(line)
      process.stderr.write(`${line}\n`)
    }
  }
  return found
}

/** Runs statements on a server, each by itself. */
export async function runOnServer(serverUrl: string, ...statements: string[]): Promise<void> {
  const connection = await createConnection({ uri: serverUrl })
  try {
    for (const statement of statements) {
      await connection.query(statement)
    }
  } finally {
    await connection.end()
  }
}
