import { copyFile, mkdir, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { afterAll, describe, expect, it } from 'vitest'
import { startDatabaseServer } from '../../scripts/real-parts/database-process.ts'
import { recordFigure } from '../../scripts/test/figures.ts'
import { expectNothingLost } from './acknowledged.ts'
import { type ApiProcess, signIn, startApiProcess } from './api-process.ts'
import { findDatabaseServers, runOnServer } from './real-database.ts'
import { openTicket, type TicketAnswer } from './ticket-load.ts'

const servers = await findDatabaseServers()
const folder = await mkdtemp(join(tmpdir(), 'ura-full-disk-'))
afterAll(() => rm(folder, { recursive: true, force: true }))

const ticketsMax = 20_000
const refusalsWanted = 20
/** Leaves of 16 MB less than SQLite's write-ahead log grows to before it begins again, 4 MB. */
const ballastBytes = 11.5 * 1024 * 1024

/** Opens tickets one after another until the disk has refused some. */
async function openUntilFull(api: ApiProcess, session: string): Promise<TicketAnswer[]> {
  const answers: TicketAnswer[] = []
  let refusals = 0
  while (refusals < refusalsWanted && answers.length < ticketsMax) {
    const answer = await openTicket({ url: api.url, session, key: `full-${answers.length}` })
    answers.push(answer)
    refusals += answer.protocol === null ? 1 : 0
  }
  const refused = answers.filter(({ protocol }) => protocol === null)
  expect(refused).toHaveLength(refusalsWanted)
  for (const answer of refused) {
    expect(answer).toMatchObject({ status: 503, errorCode: 'SERVICO_INDISPONIVEL', retryAfter: '2' })
  }
  return answers
}

/** A copy of an idle database: SQLite itself would follow the way into the namespace back to this one. */
async function copyOf(diskFolder: string): Promise<string> {
  for (const file of ['helpdesk.sqlite', 'helpdesk.sqlite-wal']) {
    await copyFile(join(diskFolder, file), join(folder, file))
  }
  return `sqlite:${folder}/helpdesk.sqlite`
}

/** The command in a mount namespace of its own, with a disk of 16 MB at `diskFolder`. */
function withSmallDisk(diskFolder: string, command: string[]) {
  const script = 'mount -t tmpfs -o size=16m tmpfs "$0" && exec "$@"'
  const args = ['--pdeathsig', 'KILL', '--', 'unshare', '--mount', '--', 'sh', '-c', script, diskFolder]
  return { file: 'setpriv', args: [...args, ...command] }
}

describe('a full disk', () => {
  it.runIf(process.getuid?.() === 0 && servers.length > 0)(
    'is told clearly by an API on SQLite, which goes on when there is room, with nothing half written',
    async () => {
      const disk = join(folder, 'disk')
      await mkdir(disk)
      await using api = await startApiProcess({
        environment: { DATABASE_URL: `sqlite:${disk}/helpdesk.sqlite`, DATA_DIR: folder },
        wrap: (command) => withSmallDisk(disk, command),
      })
      // The disk as the API sees it; proc(5) `/proc/pid/root`.
      const seen = `/proc/${api.pid}/root${disk}`
      const ballast = await open(`${seen}/ballast`, 'w')
      await ballast.writeFile(Buffer.alloc(ballastBytes))
      await ballast.close()
      const session = await signIn(api.url)
      const answers = await openUntilFull(api, session)
      expect((await fetch(`${api.url}/healthz`)).status).toBe(200)
      await rm(`${seen}/ballast`)
      const again = await openTicket({ url: api.url, session, key: 'there-is-room' })
      expect(again.status).toBe(201)
      const { acknowledged } = await expectNothingLost({
        url: api.url,
        session,
        databaseUrl: () => copyOf(seen),
        answers: [...answers, again],
      })
      recordFigure('Disk full, SQLite', `${acknowledged} tickets acknowledged, none lost; 20 answers 503`)
    },
    120_000,
  )

  // MariaDB 10.11 itself gives up when its disk is full (InnoDB asserts), so that there is nothing to go on with.
  it.each(servers.filter(({ kind }) => kind === 'mysql'))(
    'is told clearly by an API on $name, which goes on when there is room, with nothing half written',
    async ({ kind, root, name }) => {
      const server = await startDatabaseServer({ kind, root, durability: 'durable', diskMegabytes: 400 })
      try {
        await runOnServer(server.url, 'create database full')
        const databaseUrl = `${server.url}full`
        await using api = await startApiProcess({
          environment: { DATABASE_URL: databaseUrl, DATA_DIR: folder },
        })
        const session = await signIn(api.url)
        await fillDisk(databaseUrl)
        const answers = await openUntilFull(api, session)
        expect((await fetch(`${api.url}/healthz`)).status).toBe(200)
        await runOnServer(databaseUrl, 'drop table ballast')
        const again = await openTicket({ url: api.url, session, key: 'there-is-room' })
        expect(again.status).toBe(201)
        const all = [...answers, again]
        const { acknowledged } = await expectNothingLost({ url: api.url, session, databaseUrl, answers: all })
        recordFigure(`Disk full, ${name}`, `${acknowledged} tickets acknowledged, none lost; 20 answers 503`)
      } finally {
        await server.destroy()
      }
    },
    180_000,
  )
})

/** Fills the server's disk by rows of 1 MB until no more fits. */
async function fillDisk(databaseUrl: string): Promise<void> {
  const connection = await createConnection({ uri: databaseUrl })
  const addRow = () => connection.query("insert into ballast values (repeat('x', 1000000))")
  try {
    await connection.query('create table ballast (bytes longblob) engine=InnoDB')
    const fits = () =>
      addRow().then(
        () => true,
        () => false,
      )
    for (let isRoom = true; isRoom; isRoom = await fits());
  } finally {
    await connection.end()
  }
}
