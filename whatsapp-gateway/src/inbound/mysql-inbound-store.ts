import { acceptMessage } from '../outbox/mysql/message-writes.ts'
import type { OwnedConnection } from '../outbox/mysql/owned-connection.ts'
import { dateOrNull } from '../outbox/stored-row.ts'
import { inboundOf } from './inbound-row.ts'
import type { InboundCompletion, InboundStore, RecentOutcomes, StoredInbound } from './inbound-store.ts'
import type { ReceivedMessage } from './received-message.ts'

/**
 * Received messages in the outbox's own database, over its owner's connection, so that a reply and the mark of what it
 * answers are one transaction.
 */
export class MysqlInboundStore implements InboundStore {
  readonly #connection: OwnedConnection

  constructor(connection: OwnedConnection) {
    this.#connection = connection
  }

  async receive(
    message: ReceivedMessage,
    { receivedAt, unprocessedMax }: { receivedAt: Date; unprocessedMax: number },
  ): Promise<'stored' | 'repeated' | 'full'> {
    const { channel, id, from, sentAt, kind, text, isPrivate, raw } = message
    return await this.#connection.transaction(async (session) => {
      const [known] = await session.select(inboundSql.byId, { channel, id })
      if (known !== undefined) {
        return 'repeated'
      }
      const [waiting] = await session.select(inboundSql.waitingCount)
      if (Number(waiting?.['count']) >= unprocessedMax) {
        return 'full'
      }
      await session.execute(inboundSql.insert, {
        channel,
        id,
        from,
        sentAt: sentAt.getTime(),
        kind,
        text,
        isPrivate: Number(isPrivate),
        raw,
        receivedAt: receivedAt.getTime(),
      })
      return 'stored'
    })
  }

  async next(now: Date): Promise<StoredInbound | null> {
    const [row] = await this.#connection.run((session) =>
      session.select(inboundSql.next, { now: now.getTime() }),
    )
    return row === undefined ? null : inboundOf(row)
  }

  async nextDueAt(): Promise<Date | null> {
    const [row] = await this.#connection.run((session) => session.select(inboundSql.nextDueAt))
    return dateOrNull(row?.['dueAt'])
  }

  async postpone(place: number, until: Date): Promise<void> {
    await this.#connection.run((session) =>
      session.execute(inboundSql.postpone, { place, until: until.getTime() }),
    )
  }

  async complete(place: number, completion: InboundCompletion): Promise<boolean> {
    const { outcome, at, reply, queuedMax } = completion
    return await this.#connection.transaction(async (session) => {
      // A reply that is known already (`repeated`) has been promised before: nothing more to send.
      if (
        reply !== null &&
        (await acceptMessage(session, reply, { queuedMax, textsMax: 0 })).outcome === 'full'
      ) {
        return false
      }
      await session.execute(inboundSql.complete, { place, outcome, at: at.getTime() })
      return true
    })
  }

  async recentOutcomes(from: string, after: Date): Promise<RecentOutcomes> {
    const [row] = await this.#connection.run((session) =>
      session.select(inboundSql.recentOutcomes, { from, after: after.getTime() }),
    )
    return { answered: Number(row?.['answered']), helped: Number(row?.['helped']) }
  }

  async lastMessageAt(channel: string, phones: readonly string[]): Promise<Date | null> {
    if (phones.length === 0) {
      return null
    }
    const [row] = await this.#connection.run((session) =>
      session.select(inboundSql.lastMessageAt, { channel, phones: [...phones] }),
    )
    return dateOrNull(row?.['sentAt'])
  }

  async prune(before: Date): Promise<number> {
    const { affectedRows } = await this.#connection.run((session) =>
      session.execute(inboundSql.prune, { before: before.getTime() }),
    )
    return affectedRows
  }
}

const messages = 'gateway_inbound_messages'

const inboundSql = {
  insert: `INSERT INTO ${messages}
      (channel, message_id, sender, sent_at, kind, text, is_private, raw, received_at, due_at)
    VALUES (:channel, :id, :from, :sentAt, :kind, :text, :isPrivate, :raw, :receivedAt, :receivedAt)`,
  byId: `SELECT seq FROM ${messages} WHERE channel = :channel AND message_id = :id`,
  waitingCount: `SELECT count(*) AS count FROM ${messages} WHERE processed_at IS NULL`,
  // In order of arrival, so that many that wait cost no more than the first of them.
  next: `SELECT * FROM ${messages} FORCE INDEX (inbound_waiting)
    WHERE processed_at IS NULL AND due_at <= :now ORDER BY seq LIMIT 1`,
  nextDueAt: `SELECT min(due_at) AS dueAt FROM ${messages} WHERE processed_at IS NULL`,
  postpone: `UPDATE ${messages} SET tries = tries + 1, due_at = :until WHERE seq = :place`,
  complete: `UPDATE ${messages} SET processed_at = :at, outcome = :outcome WHERE seq = :place`,
  recentOutcomes: `SELECT coalesce(sum(outcome = 'answered'), 0) AS answered, coalesce(sum(outcome = 'helped'), 0) AS helped
    FROM ${messages} WHERE sender = :from AND processed_at > :after`,
  lastMessageAt: `SELECT max(sent_at) AS sentAt FROM ${messages}
    WHERE sender IN (:phones) AND channel = :channel AND is_private = 1`,
  prune: `DELETE FROM ${messages} WHERE received_at < :before AND processed_at IS NOT NULL
    ORDER BY received_at LIMIT 1000`,
} as const
