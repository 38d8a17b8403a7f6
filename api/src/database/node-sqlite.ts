import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite'
import { setTimeout as pause } from 'node:timers/promises'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type QueryResult,
  SqliteAdapter,
  type SqliteDatabase,
  SqliteDriver,
  SqliteIntrospector,
  SqliteQueryCompiler,
  type SqliteStatement,
} from 'kysely'
import { isBusy } from '@ura/core/database/database-errors'

/** Kysely compiles one query to one text, so a few hundred prepared statements serve the whole API. */
const statementsMax = 300

/** How often a database that another program is writing to is tried again. */
const busyPauseMs = 10

/**
 * Kysely's dialect for `node:sqlite`, which has not the shape of better-sqlite3 that Kysely's own expects.
 *
 * @param options.busyTimeoutMs How long a statement waits for another program's write. The wait doesn't block the event
 *   loop, as SQLite's own would.
 */
export function nodeSqliteDialect(database: DatabaseSync, options: { busyTimeoutMs: number }): Dialect {
  return {
    createDriver: () => new ImmediateSqliteDriver(database, options.busyTimeoutMs),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createAdapter: () => new SqliteAdapter(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  }
}

/**
 * Takes the write lock when a transaction begins. A deferred one that reads before it writes fails at once with
 * SQLITE_BUSY_SNAPSHOT when another process wrote in between, whatever the busy timeout is
 * (https://www.sqlite.org/isolation.html).
 */
class ImmediateSqliteDriver extends SqliteDriver {
  readonly #database: DatabaseSync
  readonly #busyTimeoutMs: number

  constructor(database: DatabaseSync, busyTimeoutMs: number) {
    super({ database: adaptDatabase(database) })
    this.#database = database
    this.#busyTimeoutMs = busyTimeoutMs
  }

  override async acquireConnection(): Promise<DatabaseConnection> {
    return new PatientConnection(await super.acquireConnection(), this.#busyTimeoutMs)
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }

  /**
   * A full disk or a failing one has SQLite roll back by itself (https://www.sqlite.org/lang_transaction.html, 2.3). To
   * ask for it once more is an error then, which would hide the one that tells why.
   */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#database.isTransaction) {
      await super.rollbackTransaction(connection)
    }
  }
}

/** Tries a statement again while another program writes. */
class PatientConnection implements DatabaseConnection {
  readonly #connection: DatabaseConnection
  readonly #busyTimeoutMs: number

  constructor(connection: DatabaseConnection, busyTimeoutMs: number) {
    this.#connection = connection
    this.#busyTimeoutMs = busyTimeoutMs
  }

  async executeQuery<Row>(query: CompiledQuery): Promise<QueryResult<Row>> {
    const deadlineMs = performance.now() + this.#busyTimeoutMs
    for (;;) {
      try {
        return await this.#connection.executeQuery<Row>(query)
      } catch (error) {
        if (!isBusy(error) || performance.now() > deadlineMs) {
          throw error
        }
        await pause(busyPauseMs)
      }
    }
  }

  streamQuery<Row>(query: CompiledQuery, chunkSize: number): AsyncIterableIterator<QueryResult<Row>> {
    return this.#connection.streamQuery<Row>(query, chunkSize)
  }
}

function adaptDatabase(database: DatabaseSync): SqliteDatabase {
  const statements = new Map<string, SqliteStatement>()
  return {
    close: () => database.close(),
    prepare(sql) {
      const known = statements.get(sql)
      if (known !== undefined) {
        return known
      }
      const statement = adaptStatement(database.prepare(sql))
      const oldest = statements.keys().next()
      if (statements.size >= statementsMax && oldest.done !== true) {
        statements.delete(oldest.value)
      }
      statements.set(sql, statement)
      return statement
    },
  }
}

function adaptStatement(statement: StatementSync): SqliteStatement {
  return {
    reader: statement.columns().length > 0,
    all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
    run: (parameters) => statement.run(...(parameters as SQLInputValue[])),
    iterate: (parameters) => statement.iterate(...(parameters as SQLInputValue[])),
  }
}
