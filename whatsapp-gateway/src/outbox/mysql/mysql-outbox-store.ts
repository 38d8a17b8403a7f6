import type { Clock } from '@ura/core/clock'
import type { Logger } from '@ura/core/logger'
import type { InboundStore } from '../../inbound/inbound-store.ts'
import { MysqlInboundStore } from '../../inbound/mysql-inbound-store.ts'
import { MysqlWebhookCallStore } from '../../webhooks/mysql-webhook-call-store.ts'
import type { WebhookCallStore } from '../../webhooks/webhook-call-store.ts'
import type { Channel } from '../channel.ts'
import type { GatewayStore } from '../gateway-store.ts'
import type { DeadState, MessageState } from '../message-state.ts'
import type {
  Acceptance,
  Backlog,
  Move,
  NewMessage,
  Pacing,
  Replay,
  ReplayOutcome,
  StoredMessage,
  TakenFallback,
  Transition,
} from '../outbox-store.ts'
import { dateOrNull, deadCountsOf, messageOf, messageOrNull, type MessageRow } from '../stored-row.ts'
import { acceptMessage, blankBeyond, holdMessage, keptProviderId, moveRow } from './message-writes.ts'
import { migrateOutbox } from './mysql-outbox-schema.ts'
import { outboxSql } from './mysql-outbox-statements.ts'
import { OwnedConnection } from './owned-connection.ts'
import { replayMessage, takeFallback } from './second-messages.ts'
import type { Session, Values } from './session.ts'

export interface MysqlOutboxOptions {
  /** `mysql://user:password@host:port/database`; the tables' names begin with `gateway_`. */
  databaseUrl: string
  /** Contents of settled messages are blanked but for the newest so many; 0 = none is kept. */
  textsMax: number
  clock: Clock
  log: Logger
  /** Longest wait for one statement, 3,000 by default. */
  statementTimeoutMs?: number
  /** How long a gateway that fell silent still owns the outbox, 15 by default. */
  leaseSeconds?: number
}

/**
 * The outbox in MySQL 8 or 9, or MariaDB from 10.6: what a method resolved with was committed. While the server is away
 * every method fails by `ConnectionUnavailableError`, and works again when the server does.
 */
export class MysqlOutboxStore implements GatewayStore {
  readonly inbound: InboundStore
  readonly webhookCalls: WebhookCallStore
  readonly #connection: OwnedConnection
  readonly #textsMax: number

  private constructor(connection: OwnedConnection, textsMax: number) {
    this.#connection = connection
    this.#textsMax = textsMax
    this.inbound = new MysqlInboundStore(connection)
    this.webhookCalls = new MysqlWebhookCallStore(connection)
  }

  /**
   * Connects, becomes the owner and brings the schema up to date.
   * @throws StartupError when the server can't be reached, another gateway owns the outbox, or the schema is of a newer one
   */
  static async open(options: MysqlOutboxOptions): Promise<MysqlOutboxStore> {
    const { textsMax, clock, log } = options
    const connection = await OwnedConnection.open({
      ...options,
      async onOwned(session, { isFirst, owner }) {
        if (isFirst) {
          await migrateOutbox(session)
          // The driver before this one may have kept more.
          await blankBeyond(session, textsMax)
        } else if (await isOwnedByAnother(session, owner)) {
          const count = await interruptAll(session, { now: clock.now(), textsMax })
          log.warn({ count }, 'another gateway owned the outbox; what it left half done is now unknown')
        }
        await session.execute(outboxSql.becomeOwner, { owner })
      },
    })
    return new MysqlOutboxStore(connection, textsMax)
  }

