import type { TestProject } from 'vitest/node'
import { startDatabaseServer } from '../../scripts/real-parts/database-process.ts'
import {
  type DatabaseServerKind,
  databaseServerNames,
  ensureDatabaseServer,
} from '../../scripts/real-parts/database-servers.ts'

/**
 * Starts a real database server for one project of the tests; gives what ends it.
 *
 * @throws Error where it can't be had; `npm test` leaves the project out there, and says so.
 */
export async function provideDatabaseServer(
  project: TestProject,
  kind: DatabaseServerKind,
): Promise<() => Promise<void>> {
  const part = await ensureDatabaseServer(kind, (line) => {
    process.stderr.write(`${databaseServerNames[kind]}: ${line}\n`)
  })
  if (!part.available) throw new Error(`${databaseServerNames[kind]} can't be had: ${part.reason}`)
  const server = await startDatabaseServer({
    kind,
    root: part.root,
    durability: 'fast',
    diskMegabytes: 4_096,
  })
  project.provide('databaseServerUrl', server.url)
  return () => server.destroy()
}
