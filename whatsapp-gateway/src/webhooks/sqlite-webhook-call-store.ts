import type { DatabaseSync } from 'node:sqlite'
import { inTransaction } from '../outbox/sqlite-outbox-schema.ts'
import type { WebhookCall, WebhookCallStore } from './webhook-call-store.ts'

/** The calls in the outbox's own SQLite file. */
export class SqliteWebhookCallStore implements WebhookCallStore {
  readonly #database: DatabaseSync
  readonly #sql: ReturnType<typeof prepareWebhookStatements>

  constructor(database: DatabaseSync) {
    this.#database = database
    this.#sql = prepareWebhookStatements(database)
  }

  async keep(
    body: string,
    { receivedAt, waitingMax }: { receivedAt: Date; waitingMax: number },
  ): Promise<boolean> {
    return inTransaction(this.#database, () => {
      if (Number(this.#sql.waitingCount.get()?.['count']) >= waitingMax) {
        return false
      }
      this.#sql.insert.run(body, receivedAt.getTime())
      return true
    })
  }

  async next(): Promise<WebhookCall | null> {
    const row = this.#sql.next.get()
    return row === undefined ? null : { place: Number(row['seq']), body: String(row['body']) }
  }

  async done(place: number): Promise<void> {
    this.#sql.remove.run(place)
  }

  async setAside(place: number, at: Date): Promise<void> {
    this.#sql.setAside.run(at.getTime(), place)
  }

  async prune(before: Date): Promise<number> {
    return Number(this.#sql.prune.run(before.getTime()).changes)
  }
}

function prepareWebhookStatements(database: DatabaseSync) {
  return {
    insert: database.prepare('INSERT INTO webhook_call (body, received_at) VALUES (?, ?)'),
    waitingCount: database.prepare('SELECT count(*) AS count FROM webhook_call WHERE set_aside_at IS NULL'),
    next: database.prepare(
      'SELECT seq, body FROM webhook_call WHERE set_aside_at IS NULL ORDER BY seq LIMIT 1',
    ),
    remove: database.prepare('DELETE FROM webhook_call WHERE seq = ?'),
    setAside: database.prepare('UPDATE webhook_call SET set_aside_at = ? WHERE seq = ?'),
    prune: database.prepare('DELETE FROM webhook_call WHERE set_aside_at < ?'),
  }
}
