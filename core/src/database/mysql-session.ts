import { Socket } from 'node:net'

/**
 * Every session alike, whatever the server's own defaults are. READ COMMITTED: a statement sees what is committed when
 * it begins, and no gaps are locked; what must not change in between is locked by name. Without NO_BACKSLASH_ESCAPES,
 * in which the driver's escaping of values would not hold. Lock waits end before the statement's own time does.
 */
export const mysqlSessionSettings: readonly string[] = [
  'set session transaction isolation level read committed',
  `set session ${[
    "sql_mode = 'STRICT_ALL_TABLES,ONLY_FULL_GROUP_BY,NO_ZERO_IN_DATE,NO_ZERO_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
    "time_zone = '+00:00'",
    'innodb_lock_wait_timeout = 5',
  ].join(', ')}`,
]

/** Whether a text is `mysql://user:password@host:port/database`, which {@link mysqlConnectionOptions} takes. */
export function isMysqlUrl(value: string): boolean {
  const url = value.startsWith('mysql://') && URL.canParse(value) ? new URL(value) : null
  return url !== null && url.hostname !== '' && url.username !== '' && /^\/[^/]{1,64}$/.test(url.pathname)
}

/**
 * What the driver (mysql2) needs for a connection.
 *
 * @param databaseUrl `mysql://user:password@host:port/database`, percent-encoded; `?ssl=true` asks for TLS with a
 *   certificate that this machine trusts
 */
export function mysqlConnectionOptions(databaseUrl: string) {
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
    enableKeepAlive: true,
    keepAliveInitialDelay: 10_000,
    // A statement is one statement, whatever its text.
    multipleStatements: false,
  }
}

/** Ends a connection of mysql2, which only half-closes the socket: a server that has stopped answering leaves that open for ever. */
export function discardMysqlConnection(connection: { destroy(): void }): void {
  connection.destroy()
  if ('stream' in connection && connection.stream instanceof Socket) {
    connection.stream.destroy()
  }
}

/** How a failure to connect is told in one word: the driver's code, else its message. */
export function connectionFaultOf(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error)
  }
  return 'code' in error ? String(error.code) : error.message
}
