import type { DatabaseSync } from 'node:sqlite'
import type { InboundStore } from '../inbound/inbound-store.ts'
import { SqliteInboundStore } from '../inbound/sqlite-inbound-store.ts'
import { SqliteWebhookCallStore } from '../webhooks/sqlite-webhook-call-store.ts'
import type { WebhookCallStore } from '../webhooks/webhook-call-store.ts'
import type { Channel } from './channel.ts'
import type { GatewayStore } from './gateway-store.ts'
import type { DeadState, MessageState } from './message-state.ts'
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
} from './outbox-store.ts'
import { SqliteMessageWrites } from './sqlite-message-writes.ts'
import { openOutboxDatabase } from './sqlite-outbox-schema.ts'
import { prepareStatements } from './sqlite-outbox-statements.ts'
import { dateOrNull, deadCountsOf, messageOf, messageOrNull, type MessageRow } from './stored-row.ts'

/** The outbox in a SQLite file: what a method resolved with survives a power cut (WAL, synchronous = FULL). */
export class SqliteOutboxStore implements GatewayStore {
  readonly #database: DatabaseSync
  readonly #sql: ReturnType<typeof prepareStatements>
  readonly #writes: SqliteMessageWrites
  readonly inbound: InboundStore
  readonly webhookCalls: WebhookCallStore
  /**
   * Opens (or makes) the outbox at `path`. Contents of settled messages are blanked but for the newest `textsMax`;
   * 0 = none is kept.
   * @throws StartupError telling why the outbox can't be opened, as by another process that has it open
   */
  constructor(options: { path: string; textsMax: number }) {
    this.#database = openOutboxDatabase(options.path)
    this.#sql = prepareStatements(this.#database)
    const writes = new SqliteMessageWrites(this.#database, { sql: this.#sql, textsMax: options.textsMax })
    this.#writes = writes
    this.inbound = new SqliteInboundStore(this.#database, writes)
    this.webhookCalls = new SqliteWebhookCallStore(this.#database)
    // The driver before this one may have kept more.
    this.#sql.blankBeyond.run(options.textsMax)
  }

  async accept(message: NewMessage, queuedMax: number): Promise<Acceptance> {
    return this.#writes.transaction(() => this.#writes.accept(message, queuedMax))
  }

  async find(id: string): Promise<StoredMessage | null> {
    return messageOrNull(this.#sql.byId.get(id))
  }

  async findByIdempotencyKey(key: string): Promise<StoredMessage | null> {
    return messageOrNull(this.#sql.byKey.get(key))
  }

  async findByProviderId(providerId: string): Promise<StoredMessage | null> {
    return messageOrNull(this.#sql.byProviderId.get(providerId))
  }

  async history(id: string): Promise<Transition[]> {
    return this.#sql.history.all(id).map((row) => ({
      state: row['state'] as MessageState,
      at: new Date(Number(row['at'])),
      reason: row['reason'] as string | null,
    }))
  }

  async move(move: Move): Promise<boolean> {
    return this.#writes.transaction(() => {
      const row = this.#sql.byId.get(move.id)
      return row === undefined ? false : this.#writes.moveRow(toRow(row), move)
    })
  }

  async nextReady(pacing: Pacing): Promise<StoredMessage | null> {
    const { channel, now, recipientIntervalMs } = pacing
    const nowMs = now.getTime()
    return messageOrNull(
      this.#sql.nextReady.get({ channel, now: nowMs, pacedAfter: nowMs - recipientIntervalMs }),
    )
  }

  async nextWakeAt(pacing: Pacing): Promise<Date | null> {
    const { channel, now, recipientIntervalMs } = pacing
    const nowMs = now.getTime()
    const row = this.#sql.nextWakeAt.get({
      channel,
      now: nowMs,
      pacedAfter: nowMs - recipientIntervalMs,
      intervalMs: recipientIntervalMs,
    })
    return dateOrNull(row?.['wakeAt'])
  }

  async expireOverdue({ channel, now }: { channel: Channel; now: Date }): Promise<string[]> {
    const rows = this.#sql.overdue.all({ channel, now: now.getTime() })
    if (rows.length === 0) {
      return []
    }
    return this.#writes.transaction(() =>
      rows.map(toRow).map((row) => {
        this.#writes.moveRow(row, { id: row.id, to: 'expired', at: now, reason: 'deadline' })
        return row.id
      }),
    )
  }

  async recoverInterrupted(now: Date): Promise<number> {
    return this.#writes.transaction(() => {
      const rows = this.#sql.interrupted.all().map(toRow)
      rows.forEach((row) =>
        this.#writes.moveRow(row, { id: row.id, to: 'unknown', at: now, reason: 'interrupted' }),
      )
      return rows.length
    })
  }

  async hold(id: string, hold: { at: Date; until: Date; deadline: Date }): Promise<boolean> {
    return this.#writes.transaction(() => this.#writes.hold(id, hold))
  }

  async releaseHeld({ channel, now }: { channel: Channel; now: Date }): Promise<Date | null> {
    this.#sql.release.run({ channel, now: now.getTime() })
    return await this.heldUntil(channel)
  }

  async heldUntil(channel: Channel): Promise<Date | null> {
    return dateOrNull(this.#sql.heldUntil.get({ channel })?.['until'])
  }

  async heldCount(channel: Channel): Promise<number> {
    return Number(this.#sql.heldCount.get({ channel })?.['count'])
  }

  async takeFallback(take: { now: Date; newId: string; isPossible: boolean }): Promise<TakenFallback | null> {
    return this.#writes.transaction(() => this.#writes.takeFallback(take))
  }

  async nextFallbackAt(): Promise<Date | null> {
    return dateOrNull(this.#sql.nextFallbackAt.get()?.['dueAt'])
  }

  async findFallbackOf(id: string): Promise<StoredMessage | null> {
    return messageOrNull(this.#sql.byFallbackOf.get(id))
  }

  async backlog(channel: Channel | null): Promise<Backlog> {
    const row = this.#sql.backlog.get({ channel })
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
        ? this.#sql.newestTexts.all({ recipient, limit })
        : this.#sql.textsAfter.all({ recipient, after, limit })
    return rows.map(messageOf)
  }

  async deadLetters(query: {
    states: readonly DeadState[]
    before: number | null
    limit: number
  }): Promise<StoredMessage[]> {
    return this.#sql.deadLetters.all({ ...query, states: JSON.stringify(query.states) }).map(messageOf)
  }

  async deadCounts(): Promise<Record<DeadState, number>> {
    return deadCountsOf(this.#sql.deadCounts.all())
  }

  async replay(replay: Replay, queuedMax: number): Promise<ReplayOutcome> {
    return this.#writes.transaction(() => this.#writes.replay(replay, queuedMax))
  }

  async findReplayOf(deadId: string): Promise<StoredMessage | null> {
    return messageOrNull(this.#sql.byReplayOf.get(deadId))
  }

  async prune(before: Date): Promise<number> {
    return Number(this.#sql.prune.run(before.getTime()).changes)
  }

  async close(): Promise<void> {
    this.#database.close()
  }
}

function toRow(row: unknown): MessageRow {
  return row as MessageRow
}
