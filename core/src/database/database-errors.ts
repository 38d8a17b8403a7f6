/** SQLite's result codes (https://www.sqlite.org/rescode.html): extended ones, then primary ones, their low byte. */
const sqliteConstraintForeignKey = 787
const sqliteConstraintPrimaryKey = 1555
const sqliteConstraintUnique = 2067
const sqliteBusy = 5
const sqliteLocked = 6
const sqliteReadOnly = 8
const sqliteIoError = 10
const sqliteFull = 13
const sqliteCannotOpen = 14

/**
 * MySQL's and MariaDB's errors by number (https://dev.mysql.com/doc/mysql-errors/9.0/en/server-error-reference.html,
 * https://mariadb.com/kb/en/mariadb-error-code-reference/): ER_DUP_ENTRY, ER_LOCK_WAIT_TIMEOUT,
 * ER_NO_REFERENCED_ROW_2.
 */
const mysqlDuplicate = 1062
const mysqlLockWait = 1205
const mysqlNoReferencedRow = 1452

/** ER_LOCK_DEADLOCK, ER_CHECKREAD (MariaDB: changed since the snapshot), ER_TRANSACTION_ROLLBACK_DURING_COMMIT. */
const mysqlGivenUp: ReadonlySet<number> = new Set([1213, 1020, 3101])

/**
 * The server ends the connection and says so: ER_SERVER_SHUTDOWN, ER_NORMAL_SHUTDOWN, ER_CONNECTION_KILLED (MariaDB),
 * ER_SESSION_WAS_KILLED, ER_CLIENT_INTERACTION_TIMEOUT.
 */
const mysqlConnectionEnded: ReadonlySet<number> = new Set([1053, 1077, 1927, 3169, 4031])

/** ER_TABLE_EXISTS_ERROR, ER_DUP_FIELDNAME, ER_DUP_KEYNAME, ER_CANT_DROP_FIELD_OR_KEY: the schema is so already. */
const mysqlAlreadyThere: ReadonlySet<number> = new Set([1050, 1060, 1061, 1091])

/**
 * A server that can't serve now: errors of its files (EE_WRITE, ER_ERROR_ON_WRITE, ER_DISK_FULL, ER_RECORD_FILE_FULL,
 * ER_GET_ERRNO), of its memory and threads (ER_OUTOFMEMORY, ER_OUT_OF_SORTMEMORY, ER_OUT_OF_RESOURCES,
 * ER_CANT_CREATE_THREAD, ER_LOCK_TABLE_FULL), ER_CON_COUNT_ERROR, ER_TOO_MANY_USER_CONNECTIONS, ER_WSREP_NOT_READY
 * (ER_UNKNOWN_COM_ERROR in MySQL), read-only (ER_OPTION_PREVENTS_STATEMENT, ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION,
 * ER_READ_ONLY_MODE), a failed commit (ER_ERROR_DURING_COMMIT), a statement ended from outside (ER_QUERY_INTERRUPTED,
 * ER_QUERY_TIMEOUT; MariaDB's ER_STATEMENT_TIMEOUT).
 */
const mysqlUnavailable: ReadonlySet<number> = new Set([
  3, 1021, 1026, 1030, 1037, 1038, 1040, 1041, 1047, 1114, 1135, 1180, 1203, 1206, 1290, 1317, 1792, 1836,
  1969, 3024,
])

/** No usable connection could be had in time. */
export class ConnectionUnavailableError extends Error {
  override readonly name = 'ConnectionUnavailableError'
}

/** Whether a statement failed because a row with that key is already there. */
export function isUniqueViolation(error: unknown): boolean {
  const code = sqliteCode(error)
  return (
    code === sqliteConstraintUnique ||
    code === sqliteConstraintPrimaryKey ||
    mysqlNumber(error) === mysqlDuplicate
  )
}

/** Whether a row was not added because one that it refers to isn't there. */
export function isMissingReference(error: unknown): boolean {
  return sqliteCode(error) === sqliteConstraintForeignKey || mysqlNumber(error) === mysqlNoReferencedRow
}

/** Whether a change of a MySQL or MariaDB schema failed because the schema is so already. */
export function isAlreadyThere(error: unknown): boolean {
  const number = mysqlNumber(error)
  return number !== null && mysqlAlreadyThere.has(number)
}

/** Whether a transaction was given up for another one's sake and is sure to have left nothing: worth repeating. */
export function isDeadlock(error: unknown): boolean {
  const number = mysqlNumber(error)
  return number !== null && mysqlGivenUp.has(number)
}

/** Whether another transaction or program held what was needed for too long: worth trying again later. */
export function isBusy(error: unknown): boolean {
  const primary = sqlitePrimaryCode(error)
  return (
    primary === sqliteBusy ||
    primary === sqliteLocked ||
    isDeadlock(error) ||
    mysqlNumber(error) === mysqlLockWait
  )
}

/** Whether the connection broke or could not be had: what was under way may or may not have happened. */
export function isConnectionLost(error: unknown): boolean {
  if (error instanceof ConnectionUnavailableError) {
    return true
  }
  const number = mysqlNumber(error)
  return (
    isStatementTimeout(error) ||
    (error instanceof Error && 'fatal' in error && error.fatal === true) ||
    (number !== null && mysqlConnectionEnded.has(number))
  )
}

/** Whether the database can't be used now, whatever the statement: gone, shutting down, read-only, out of space. */
export function isUnavailable(error: unknown): boolean {
  const primary = sqlitePrimaryCode(error)
  const number = mysqlNumber(error)
  return (
    isConnectionLost(error) ||
    (primary !== null && [sqliteReadOnly, sqliteIoError, sqliteFull, sqliteCannotOpen].includes(primary)) ||
    (number !== null && mysqlUnavailable.has(number))
  )
}

/** Whether a statement took longer than it may; its connection is of no more use. */
export function isStatementTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'PROTOCOL_SEQUENCE_TIMEOUT'
}

function sqliteCode(error: unknown): number | null {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
    ? error.errcode
    : null
}

function sqlitePrimaryCode(error: unknown): number | null {
  const code = sqliteCode(error)
  return code === null ? null : code % 256
}

function mysqlNumber(error: unknown): number | null {
  return error instanceof Error && 'sqlState' in error && 'errno' in error && typeof error.errno === 'number'
    ? error.errno
    : null
}
