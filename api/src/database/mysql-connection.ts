import { type Dialect, MysqlDialect, type MysqlPool, type MysqlPoolConnection } from 'kysely'
import { createPool, type Pool, type PoolConnection, type PoolOptions } from 'mysql2'
import { ConnectionUnavailableError, isStatementTimeout } from './database-errors.ts'

const defaultConnectionsMax = 10
const defaultStatementTimeoutMs = 8_000

/** An answer after this long would come too late for a caller who waits at the phone. */
const connectTimeoutMs = 3_000
const acquireTimeoutMs = 5_000

/** Requests that wait for a connection; past it new ones are refused at once. */
const waitingMax = 500

/**
 * Every session alike, whatever the server's own defaults are. READ COMMITTED: a statement sees what is committed when
 * it begins, and no gaps are locked; what must not change in between is locked by name. Without NO_BACKSLASH_ESCAPES,
 * in which the driver's escaping of values would not hold. Lock waits end before the statement's own time does.
 */
const sessionSettings = [
  "sql_mode = 'STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
  "time_zone = '+00:00'",
  'innodb_lock_wait_timeout = 5',
].join(', ')

/**
 * A pool for MySQL 8 or 9 and MariaDB from 10.6. Nothing is connected yet: a server that is down is told by the first
 * statement, and the pool recovers by itself when it is back.
 *
 * @param databaseUrl `mysql://user:password@host:port/database`, percent-encoded; `?ssl=true` asks for TLS with a
 *   certificate that this machine trusts
 */
export function openMysql(
  databaseUrl: string,
  options: { connectionsMax?: number; statementTimeoutMs?: number } = {},
): Dialect {
  const pool = createPool(poolOptions(databaseUrl, options.connectionsMax ?? defaultConnectionsMax))
  pool.on('connection', (connection) => {
    connection.query(`set session transaction isolation level read committed`)
    connection.query(`set session ${sessionSettings}`)
  })
  return new MysqlDialect({
    pool: withTimeLimits(pool, options.statementTimeoutMs ?? defaultStatementTimeoutMs),
  })
}

function poolOptions(databaseUrl: string, connectionLimit: number): PoolOptions {
  const url = new URL(databaseUrl)
  return {
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? 3306 : Number(url.port),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    charset: 'utf8mb4',
    timezone: 'Z',
    ...(url.searchParams.get('ssl') === 'true' ? { ssl: {} } : {}),
    connectionLimit,
    queueLimit: waitingMax,
    connectTimeout: connectTimeoutMs,
    enableKeepAlive: true,
    keepAliveInitialDelay: 10_000,
    // A statement is one statement, whatever its text.
    multipleStatements: false,
  }
}

/** The driver waits for ever: for a connection when all are taken, and for a server that has stopped answering. */
function withTimeLimits(pool: Pool, statementTimeoutMs: number): MysqlPool {
  return {
    getConnection(give) {
      let isLate = false
      const timer = setTimeout(() => {
        isLate = true
        give(new ConnectionUnavailableError('No database connection was free in time'), undefined as never)
      }, acquireTimeoutMs)
      pool.getConnection((error, connection) => {
        clearTimeout(timer)
        if (isLate) {
          connection?.release()
        } else if (error === null || error === undefined) {
          give(undefined, limitedConnection(connection, statementTimeoutMs))
        } else {
          const reason = 'code' in error ? String(error.code) : error.message
          const message = `No database connection: ${reason}`
          give(new ConnectionUnavailableError(message, { cause: error }), undefined as never)
        }
      })
    },
    end: (done) => pool.end((error) => done(error ?? undefined)),
  }
}

function limitedConnection(connection: PoolConnection, timeoutMs: number): MysqlPoolConnection {
  return {
    query(text: string, values: readonly unknown[], done?: (error: unknown, result: never) => void): never {
      const query = { sql: text, values: [...values], ...(timeoutMs === 0 ? {} : { timeout: timeoutMs }) }
      return connection.query(query, (error, result) => {
        // The server may still be at work on it: the next answer on this connection would be this one's.
        if (isStatementTimeout(error)) {
          connection.destroy()
        }
        done?.(error, result as never)
      }) as never
    },
    release: () => connection.release(),
  }
}
