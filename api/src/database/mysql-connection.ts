import { type Dialect, MysqlDialect, type MysqlPool, type MysqlPoolConnection } from 'kysely'
import { createPool, type Pool, type PoolConnection, type PoolOptions } from 'mysql2'
import { type ConnectionPlaces, createConnectionPlaces } from '@ura/core/database/connection-places'
import type { DatabaseActivity } from './database-activity.ts'
import { ConnectionUnavailableError, isConnectionLost } from '@ura/core/database/database-errors'
import {
  connectionFaultOf,
  discardMysqlConnection,
  mysqlConnectionOptions,
  mysqlSessionSettings,
} from '@ura/core/database/mysql-session'

const defaultConnectionsMax = 10
const defaultStatementTimeoutMs = 8_000

/** An answer after these together would come too late for a caller who waits at the phone. */
const waitMs = 3_000
const connectTimeoutMs = 3_000
const settingsTimeoutMs = 1_000

/** Requests that wait for a connection; past it new ones are refused at once. */
const waitingMax = 500

/** How long the connections have to say goodbye to a server that may not listen any more. */
const endTimeoutMs = 2_000

/**
 * A pool for MySQL 8 or 9 and MariaDB from 10.6. Nothing is connected yet: a server that is down is told by the first
 * statement, and the pool recovers by itself when it is back.
 *
 * @param databaseUrl `mysql://user:password@host:port/database`, percent-encoded; `?ssl=true` asks for TLS with a
 *   certificate that this machine trusts
 */
export function openMysql(
  databaseUrl: string,
  options: { connectionsMax?: number; statementTimeoutMs?: number; activity?: DatabaseActivity } = {},
): Dialect {
  const connectionsMax = options.connectionsMax ?? defaultConnectionsMax
  const pool = createPool(poolOptions(databaseUrl, connectionsMax))
  const places = createConnectionPlaces({ placesMax: connectionsMax, waitingMax, waitMs })
  const limited = new LimitedPool({
    pool,
    places,
    statementTimeoutMs: options.statementTimeoutMs ?? defaultStatementTimeoutMs,
    activity: options.activity,
  })
  return new MysqlDialect({ pool: limited })
}

function poolOptions(databaseUrl: string, connectionLimit: number): PoolOptions {
  return { ...mysqlConnectionOptions(databaseUrl), connectionLimit, connectTimeout: connectTimeoutMs }
}

/**
 * The driver waits for ever: for a connection when all are taken, and for a server that has stopped answering. Here
 * each wait ends, and a connection of which nobody knows any more what the server makes of it is never used again.
 */
class LimitedPool implements MysqlPool {
  readonly #pool: Pool
  readonly #places: ConnectionPlaces
  readonly #statementTimeoutMs: number
  readonly #activity: DatabaseActivity | undefined
  /** One each, so that Kysely takes a connection that comes again for the one it knows. */
  readonly #connections = new Map<PoolConnection, MysqlPoolConnection>()

  constructor(options: {
    pool: Pool
    places: ConnectionPlaces
    statementTimeoutMs: number
    activity: DatabaseActivity | undefined
  }) {
    this.#pool = options.pool
    this.#places = options.places
    this.#statementTimeoutMs = options.statementTimeoutMs
    this.#activity = options.activity
    if (options.activity !== undefined) {
      options.activity.pool = () => this.#state()
    }
  }

  getConnection(give: (error: unknown, connection: MysqlPoolConnection) => void): void {
    const startedMs = performance.now()
    void this.#acquire()
      .finally(() => this.#activity?.listener?.waited((performance.now() - startedMs) / 1000))
      .then(
        (connection) => give(undefined, connection),
        (error: unknown) => give(error, undefined as never),
      )
  }

  end(done: (error: unknown) => void): void {
    this.#places.close()
    // A server that has stopped answering would be waited for without end.
    const timer = setTimeout(() => {
      for (const connection of this.#connections.keys()) {
        discardMysqlConnection(connection)
      }
      done(undefined)
    }, endTimeoutMs)
    this.#pool.end((error) => {
      clearTimeout(timer)
      done(error ?? undefined)
    })
  }

  async #acquire(): Promise<MysqlPoolConnection> {
    await this.#places.enter()
    try {
      const connection = await connectionFrom(this.#pool)
      return this.#connections.get(connection) ?? (await this.#introduce(connection))
    } catch (error) {
      this.#places.leave()
      throw unavailable(error)
    }
  }

  async #introduce(connection: PoolConnection): Promise<MysqlPoolConnection> {
    // An error event that nobody listens to ends the process, and a breaking connection may emit more than one.
    connection.on('error', () => undefined)
    try {
      for (const sql of mysqlSessionSettings) {
        await settingDone(connection, sql)
      }
    } catch (error) {
      discardMysqlConnection(connection)
      throw error
    }
    const limited = this.#limit(connection)
    this.#connections.set(connection, limited)
    for (const event of ['end', 'error']) {
      connection.once(event, () => this.#connections.delete(connection))
    }
    return limited
  }

  #limit(connection: PoolConnection): MysqlPoolConnection {
    const timeout = this.#statementTimeoutMs === 0 ? {} : { timeout: this.#statementTimeoutMs }
    let spoiltBy: Error | null = null
    return {
      query: (
        sql: string,
        values: readonly unknown[],
        done?: (error: unknown, result: never) => void,
      ): never => {
        if (spoiltBy !== null) {
          // What spoilt it tells more than that it is closed, which is all that the driver would say.
          return process.nextTick(() => done?.(spoiltBy, undefined as never)) as never
        }
        return connection.query({ sql, values: [...values], ...timeout }, (error, result) => {
          if (isSpoilt(error, sql)) {
            spoiltBy = error
            this.#connections.delete(connection)
            discardMysqlConnection(connection)
          }
          done?.(error, result as never)
        }) as never
      },
      release: () => {
        connection.release()
        this.#places.leave()
      },
    }
  }

  #state() {
    const { taken, waiting } = this.#places
    const idle = Math.max(0, this.#connections.size - taken)
    return { inUse: taken, idle, waiting, max: this.#pool.config.connectionLimit ?? defaultConnectionsMax }
  }
}

/**
 * Whether a connection is of no more use: the server may still be at work on a statement that was given up, so that
 * the next answer would be that one's; or a transaction could not be rolled back, and the next one would commit it.
 */
function isSpoilt(error: unknown, sql: string): boolean {
  return isConnectionLost(error) || (sql === 'rollback' && error !== null && error !== undefined)
}

function connectionFrom(pool: Pool): Promise<PoolConnection> {
  const { promise, resolve, reject } = Promise.withResolvers<PoolConnection>()
  pool.getConnection((error, connection) => {
    if (error === null || error === undefined) {
      resolve(connection)
    } else {
      reject(error)
    }
  })
  return promise
}

function settingDone(connection: PoolConnection, sql: string): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  connection.query({ sql, timeout: settingsTimeoutMs }, (error) => {
    if (error === null) {
      resolve()
    } else {
      reject(error)
    }
  })
  return promise
}

function unavailable(error: unknown): ConnectionUnavailableError {
  if (error instanceof ConnectionUnavailableError) {
    return error
  }
  return new ConnectionUnavailableError(`No database connection: ${connectionFaultOf(error)}`, {
    cause: error,
  })
}