  async accept(message: NewMessage, queuedMax: number): Promise<Acceptance> {
    return await this.#connection.transaction((session) =>
      acceptMessage(session, message, { queuedMax, textsMax: this.#textsMax }),
    )
  }

  async find(id: string): Promise<StoredMessage | null> {
    return await this.#one(outboxSql.byId, { id })
  }

  async findByIdempotencyKey(key: string): Promise<StoredMessage | null> {
    return await this.#one(outboxSql.byKey, { key })
  }

  async findByProviderId(providerId: string): Promise<StoredMessage | null> {
    return await this.#one(outboxSql.byProviderId, { providerId: keptProviderId(providerId) })
  }

  async history(id: string): Promise<Transition[]> {
    const rows = await this.#all(outboxSql.history, { id })
    return rows.map((row) => ({
      state: row['state'] as MessageState,
      at: new Date(Number(row['at'])),
      reason: row['reason'] as string | null,
    }))
  }

  async move(move: Move): Promise<boolean> {
    return await this.#connection.transaction(async (session) => {
      const [row] = await session.select(outboxSql.byId, { id: move.id })
      return row === undefined
        ? false
        : await moveRow(session, row as unknown as MessageRow, { move, textsMax: this.#textsMax })
    })
  }

  async nextReady({ channel, now, recipientIntervalMs }: Pacing): Promise<StoredMessage | null> {
    const nowMs = now.getTime()
    return await this.#one(outboxSql.nextReady, {
      channel,
      now: nowMs,
      pacedAfter: nowMs - recipientIntervalMs,
    })
  }

  async nextWakeAt({ channel, now, recipientIntervalMs: intervalMs }: Pacing): Promise<Date | null> {
    const nowMs = now.getTime()
    const [row] = await this.#all(outboxSql.nextWakeAt, {
      channel,
      now: nowMs,
      pacedAfter: nowMs - intervalMs,
      intervalMs,
    })
    return dateOrNull(row?.['wakeAt'])
  }

  async expireOverdue({ channel, now }: { channel: Channel; now: Date }): Promise<string[]> {
    const overdue = await this.#all(outboxSql.overdue, { channel, now: now.getTime() })
    if (overdue.length === 0) {
      return []
    }
    return await this.#connection.transaction(async (session) => {
      const rows = overdue as unknown as MessageRow[]
      for (const row of rows) {
        const move = { id: row.id, to: 'expired', at: now, reason: 'deadline' } as const
        await moveRow(session, row, { move, textsMax: this.#textsMax })
      }
      return rows.map(({ id }) => id)
    })
  }

  async recoverInterrupted(now: Date): Promise<number> {
    return await this.#connection.transaction((session) =>
      interruptAll(session, { now, textsMax: this.#textsMax }),
    )
  }

  async hold(id: string, hold: { at: Date; until: Date; deadline: Date }): Promise<boolean> {
    return await this.#connection.transaction((session) => holdMessage(session, id, hold))
  }

  async releaseHeld({ channel, now }: { channel: Channel; now: Date }): Promise<Date | null> {
    await this.#connection.run((session) =>
      session.execute(outboxSql.release, { channel, now: now.getTime() }),
    )
    return await this.heldUntil(channel)
  }

  async heldUntil(channel: Channel): Promise<Date | null> {
    const [row] = await this.#all(outboxSql.heldUntil, { channel })
    return dateOrNull(row?.['until'])
  }

  async heldCount(channel: Channel): Promise<number> {
    const [row] = await this.#all(outboxSql.heldCount, { channel })
    return Number(row?.['count'])
  }

  async takeFallback(take: { now: Date; newId: string; isPossible: boolean }): Promise<TakenFallback | null> {
    return await this.#connection.transaction((session) =>
      takeFallback(session, { ...take, textsMax: this.#textsMax }),
    )
  }

  async nextFallbackAt(): Promise<Date | null> {
    const [row] = await this.#all(outboxSql.nextFallbackAt)
    return dateOrNull(row?.['dueAt'])
  }

  async findFallbackOf(id: string): Promise<StoredMessage | null> {
    return await this.#one(outboxSql.byFallbackOf, { id })
  }

  async backlog(channel: Channel | null): Promise<Backlog> {
    const [row] = await this.#all(outboxSql.backlog, { channel })
    return { depth: Number(row?.['depth']), waitingSince: dateOrNull(row?.['since']) }
  }

  async transcript(query: {
    to: string | null
    after: number | null
    limit: number
  }): Promise<StoredMessage[]> {
    const { to: recipient, after, limit } = query
    const rows =
      after === null
        ? await this.#all(outboxSql.newestTexts, { recipient, limit })
        : await this.#all(outboxSql.textsAfter, { recipient, after, limit })
    return rows.map(messageOf)
  }

  async deadLetters(query: {
    states: readonly DeadState[]
    before: number | null
    limit: number
  }): Promise<StoredMessage[]> {
    return query.states.length === 0
      ? []
      : (await this.#all(outboxSql.deadLetters, { ...query, states: [...query.states] })).map(messageOf)
  }

  async deadCounts(): Promise<Record<DeadState, number>> {
    return deadCountsOf(await this.#all(outboxSql.deadCounts))
  }

  async replay(replay: Replay, queuedMax: number): Promise<ReplayOutcome> {
    return await this.#connection.transaction((session) => replayMessage(session, replay, queuedMax))
  }

  async findReplayOf(deadId: string): Promise<StoredMessage | null> {
    return await this.#one(outboxSql.byReplayOf, { id: deadId })
  }

  async prune(before: Date): Promise<number> {
    return await this.#connection.run(
      async (session) => (await session.execute(outboxSql.prune, { before: before.getTime() })).affectedRows,
    )
  }

  async close(): Promise<void> {
    await this.#connection.close()
  }

  async #all(sql: string, values?: Values): Promise<Record<string, unknown>[]> {
    return await this.#connection.run((session) => session.select(sql, values))
  }

  async #one(sql: string, values: Values): Promise<StoredMessage | null> {
    const [row] = await this.#all(sql, values)
    return messageOrNull(row)
  }
}

async function isOwnedByAnother(session: Session, owner: string): Promise<boolean> {
  const [row] = await session.select(outboxSql.owner)
  return row?.['owner'] !== owner
}

async function interruptAll(
  session: Session,
  { now, textsMax }: { now: Date; textsMax: number },
): Promise<number> {
  const rows = (await session.select(outboxSql.interrupted)) as unknown as MessageRow[]
  for (const row of rows) {
    const move = { id: row.id, to: 'unknown', at: now, reason: 'interrupted' } as const
    await moveRow(session, row, { move, textsMax })
  }
  return rows.length
}
