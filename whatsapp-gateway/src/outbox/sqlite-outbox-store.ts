import type { DatabaseSync } from 'node:sqlite'
import type { MessageContent } from '../drivers/driver.ts'
import type { InboundStore } from '../inbound/inbound-store.ts'
import { SqliteInboundStore } from '../inbound/sqlite-inbound-store.ts'
import { SqliteWebhookCallStore, type WebhookCallStore } from '../webhooks/webhook-call-store.ts'
import { isSettled, mayMove, type MessageState } from './message-state.ts'
import type {
  Acceptance,
  Move,
  NewMessage,
  OutboxStore,
  Pacing,
  StoredMessage,
  Transition,
} from './outbox-store.ts'
import { inTransaction, openOutboxDatabase } from './sqlite-outbox-schema.ts'
import { prepareStatements } from './sqlite-outbox-statements.ts'

/** A row of `message`; the STRICT table with its checks vouches for the types. */
interface MessageRow {
  seq: number
  id: string
  body_hash: string
  recipient: string
  content: string | null
  state: MessageState
  tries: number
  accepted_at: number
  deadline: number
  provider_id: string | null
}

/** The outbox in a SQLite file: what a method resolved with survives a power cut (WAL, synchronous = FULL). */
export class SqliteOutboxStore implements OutboxStore {
  readonly #database: DatabaseSync
  readonly #sql: ReturnType<typeof prepareStatements>
  readonly #textsMax: number
  /** Received messages, in the same file: a reply and the mark of what it answers are one transaction. */
  readonly inbound: InboundStore
  /** Calls of a provider's webhook, in the same file. */
  readonly webhookCalls: WebhookCallStore

  /**
   * Opens (or makes) the outbox at `path`. Contents of settled messages are blanked but for the newest `textsMax`;
   * 0 = none is kept.
   * @throws StartupError telling why the outbox can't be opened, as by another process that has it open
   */
  constructor(options: { path: string; textsMax: number }) {
    this.#database = openOutboxDatabase(options.path)
    this.#sql = prepareStatements(this.#database)
    this.#textsMax = options.textsMax
    this.inbound = new SqliteInboundStore(this.#database, (message, queuedMax) =>
      this.#acceptRow(message, queuedMax),
    )
    this.webhookCalls = new SqliteWebhookCallStore(this.#database)
    // The driver before this one may have kept more.
    this.#sql.blankBeyond.run(this.#textsMax)
  }

  async accept(message: NewMessage, queuedMax: number): Promise<Acceptance> {
    return inTransaction(this.#database, () => this.#acceptRow(message, queuedMax))
  }

  async find(id: string): Promise<StoredMessage | null> {
    return toMessageOrNull(this.#sql.byId.get(id))
  }

  async findByIdempotencyKey(key: string): Promise<StoredMessage | null> {
    return toMessageOrNull(this.#sql.byKey.get(key))
  }

  async findByProviderId(providerId: string): Promise<StoredMessage | null> {
    return toMessageOrNull(this.#sql.byProviderId.get(providerId))
  }

  async history(id: string): Promise<Transition[]> {
    return this.#sql.history.all(id).map((row) => ({
      state: row['state'] as MessageState,
      at: new Date(Number(row['at'])),
      reason: row['reason'] as string | null,
    }))
  }

  async move(move: Move): Promise<boolean> {
    return inTransaction(this.#database, () => {
      const row = this.#sql.byId.get(move.id)
      return row === undefined ? false : this.#moveRow(toRow(row), move)
    })
  }

  async nextReady(pacing: Pacing): Promise<StoredMessage | null> {
    const { now, recipientIntervalMs } = pacing
    const nowMs = now.getTime()
    return toMessageOrNull(this.#sql.nextReady.get({ now: nowMs, pacedAfter: nowMs - recipientIntervalMs }))
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
    return inTransaction(this.#database, () =>
      rows.map(toRow).map((row) => {
        this.#moveRow(row, { id: row.id, to: 'expired', at: now, reason: 'deadline' })
        return row.id
      }),
    )
  }

  async recoverInterrupted(now: Date): Promise<number> {
    return inTransaction(this.#database, () => {
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
    return rows.map(toMessage)
  }

  async prune(before: Date): Promise<number> {
    return Number(this.#sql.prune.run(before.getTime()).changes)
  }

  async close(): Promise<void> {
    this.#database.close()
  }

  #acceptRow(message: NewMessage, queuedMax: number): Acceptance {
    const earlier = message.idempotencyKey === null ? undefined : this.#sql.byKey.get(message.idempotencyKey)
    if (earlier !== undefined) {
      return { outcome: 'repeated', message: toMessage(earlier) }
    }
    if (Number(this.#sql.queuedCount.get()?.['count']) >= queuedMax) {
      return { outcome: 'full' }
    }
    const inserted = this.#sql.insert.run({
      id: message.id,
      idempotencyKey: message.idempotencyKey,
      bodyHash: message.bodyHash,
      recipient: message.to,
      content: JSON.stringify(message.content),
      acceptedAt: message.acceptedAt.getTime(),
      deadline: message.deadline.getTime(),
    })
    this.#sql.addTransition.run({
      seq: inserted.lastInsertRowid,
      state: 'queued',
      at: message.acceptedAt.getTime(),
      reason: null,
    })
    return { outcome: 'accepted', message: toMessage(this.#sql.byId.get(message.id)) }
  }

  #moveRow(row: MessageRow, move: Move): boolean {
    const { seq } = row
    if (!mayMove(row.state, move.to)) {
      if (move.providerId !== undefined && row.provider_id === null) {
        this.#sql.setProviderId.run({ seq, providerId: move.providerId })
      }
      return false
    }
    const at = move.at.getTime()
    this.#sql.changeState.run({
      seq,
      at,
      state: move.to,
      dueAt: move.dueAt?.getTime() ?? null,
      providerId: move.providerId ?? null,
    })
    this.#sql.addTransition.run({ seq, at, state: move.to, reason: move.reason ?? null })
    if (isSettled(move.to)) {
      this.#sql.blankBeyond.run(this.#textsMax)
    }
    return true
  }
}

function toRow(row: unknown): MessageRow {
  return row as MessageRow
}

function toMessageOrNull(row: unknown): StoredMessage | null {
  return row === undefined ? null : toMessage(row)
}

function toMessage(value: unknown): StoredMessage {
  const row = toRow(value)
  return {
    id: row.id,
    place: row.seq,
    bodyHash: row.body_hash,
    to: row.recipient,
    content: row.content === null ? null : toContent(row.content),
    state: row.state,
    tries: row.tries,
    acceptedAt: new Date(row.accepted_at),
    deadline: new Date(row.deadline),
    providerId: row.provider_id,
  }
}

/** The content as `accept` wrote it. */
function toContent(json: string): MessageContent {
  const content = JSON.parse(json) as
    | { kind: 'text'; text: string }
    | { kind: 'otp'; code: string; expiresAt: string }
  return content.kind === 'text' ? content : { ...content, expiresAt: new Date(content.expiresAt) }
}

function dateOrNull(epochMs: unknown): Date | null {
  return typeof epochMs === 'number' ? new Date(epochMs) : null
}
