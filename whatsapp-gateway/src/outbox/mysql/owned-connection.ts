import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { type ConnectionPlaces, createConnectionPlaces } from '@ura/core/database/connection-places'
import { ConnectionUnavailableError, isConnectionLost, isDeadlock } from '@ura/core/database/database-errors'
import {
  connectionFaultOf,
  discardMysqlConnection,
  mysqlConnectionOptions,
  mysqlSessionSettings,
} from '@ura/core/database/mysql-session'
import type { Logger } from '@ura/core/logger'
import { StartupError } from '@ura/core/service'
import { type Connection, createConnection } from 'mysql2'
import { type Session, sessionOn } from './session.ts'

/** Requests that wait for their turn on the connection; past it one more is refused at once. */
const waitingMax = 500
const waitMs = 3_000
const connectTimeoutMs = 2_000
/** After a failure to connect everybody is told of it for so long, instead of each one waiting for another try. */
const faultMemoryMs = 500
const statementTimeoutMsDefault = 3_000
const transactionAttemptsMax = 5
const endTimeoutMs = 2_000

/** The server ends a session that is silent for so long, and its lock with it; the keeper of the lock speaks oftener. */
const leaseSecondsDefault = 15
const heartbeatsPerLease = 3

export interface OwnedConnectionOptions {
  /** `mysql://user:password@host:port/database`. */
  databaseUrl: string
  log: Logger
  /** Longest wait for one statement; default 3,000. */
  statementTimeoutMs?: number
  /** How long the lock outlives a gateway that fell silent, 3 at least; default 15. */
  leaseSeconds?: number
  /** Work on every new session, before anybody else. `owner` is drawn once for each opening, `isFirst` its first session. */
  onOwned: (session: Session, owned: { isFirst: boolean; owner: string }) => Promise<void>
}

/**
 * The one connection over which the owner of an outbox does all its work, one piece after another. It holds a named lock
 * of the server (https://dev.mysql.com/doc/refman/9.0/en/locking-functions.html) that ends with the connection, so that
 * whatever is written is written by the owner: with the lock goes the connection, and with it every way to write.
 * A connection that breaks or doesn't answer in time is given up, and the next piece of work makes another one.
 */
export class OwnedConnection {
  readonly #options: OwnedConnectionOptions
  readonly #places: ConnectionPlaces
  readonly #owner = randomUUID()
  #session: Session | null = null
  #isFirst = true
  #fault: { error: unknown; untilMs: number } | null = null
  #heartbeat: NodeJS.Timeout | null = null
  #isClosed = false

  private constructor(options: OwnedConnectionOptions) {
    this.#options = options
    this.#places = createConnectionPlaces({ placesMax: 1, waitingMax, waitMs })
  }

