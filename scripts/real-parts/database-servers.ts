import { type Availability, ensureDebianPart } from './debian-part.ts'
import type { Report } from './run.ts'

/** The database servers beside SQLite: MySQL 9 as Debian sid has it, MariaDB 10.11 as Debian 12 has it. */
export const databaseServers = ['mysql', 'mariadb'] as const

/** One of {@link databaseServers}. */
export type DatabaseServerKind = (typeof databaseServers)[number]

/** How people call it. */
export const databaseServerNames: Readonly<Record<DatabaseServerKind, string>> = {
  mysql: 'MySQL 9',
  mariadb: 'MariaDB 10.11',
}

const groups = {
  mysql: { name: 'mysql', suite: 'sid', packages: ['mysql-server'] },
  mariadb: { name: 'mariadb', suite: 'bookworm', packages: ['mariadb-server'] },
} as const

/** Makes sure of a database server. */
export function ensureDatabaseServer(kind: DatabaseServerKind, report?: Report): Promise<Availability> {
  return ensureDebianPart(groups[kind], report)
}

/** Makes sure of SQLite's own shell, with which administrators copy a database. */
export function ensureSqliteShell(report?: Report): Promise<Availability> {
  return ensureDebianPart({ name: 'sqlite3', suite: 'bookworm', packages: ['sqlite3'] }, report)
}
