import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { createConnection } from 'mysql2/promise'
import { commandInRoot } from './chroot.ts'
import { commandEnvironment } from './config.ts'
import { type DatabaseServerKind, databaseServerNames } from './database-servers.ts'
import { freeTcpPorts } from './free-port.ts'

/** A MySQL or MariaDB of a test's or benchmark's own, on a free port of 127.0.0.1. */
export interface RunningDatabaseServer {
  readonly kind: DatabaseServerKind
  /** `mysql://…/` with user and password and without a database; the user may make databases. */
  readonly url: string
  /** Ends it as a power cut would; its data stays. */
  kill(): Promise<void>
  /** Starts it again on the same port and data. */
  start(): Promise<void>
  /** Kills it and removes its data. */
  destroy(): Promise<void>
}

/** Where a server sees its own folder. */
const insideFolder = '/srv/database'
const startTimeoutMs = 60_000
const user = 'ura'

const initialize: Readonly<Record<DatabaseServerKind, string>> = {
  mysql: 'mysqld --no-defaults --initialize-insecure --user=mysql --datadir="$1/data"',
  mariadb:
    'mariadb-install-db --no-defaults --user=mysql --datadir="$1/data" --force --skip-test-db --auth-root-authentication-method=normal',
}

const serve: Readonly<Record<DatabaseServerKind, string>> = {
  mysql: 'mysqld --no-defaults --mysqlx=OFF --skip-log-bin',
  mariadb: 'mariadbd --no-defaults',
}

/** Durable: a commit is on the disk before it is acknowledged, as in production. Not: tests that lose nothing by it. */
const durability = {
  durable: '',
  fast: '--innodb-flush-log-at-trx-commit=0 --innodb-doublewrite=0',
}

/**
 * Starts a database server of the real parts, with a folder, a user and a password of its own.
 *
 * @throws Error with its last lines of output when it doesn't answer within 60 s
 */
export async function startDatabaseServer(options: {
  kind: DatabaseServerKind
  root: string
  durability: keyof typeof durability
  /** Puts its data on a disk of its own, of that size and in memory: gone when it is killed. Default: none. */
  diskMegabytes?: number
}): Promise<RunningDatabaseServer> {
  const { kind, root } = options
  const folder = await mkdtemp(join(tmpdir(), `ura-${kind}-`))
  const password = randomBytes(12).toString('hex')
  await mkdir(join(folder, 'data'))
  await writeFile(
    join(folder, 'init.sql'),
    `create user if not exists '${user}'@'%' identified by '${password}';\ngrant all on *.* to '${user}'@'%';\n`,
  )
  const [port = 0] = await freeTcpPorts(1)
  const { diskMegabytes } = options
  const script = [
    ...(diskMegabytes === undefined ? [] : [`mount -t tmpfs -o size=${diskMegabytes}m tmpfs "$1/data"`]),
    'chown mysql "$1" "$1/data"',
    `[ -d "$1/data/mysql" ] || ${initialize[kind]}`,
    // Of one that was killed: MySQL would take its process number for another server's.
    'rm -f "$1/s.sock" "$1/s.sock.lock"',
    `${serve[kind]} --user=mysql --datadir="$1/data" --socket="$1/s.sock" --pid-file="$1/pid" --port="$2"` +
      ` --bind-address=127.0.0.1 --init-file="$1/init.sql" ${durability[options.durability]}`,
    // The shell stays: the server changes its user, and the kernel then forgets to kill it with its parent (prctl(2)).
    'exit $?',
  ].join('\n')
  const command = commandInRoot({
    root,
    binds: [{ hostFolder: folder, insidePath: insideFolder }],
    command: ['sh', '-e', '-c', script, kind, insideFolder, String(port)],
  })
  const url = `mysql://${user}:${password}@127.0.0.1:${port}/`
  let kill = await startProcess(kind, command, url)
  return {
    kind,
    url,
    kill: () => kill(),
    async start() {
      kill = await startProcess(kind, command, url)
    },
    async destroy() {
      await kill()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Gives what kills the process once it answers. */
async function startProcess(
  kind: DatabaseServerKind,
  { file, args }: { file: string; args: string[] },
  url: string,
): Promise<() => Promise<void>> {
  const child = spawn(file, args, { env: commandEnvironment(), stdio: ['ignore', 'pipe', 'pipe'] })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-4_000)
    })
  }
  const gone = once(child, 'close')
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL')
    await gone
  }
  const deadline = performance.now() + startTimeoutMs
  while (!(await answers(url))) {
    if (child.exitCode !== null || performance.now() > deadline) {
      await kill()
      throw new Error(`${databaseServerNames[kind]} did not start:\n${output}`)
    }
    await pause(50)
  }
  return kill
}

async function answers(url: string): Promise<boolean> {
  try {
    const connection = await createConnection({ uri: url, connectTimeout: 2_000 })
    await connection.ping()
    await connection.end()
    return true
  } catch {
    return false
  }
}
