import type { DatabaseSync } from 'node:sqlite'
import type { Acceptance, NewMessage } from '../outbox/outbox-store.ts'
import { inboundOf } from './inbound-row.ts'
import type { InboundCompletion, InboundStore, RecentOutcomes, StoredInbound } from './inbound-store.ts'
import type { ReceivedMessage } from './received-message.ts'

/** The outbox in the same file, as far as replies need it. */
export interface SqliteReplies {
  /** Runs work in one transaction of the file: on disk when this returns, or not at all. */
  transaction<T>(work: () => T): T
  /** Takes a message into the outbox within the transaction that is open. */
  accept(message: NewMessage, queuedMax: number): Acceptance
}

/** Received messages in the outbox's own file, so that a reply and the mark of what it answers are one transaction. */
export class SqliteInboundStore implements InboundStore {
  readonly #sql: ReturnType<typeof prepareInboundStatements>
  readonly #outbox: SqliteReplies

  constructor(database: DatabaseSync, outbox: SqliteReplies) {
    this.#sql = prepareInboundStatements(database)
    this.#outbox = outbox
  }

  async receive(
    message: ReceivedMessage,
    { receivedAt, unprocessedMax }: { receivedAt: Date; unprocessedMax: number },
  ): Promise<'stored' | 'repeated' | 'full'> {
    const { channel, id, from, sentAt, kind, text, isPrivate, raw } = message
    return this.#outbox.transaction(() => {
      if (this.#sql.byId.get({ channel, id }) !== undefined) {
        return 'repeated'
      }
      if (Number(this.#sql.waitingCount.get()?.['count']) >= unprocessedMax) {
        return 'full'
      }
      this.#sql.insert.run({
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
    const row = this.#sql.next.get(now.getTime())
    return row === undefined ? null : inboundOf(row)
  }

  async nextDueAt(): Promise<Date | null> {
    const dueAt = this.#sql.nextDueAt.get()?.['dueAt']
    return typeof dueAt === 'number' ? new Date(dueAt) : null
  }

  async postpone(place: number, until: Date): Promise<void> {
    this.#sql.postpone.run({ place, until: until.getTime() })
  }

  async complete(place: number, completion: InboundCompletion): Promise<boolean> {
    const { outcome, at, reply, queuedMax } = completion
    return this.#outbox.transaction(() => {
      // A reply that is known already (`repeated`) has been promised before: nothing more to send.
      if (reply !== null && this.#outbox.accept(reply, queuedMax).outcome === 'full') {
        return false
      }
      this.#sql.complete.run({ place, outcome, at: at.getTime() })
      return true
    })
  }

  async recentOutcomes(from: string, after: Date): Promise<RecentOutcomes> {
    const row = this.#sql.recentOutcomes.get({ from, after: after.getTime() })
    return { answered: Number(row?.['answered']), helped: Number(row?.['helped']) }
  }

  async lastMessageAt(channel: string, phones: readonly string[]): Promise<Date | null> {
    const times = phones
      .map((phone) => this.#sql.lastMessageAt.get({ channel, phone })?.['sentAt'])
      .filter((time) => typeof time === 'number')
    return times.length === 0 ? null : new Date(Math.max(...times))
  }

  async prune(before: Date): Promise<number> {
    return Number(this.#sql.prune.run(before.getTime()).changes)
  }
}

function prepareInboundStatements(database: DatabaseSync) {
  return {
    insert: database.prepare(
      `INSERT INTO inbound_message
         (channel, message_id, sender, sent_at, kind, text, is_private, raw, received_at, due_at)
       VALUES (:channel, :id, :from, :sentAt, :kind, :text, :isPrivate, :raw, :receivedAt, :receivedAt)`,
    ),
    byId: database.prepare('SELECT seq FROM inbound_message WHERE channel = :channel AND message_id = :id'),
    waitingCount: database.prepare(
      'SELECT count(*) AS count FROM inbound_message WHERE processed_at IS NULL',
    ),
    next: database.prepare(
      `SELECT * FROM inbound_message INDEXED BY inbound_waiting
       WHERE processed_at IS NULL AND due_at <= ? ORDER BY seq LIMIT 1`,
    ),
    nextDueAt: database.prepare(
      'SELECT min(due_at) AS dueAt FROM inbound_message WHERE processed_at IS NULL',
    ),
    postpone: database.prepare(
      'UPDATE inbound_message SET tries = tries + 1, due_at = :until WHERE seq = :place',
    ),
    complete: database.prepare(
      'UPDATE inbound_message SET processed_at = :at, outcome = :outcome WHERE seq = :place',
    ),
    recentOutcomes: database.prepare(
      `SELECT coalesce(sum(outcome = 'answered'), 0) AS answered, coalesce(sum(outcome = 'helped'), 0) AS helped
       FROM inbound_message WHERE sender = :from AND processed_at > :after`,
    ),
    lastMessageAt: database.prepare(
      `SELECT max(sent_at) AS sentAt FROM inbound_message
       WHERE sender = :phone AND channel = :channel AND is_private = 1`,
    ),
    prune: database.prepare(
      `DELETE FROM inbound_message WHERE seq IN (SELECT seq FROM inbound_message
         WHERE received_at < ? AND processed_at IS NOT NULL ORDER BY received_at LIMIT 1000)`,
    ),
  }
}
