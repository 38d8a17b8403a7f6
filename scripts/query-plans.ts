import { writeFile } from 'node:fs/promises'
import { planDocument } from './query-plans/document.ts'
import { plansOnServer, plansOnSqlite } from './query-plans/generate.ts'
import { databaseServerNames, ensureDatabaseServer } from './real-parts/database-servers.ts'

/** `npm run docs:plans`: has MySQL, MariaDB and SQLite explain what the API asks them, and writes docs/query-plans.md. */
const rootOf = async (kind: 'mysql' | 'mariadb'): Promise<string> => {
  const part = await ensureDatabaseServer(kind, console.log)
  if (!part.available) throw new Error(`${databaseServerNames[kind]} can't be had: ${part.reason}`)
  return part.root
}
const text = planDocument({
  'MySQL 9': await plansOnServer('mysql', await rootOf('mysql')),
  'MariaDB 10.11': await plansOnServer('mariadb', await rootOf('mariadb')),
  SQLite: await plansOnSqlite(),
})
await writeFile(new URL('../docs/query-plans.md', import.meta.url), text)
console.log('written  docs/query-plans.md')
