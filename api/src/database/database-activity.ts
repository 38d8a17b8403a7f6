import type { CompiledQuery, LogEvent } from 'kysely'
import { isConnectionLost } from '@ura/core/database/database-errors'
import type { Database } from './schema.ts'

/** Why a transaction was run again. */
export type RepeatReason = 'deadlock' | 'connection_lost'

/** Is told what a database is doing; must not throw. */
export interface DatabaseListener {
  /** A statement ended. Its parameters are people's data: they are for no log and no metric. */
  statement(seconds: number, isFailed: boolean, query: CompiledQuery): void
  /** A connection was had, or refused, after that wait. */
  waited(seconds: number): void
  connectionLost(): void
  transactionRepeated(reason: RepeatReason): void
}

/** Connections to a server right now. */
export interface PoolState {
  inUse: number
  idle: number
  /** Statements and transactions that wait for a connection. */
  waiting: number
  /** Connections held at most. */
  max: number
}

/** What can be seen of an open database from outside. */
export class DatabaseActivity {
  listener: DatabaseListener | null = null
  /** Null where there is no pool: SQLite has one connection. */
  pool: () => PoolState | null = () => null

  /** For Kysely's `log` option. */
  readonly logStatement = (event: LogEvent): void => {
    const isFailed = event.level === 'error'
    this.listener?.statement(event.queryDurationMillis / 1000, isFailed, event.query)
    if (isFailed && isConnectionLost(event.error)) {
      this.listener?.connectionLost()
    }
  }
}

const activities = new WeakMap<Database, DatabaseActivity>()

/** Makes the activity of a database known to {@link activityOf}. */
export function attachActivity(db: Database, activity: DatabaseActivity): void {
  activities.set(db, activity)
}

/** The activity of an open database; of a transaction or an unknown one, one that nobody listens to. */
export function activityOf(db: Database): DatabaseActivity {
  return activities.get(db) ?? new DatabaseActivity()
}
