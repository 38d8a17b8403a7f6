import type { DatabaseSync } from 'node:sqlite'
import { inTransaction } from '../outbox/sqlite-outbox-schema.ts'

/** A call of the provider's that has not been worked through. */
export interface WebhookCall {
  readonly place: number
  /** As it came. */
  readonly body: string
}

/** Webhook calls between their 200 and their effect. What a method resolved with is on disk. */
export interface WebhookCallStore {
  /** Keeps a call; false when `waitingMax` wait already. */
  keep(body: string, options: { receivedAt: Date; waitingMax: number }): Promise<boolean>
  /** The oldest that waits; null = none. */
  next(): Promise<WebhookCall | null>
  /** Forgets a call whose effects are on disk. */
  done(place: number): Promise<void>
  /** Takes a call that could not be worked through out of the way of the others; it is kept to be looked at. */
  setAside(place: number, at: Date): Promise<void>
  /** Forgets calls that were set aside before a time. */
  prune(before: Date): Promise<void>
}

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

  async prune(before: Date): Promise<void> {
    this.#sql.prune.run(before.getTime())
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
