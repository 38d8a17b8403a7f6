import type { OwnedConnection } from '../outbox/mysql/owned-connection.ts'
import type { WebhookCall, WebhookCallStore } from './webhook-call-store.ts'

/** The calls in the outbox's own database, over its owner's connection. */
export class MysqlWebhookCallStore implements WebhookCallStore {
  readonly #connection: OwnedConnection

  constructor(connection: OwnedConnection) {
    this.#connection = connection
  }

  async keep(
    body: string,
    { receivedAt, waitingMax }: { receivedAt: Date; waitingMax: number },
  ): Promise<boolean> {
    return await this.#connection.transaction(async (session) => {
      const [waiting] = await session.select(webhookSql.waitingCount)
      if (Number(waiting?.['count']) >= waitingMax) {
        return false
      }
      await session.execute(webhookSql.insert, { body, receivedAt: receivedAt.getTime() })
      return true
    })
  }

  async next(): Promise<WebhookCall | null> {
    const [row] = await this.#connection.run((session) => session.select(webhookSql.next))
    return row === undefined ? null : { place: Number(row['seq']), body: String(row['body']) }
  }

  async done(place: number): Promise<void> {
    await this.#connection.run((session) => session.execute(webhookSql.remove, { place }))
  }

  async setAside(place: number, at: Date): Promise<void> {
    await this.#connection.run((session) => session.execute(webhookSql.setAside, { place, at: at.getTime() }))
  }

  async prune(before: Date): Promise<number> {
    const { affectedRows } = await this.#connection.run((session) =>
      session.execute(webhookSql.prune, { before: before.getTime() }),
    )
    return affectedRows
  }
}

const calls = 'gateway_webhook_calls'

const webhookSql = {
  insert: `INSERT INTO ${calls} (body, received_at) VALUES (:body, :receivedAt)`,
  waitingCount: `SELECT count(*) AS count FROM ${calls} WHERE set_aside_at IS NULL`,
  next: `SELECT seq, body FROM ${calls} WHERE set_aside_at IS NULL ORDER BY seq LIMIT 1`,
  remove: `DELETE FROM ${calls} WHERE seq = :place`,
  setAside: `UPDATE ${calls} SET set_aside_at = :at WHERE seq = :place`,
  prune: `DELETE FROM ${calls} WHERE set_aside_at < :before`,
} as const
