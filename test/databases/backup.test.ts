import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { addUsers, listUsers } from '@ura/api/users/user-repository'
import { ensureFirstCatalogue } from '@ura/api/catalogue/catalogue-repository'
import { openMigratedDatabase } from '@ura/api/database/migrated-database'
import { migrationStates } from '@ura/api/database/migrations'
import type { Database } from '@ura/api/database/schema'
import { createConnection } from 'mysql2/promise'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { commandInRoot } from '../../scripts/real-parts/chroot.ts'
import { realPartsRequired } from '../../scripts/real-parts/config.ts'
import { type RunningDatabaseServer, startDatabaseServer } from '../../scripts/real-parts/database-process.ts'
import {
  databaseServerNames,
  databaseServers,
  ensureDatabaseServer,
  ensureSqliteShell,
} from '../../scripts/real-parts/database-servers.ts'

const run = promisify(execFile)
const now = new Date('2026-11-23T14:00:00Z')
const guide = await readFile(new URL('../../docs/copia-de-seguranca.md', import.meta.url), 'utf8')

/** Where the commands of the guide see the folder of a test. */
const insideFolder = '/srv/backup'

/** The shell commands that the guide gives under a heading, in order. */
function commandsOf(heading: string): string[] {
  const section = guide.split(/^## /m).find((part) => part.startsWith(`${heading}\n`)) ?? ''
  return [...section.matchAll(/```sh\n([\s\S]+?)```/g)].map((match) => match[1] ?? '')
}

async function fill(db: Database): Promise<void> {
  await ensureFirstCatalogue(db)
  const names = ['João da Conceição', 'Zé 🖨️', `D'Ávila "\\' --`, 'Inês\tMüller\n']
  const people = names.map((name, index) => ({ code: String(1_001 + index), name }))
  const nothing = { department: null, whatsapp: null, extension: null, email: null }
  await addUsers(
    db,
    people.map((person) => ({ ...person, ...nothing })),
    now,
  )
}

async function contents(db: Database): Promise<unknown> {
  return {
    users: await listUsers(db),
    services: await db.selectFrom('catalogue_services').selectAll().orderBy('id').execute(),
    migrations: await migrationStates(db),
  }
}

/** The real part, or undefined with one loud line; with CI=true its absence is a failure. */
async function found(
  name: string,
  part: Awaited<ReturnType<typeof ensureDatabaseServer>>,
): Promise<string | undefined> {
  if (part.available) return part.root
  const line = `BACKUP ON ${name} SKIPPED: ${part.reason}`
  if (realPartsRequired()) throw new Error(line)
  process.stderr.write(`${line}\n`)
  return undefined
}

const sqliteRoot = await found('SQLite', await ensureSqliteShell())

describe.runIf(sqliteRoot !== undefined)("the guide's commands on SQLite", () => {
  it('copy a database in use, and bring it back', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'ura-backup-'))
    const [backUp = '', restore = ''] = commandsOf('SQLite')
    const url = `sqlite:${folder}/helpdesk.sqlite`
    const inUse = await openMigratedDatabase(url, { now })
    await fill(inUse.db)
    const before = await contents(inUse.db)
    await inRoot({ root: sqliteRoot ?? '', folder, script: backUp, file: 'copy.sqlite' })
    await inUse.db.deleteFrom('users').execute()
    await inUse.db.destroy()
    await inRoot({ root: sqliteRoot ?? '', folder, script: restore, file: 'copy.sqlite' })
    const restored = await openMigratedDatabase(url, { now })
    expect(await contents(restored.db)).toEqual(before)
    await restored.db.destroy()
    await rm(folder, { recursive: true })
  })
})

for (const kind of databaseServers) {
  const name = databaseServerNames[kind]
  const root = await found(name, await ensureDatabaseServer(kind))

  describe.runIf(root !== undefined)(`the guide's commands on ${name}`, () => {
    let server: RunningDatabaseServer
    let folder: string

    beforeAll(async () => {
      server = await startDatabaseServer({ kind, root: root ?? '', durability: 'fast' })
      folder = await mkdtemp(join(tmpdir(), 'ura-backup-'))
    })

    afterAll(async () => {
      await server.destroy()
      await rm(folder, { recursive: true })
    })

    it('copy a database in use, and bring it back into an empty one', async () => {
      const [backUp = '', restore = ''] = commandsOf(kind === 'mysql' ? 'MySQL' : 'MariaDB')
      const connection = await createConnection({ uri: server.url })
      await connection.query('create database original')
      await connection.query('create database restored')
      await connection.end()
      const original = await openMigratedDatabase(`${server.url}original`, { now })
      await fill(original.db)
      await writeCredentials(folder, server.url)
      const place = { root: root ?? '', folder, file: 'copy.sql' }
      await inRoot({ ...place, script: backUp, database: 'original' })
      await inRoot({ ...place, script: restore, database: 'restored' })
      const restored = await openMigratedDatabase(`${server.url}restored`, { now })
      expect(restored.applied).toEqual([])
      expect(await contents(restored.db)).toEqual(await contents(original.db))
      await original.db.destroy()
      await restored.db.destroy()
    })
  })
}

/** As a person's ~/.my.cnf: both programs read it by themselves. */
async function writeCredentials(folder: string, serverUrl: string): Promise<void> {
  const { hostname, port, username, password } = new URL(serverUrl)
  const lines = [
    '[client]',
    `host=${hostname}`,
    `port=${port}`,
    `user=${username}`,
    `password=${password}`,
    '',
  ]
  await writeFile(join(folder, '.my.cnf'), lines.join('\n'), { mode: 0o600 })
}

async function inRoot(options: {
  root: string
  folder: string
  script: string
  file: string
  database?: string
}): Promise<void> {
  const { root, folder, script, file, database = '' } = options
  const variables = {
    HOME: insideFolder,
    DATA_DIR: insideFolder,
    BACKUP: `${insideFolder}/${file}`,
    DATABASE: database,
  }
  const assignments = Object.entries(variables).map(([name, value]) => `export ${name}='${value}'`)
  const command = commandInRoot({
    root,
    binds: [{ hostFolder: folder, insidePath: insideFolder }],
    command: ['sh', '-e', '-c', [...assignments, script].join('\n')],
  })
  await run(command.file, command.args)
}
