import type { DatabaseSync } from 'node:sqlite'
import type { InboundStore } from '../inbound/inbound-store.ts'
import { SqliteInboundStore } from '../inbound/sqlite-inbound-store.ts'
import { SqliteWebhookCallStore } from '../webhooks/sqlite-webhook-call-store.ts'
import type { WebhookCallStore } from '../webhooks/webhook-call-store.ts'
import type { GatewayStore } from './gateway-store.ts'
import { type DeadState, isSettled, mayMove, type MessageState } from './message-state.ts'
import {
  type Acceptance,
  deadTextsMax,
  type Move,
  type NewMessage,
  type Pacing,
  type Replay,
  type ReplayOutcome,
  type StoredMessage,
  type Transition,
} from './outbox-store.ts'
import { inTransaction, openOutboxDatabase } from './sqlite-outbox-schema.ts'
import { prepareStatements } from './sqlite-outbox-statements.ts'
import {
  dateOrNull,
  deadCountsOf,
  keepsContent,
  messageOf,
  messageOrNull,
  type MessageRow,
  occupiesRecipient,
  queuedChange,
} from './stored-row.ts'

/** The outbox in a SQLite file: what a method resolved with survives a power cut (WAL, synchronous = FULL). */
export class SqliteOutboxStore implements GatewayStore {
  readonly #database: DatabaseSync
  readonly #sql: ReturnType<typeof prepareStatements>
  readonly #textsMax: number
  readonly inbound: InboundStore
  readonly webhookCalls: WebhookCallStore
  /** How many wait, counted along: nobody else writes, and a count would read all of them. */
  #queued: number

  /**
   * Opens (or makes) the outbox at `path`. Contents of settled messages are blanked but for the newest `textsMax`;
   * 0 = none is kept.
   * @throws StartupError telling why the outbox can't be opened, as by another process that has it open
   */
  constructor(options: { path: string; textsMax: number }) {
    this.#database = openOutboxDatabase(options.path)
    this.#sql = prepareStatements(this.#database)
    this.#textsMax = options.textsMax
    this.#queued = Number(this.#sql.queuedCount.get()?.['count'])
    this.inbound = new SqliteInboundStore(this.#database, {
      transaction: (work) => this.#write(work),
      accept: (message, queuedMax) => this.#accept(message, queuedMax),
    })
    this.webhookCalls = new SqliteWebhookCallStore(this.#database)
    // The driver before this one may have kept more.
    this.#sql.blankBeyond.run(this.#textsMax)
  }