  /**
   * Connects and takes the lock, for which it waits as long as a gateway that was cut off may still seem to hold it.
   * @throws StartupError when the server can't be reached or another gateway owns the outbox
   */
  static async open(options: OwnedConnectionOptions): Promise<OwnedConnection> {
    const connection = new OwnedConnection(options)
    const leaseSeconds = options.leaseSeconds ?? leaseSecondsDefault
    try {
      connection.#session = await connection.#connect(leaseSeconds + 2)
    } catch (error) {
      if (error instanceof ConnectionUnavailableError) {
        throw new StartupError(`The outbox of GATEWAY_DATABASE_URL can't be opened: ${error.message}`, {
          cause: error,
        })
      }
      throw error
    }
    connection.#heartbeat = setInterval(
      () => void connection.#lookAtLock(),
      (leaseSeconds * 1_000) / heartbeatsPerLease,
    ).unref()
    return connection
  }

  /**
   * Runs a piece of work by itself; its writes may be many transactions.
   * @throws ConnectionUnavailableError when no owned connection is to be had now
   */
  async run<T>(work: (session: Session) => Promise<T>): Promise<T> {
    await this.#places.enter()
    try {
      const session = await this.#owned()
      try {
        return await work(session)
      } catch (error) {
        if (isConnectionLost(error)) {
          this.#giveUp(session, error)
        }
        throw error
      }
    } finally {
      this.#places.leave()
    }
  }

  /**
   * Runs a piece of work in one transaction: on disk when this resolves, or not at all; again when the server gave it up
   * for another's sake. When the connection breaks at the commit nobody knows which: that is the error's to tell.
   */
  async transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return await this.run(async (session) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          await session.execute('START TRANSACTION')
          const result = await work(session)
          await session.execute('COMMIT')
          return result
        } catch (error) {
          await this.#rollBack(session, error)
          if (!isDeadlock(error) || attempt === transactionAttemptsMax) {
            throw error
          }
        }
      }
    })
  }

  /** Waits for the work under way, then gives the lock back. */
  async close(): Promise<void> {
    this.#isClosed = true
    if (this.#heartbeat !== null) {
      clearInterval(this.#heartbeat)
    }
    await this.#places.enter().catch(() => undefined)
    this.#places.close()
    const session = this.#session
    this.#session = null
    if (session !== null) {
      await Promise.race([
        session.connection
          .promise()
          .end()
          .catch(() => undefined),
        pause(endTimeoutMs),
      ])
      discardMysqlConnection(session.connection)
    }
  }

  async #rollBack(session: Session, error: unknown): Promise<void> {
    if (isConnectionLost(error)) {
      return
    }
    try {
      await session.execute('ROLLBACK')
    } catch (rollbackError) {
      // The next transaction would commit what is left of this one.
      this.#giveUp(session, rollbackError)
    }
  }

  async #owned(): Promise<Session> {
    if (this.#isClosed) {
      throw new ConnectionUnavailableError('The outbox is closed')
    }
    if (this.#session !== null) {
      return this.#session
    }
    if (this.#fault !== null && performance.now() < this.#fault.untilMs) {
      throw this.#fault.error
    }
    try {
      this.#session = await this.#connect(0)
      this.#fault = null
      this.#options.log.info('outbox owned again')
      return this.#session
    } catch (error) {
      this.#fault = { error, untilMs: performance.now() + faultMemoryMs }
      throw error
    }
  }

  async #connect(lockWaitSeconds: number): Promise<Session> {
    const { databaseUrl, statementTimeoutMs = statementTimeoutMsDefault } = this.#options
    const leaseSeconds = this.#options.leaseSeconds ?? leaseSecondsDefault
    const connection = await connected(databaseUrl)
    const session = sessionOn(connection, statementTimeoutMs)
    try {
      for (const setting of [...mysqlSessionSettings, `set session wait_timeout = ${leaseSeconds}`]) {
        await session.execute(setting)
      }
      await takeLock(session, lockWaitSeconds)
      await this.#options.onOwned(session, { isFirst: this.#isFirst, owner: this.#owner })
    } catch (error) {
      discardMysqlConnection(connection)
      throw isConnectionLost(error) ? unavailable(connectionFaultOf(error), error) : error
    }
    this.#isFirst = false
    connection.once('error', (error: unknown) => this.#giveUp(session, error))
    connection.once('end', () => this.#giveUp(session, null))
    return session
  }

  #giveUp(session: Session, error: unknown): void {
    discardMysqlConnection(session.connection)
    if (this.#session === session) {
      this.#session = null
      this.#options.log.error(
        { reason: connectionFaultOf(error) },
        'outbox connection lost, and the lock with it',
      )
    }
  }

  /** Keeps the session from being taken for dead, and gives it up when the lock is not ours any more. */
  async #lookAtLock(): Promise<void> {
    try {
      await this.run(async (session) => {
        const [row] = await session.select(`SELECT is_used_lock(${lockName}) = connection_id() AS isHeld`)
        if (row?.['isHeld'] !== 1) {
          this.#giveUp(session, new Error('lock not held'))
        }
      })
    } catch {
      // Told where it happened; the next look, or the next work, tries again.
    }
  }
}

async function connected(databaseUrl: string): Promise<Connection> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const connection = createConnection({
    ...mysqlConnectionOptions(databaseUrl),
    connectTimeout: connectTimeoutMs,
    namedPlaceholders: true,
  })
  connection.once('connect', () => resolve())
  // For good: an error event that nobody listens to ends the process, and a breaking connection may emit more than one.
  connection.on('error', reject)
  try {
    await promise
    return connection
  } catch (error) {
    discardMysqlConnection(connection)
    throw unavailable(connectionFaultOf(error), error)
  }
}

/** One for each database; a lock's name has at most 64 characters, which a database's name alone may have. */
const lockName = `concat('ura-outbox-', left(sha2(database(), 256), 40))`

async function takeLock(session: Session, waitSeconds: number): Promise<void> {
  const deadlineMs = performance.now() + waitSeconds * 1_000
  for (;;) {
    // In short stretches, since a statement's time is bounded.
    const [row] = await session.select(`SELECT get_lock(${lockName}, ${waitSeconds > 0 ? 1 : 0}) AS isTaken`)
    if (row?.['isTaken'] === 1) {
      return
    }
    if (performance.now() >= deadlineMs) {
      throw unavailable('another gateway owns it')
    }
  }
}

function unavailable(reason: string, cause?: unknown): ConnectionUnavailableError {
  return new ConnectionUnavailableError(reason, { cause })
}
