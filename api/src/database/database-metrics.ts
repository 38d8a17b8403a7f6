import { Counter, Gauge, Histogram, type Registry } from 'prom-client'
import { activityOf } from './database-activity.ts'
import type { Database } from './schema.ts'

const waitBuckets = [0.001, 0.005, 0.02, 0.1, 0.5, 1, 3, 8]
const statementBuckets = [0.0005, 0.002, 0.005, 0.02, 0.05, 0.1, 0.5, 2, 8]

/** Measures what a database is doing; of the pool there is nothing to tell on SQLite. */
export function measureDatabase(registry: Registry, db: Database): void {
  const registers = [registry]
  const statements = new Histogram({
    name: 'ura_database_statement_seconds',
    help: 'Time of a statement, its wait for a lock included, by outcome: ok, failed',
    labelNames: ['outcome'],
    buckets: statementBuckets,
    registers,
  })
  const repeats = new Counter({
    name: 'ura_database_transaction_repeats_total',
    help: 'Transactions run again, by reason: deadlock, connection_lost',
    labelNames: ['reason'],
    registers,
  })
  const lost = new Counter({
    name: 'ura_database_connections_lost_total',
    help: 'Statements that ended with their connection, broken or given up after the longest time',
    registers,
  })
  const activity = activityOf(db)
  const waits = activity.pool() === null ? null : measurePool(registry, db)
  activity.listener = {
    statement: (seconds, isFailed) => statements.observe({ outcome: isFailed ? 'failed' : 'ok' }, seconds),
    waited: (seconds) => waits?.observe(seconds),
    connectionLost: () => lost.inc(),
    transactionRepeated: (reason) => repeats.inc({ reason }),
  }
}

function measurePool(registry: Registry, db: Database): Histogram {
  const connections = new Gauge({
    name: 'ura_database_connections',
    help: 'Connections to the database server, by state: in_use, idle; waiting counts who wants one; max is the limit',
    labelNames: ['state'],
    registers: [],
    collect() {
      const state = activityOf(db).pool()
      if (state !== null) {
        this.set({ state: 'in_use' }, state.inUse)
        this.set({ state: 'idle' }, state.idle)
        this.set({ state: 'waiting' }, state.waiting)
        this.set({ state: 'max' }, state.max)
      }
    },
  })
  registry.registerMetric(connections)
  return new Histogram({
    name: 'ura_database_connection_wait_seconds',
    help: 'Time until a connection was had, or refused',
    buckets: waitBuckets,
    registers: [registry],
  })
}