  async accept(message: NewMessage, queuedMax: number): Promise<Acceptance> {
    return this.#write(() => this.#accept(message, queuedMax))
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
    return this.#write(() => {
      const row = this.#sql.byId.get(move.id)
      return row === undefined ? false : this.#moveRow(toRow(row), move)
    })
  }

  async nextReady(pacing: Pacing): Promise<StoredMessage | null> {
    const { now, recipientIntervalMs } = pacing
    const nowMs = now.getTime()
    return messageOrNull(this.#sql.nextReady.get({ now: nowMs, pacedAfter: nowMs - recipientIntervalMs }))
  }

  async nextWakeAt(pacing: Pacing): Promise<Date | null> {
    const { now, recipientIntervalMs } = pacing
    const nowMs = now.getTime()
    const row = this.#sql.nextWakeAt.get({
      now: nowMs,
      pacedAfter: nowMs - recipientIntervalMs,
      intervalMs: recipientIntervalMs,
    })
    return dateOrNull(row?.['wakeAt'])
  }

  async expireOverdue(now: Date): Promise<string[]> {
    const rows = this.#sql.overdue.all(now.getTime())
    if (rows.length === 0) {
      return []
    }
    return this.#write(() =>
      rows.map(toRow).map((row) => {
        this.#moveRow(row, { id: row.id, to: 'expired', at: now, reason: 'deadline' })
        return row.id
      }),
    )
  }

  async recoverInterrupted(now: Date): Promise<number> {
    return this.#write(() => {
      const rows = this.#sql.interrupted.all().map(toRow)
      rows.forEach((row) => this.#moveRow(row, { id: row.id, to: 'unknown', at: now, reason: 'interrupted' }))
      return rows.length
    })
  }

  async backlog(): Promise<{ depth: number; oldestAcceptedAt: Date | null }> {
    const row = this.#sql.backlog.get()
    return { depth: Number(row?.['depth']), oldestAcceptedAt: dateOrNull(row?.['oldest']) }
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

  async replay({ deadId, deadState, ...replacement }: Replay, queuedMax: number): Promise<ReplayOutcome> {
    return this.#write(() => {
      const earlier = this.#sql.byReplayOf.get(deadId)
      if (earlier !== undefined) {
        return { outcome: 'repeated', message: messageOf(earlier) }
      }
      const dead = this.#sql.byId.get(deadId)
      if (dead === undefined || toRow(dead).state !== deadState || toRow(dead).content === null) {
        return { outcome: 'changed' }
      }
      if (this.#queued >= queuedMax) {
        return { outcome: 'full' }
      }
      const { seq, body_hash: bodyHash, recipient: to, kind, content } = toRow(dead)
      this.#sql.blank.run(seq)
      return this.#insert({
        ...replacement,
        idempotencyKey: null,
        bodyHash,
        to,
        kind,
        content,
        replayOf: deadId,
      })
    })
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

  /** One transaction; the count of what waits goes back with it. */
  #write<T>(work: () => T): T {
    const queuedBefore = this.#queued
    try {
      return inTransaction(this.#database, work)
    } catch (error) {
      this.#queued = queuedBefore
      throw error
    }
  }

  #accept(message: NewMessage, queuedMax: number): Acceptance {
    const earlier = message.idempotencyKey === null ? undefined : this.#sql.byKey.get(message.idempotencyKey)
    if (earlier !== undefined) {
      return { outcome: 'repeated', message: messageOf(earlier) }
    }
    if (this.#queued >= queuedMax) {
      return { outcome: 'full' }
    }
    return this.#insert({
      ...message,
      content: JSON.stringify(message.content),
      kind: message.content.kind,
    })
  }

  #insert(
    message: Omit<NewMessage, 'content'> & Pick<MessageRow, 'kind' | 'content'> & { replayOf?: string },
  ): { outcome: 'accepted'; message: StoredMessage } {
    const { id, acceptedAt } = message
    const { lastInsertRowid: seq } = this.#sql.insert.run({
      id,
      idempotencyKey: message.idempotencyKey,
      bodyHash: message.bodyHash,
      recipient: message.to,
      kind: message.kind,
      content: message.content,
      acceptedAt: acceptedAt.getTime(),
      deadline: message.deadline.getTime(),
      replayOf: message.replayOf ?? null,
    })
    this.#sql.addTransition.run({ seq, state: 'queued', at: acceptedAt.getTime(), reason: null })
    this.#queued += 1
    return { outcome: 'accepted', message: messageOf(this.#sql.byId.get(id)) }
  }

  #moveRow(row: MessageRow, move: Move): boolean {
    const { seq } = row
    if (!mayMove(row.state, move.to)) {
      if (move.providerId !== undefined && row.provider_id === null) {
        this.#sql.setProviderId.run({ seq, providerId: move.providerId })
      }
      return false
    }
    this.#queued += queuedChange(row.state, move.to)
    const at = move.at.getTime()
    this.#sql.changeState.run({
      seq,
      at,
      state: move.to,
      dueAt: move.dueAt?.getTime() ?? null,
      providerId: move.providerId ?? null,
      keepsContent: keepsContent(row, move.to) && row.content !== null ? 1 : 0,
      occupies: occupiesRecipient(row.state, move.to) ? 1 : 0,
    })
    this.#sql.addTransition.run({ seq, at, state: move.to, reason: move.reason ?? null })
    if (isSettled(move.to)) {
      this.#sql.blankBeyond.run(this.#textsMax)
    }
    if (keepsContent(row, move.to)) {
      this.#sql.blankDeadBeyond.run(deadTextsMax)
    }
    return true
  }
}

function toRow(row: unknown): MessageRow {
  return row as MessageRow
}
