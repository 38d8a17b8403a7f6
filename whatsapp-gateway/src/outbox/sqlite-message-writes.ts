import type { DatabaseSync } from 'node:sqlite'
import { isSettled, mayMove } from './message-state.ts'
import {
  type Acceptance,
  deadTextsMax,
  type Move,
  type NewMessage,
  type Replay,
  type ReplayOutcome,
  type StoredMessage,
  type TakenFallback,
} from './outbox-store.ts'
import { inTransaction } from './sqlite-outbox-schema.ts'
import type { prepareStatements } from './sqlite-outbox-statements.ts'
import {
  fallbackDueAtAfter,
  firstReason,
  keepsContent,
  lanes,
  messageOf,
  type MessageRow,
  newRowOf,
  occupiesRecipient,
  queuedChange,
  quietHoursReason,
} from './stored-row.ts'

type InsertedMessage = Omit<NewMessage, 'content'> &
  Pick<MessageRow, 'kind' | 'content'> & { replayOf?: string; fallbackOf?: string; reason?: string }

/** What changes messages in the outbox's file, each within the transaction that its caller opens by `transaction`. */
export class SqliteMessageWrites {
  readonly #database: DatabaseSync
  readonly #sql: ReturnType<typeof prepareStatements>
  readonly #textsMax: number
  /** How many wait, counted along: nobody else writes, and a count would read all of them. */
  #queued: number

  constructor(
    database: DatabaseSync,
    options: { sql: ReturnType<typeof prepareStatements>; textsMax: number },
  ) {
    this.#database = database
    this.#sql = options.sql
    this.#textsMax = options.textsMax
    this.#queued = Number(this.#sql.queuedCount.get()?.['count'])
  }

  /** One transaction; the count of what waits goes back with it. */
  transaction<T>(work: () => T): T {
    const queuedBefore = this.#queued
    try {
      return inTransaction(this.#database, work)
    } catch (error) {
      this.#queued = queuedBefore
      throw error
    }
  }

  /** As `OutboxStore.accept`. */
  accept(message: NewMessage, queuedMax: number): Acceptance {
    const earlier = message.idempotencyKey === null ? undefined : this.#sql.byKey.get(message.idempotencyKey)
    if (earlier !== undefined) {
      return { outcome: 'repeated', message: messageOf(earlier) }
    }
    const outdated = this.#outdatedBy(message)
    if (this.#queued - outdated.length >= queuedMax) {
      return { outcome: 'full' }
    }
    for (const row of outdated) {
      this.moveRow(row, { id: row.id, to: 'superseded', at: message.acceptedAt })
    }
    const { content } = message
    const accepted = this.#insert({ ...message, content: JSON.stringify(content), kind: content.kind })
    return { outcome: 'accepted', message: accepted, superseded: outdated.map(messageOf) }
  }

  /** As `OutboxStore.replay`. */
  replay({ deadId, deadState, ...replacement }: Replay, queuedMax: number): ReplayOutcome {
    const earlier = this.#sql.byReplayOf.get(deadId)
    if (earlier !== undefined) {
      return { outcome: 'repeated', message: messageOf(earlier) }
    }
    const dead = this.#sql.byId.get(deadId) as MessageRow | undefined
    if (dead === undefined || dead.state !== deadState || dead.content === null) {
      return { outcome: 'changed' }
    }
    if (this.#queued >= queuedMax) {
      return { outcome: 'full' }
    }
    this.#sql.blank.run(dead.seq)
    const { body_hash: bodyHash, channel, recipient: to, kind, content, lane } = dead
    const message = this.#insert({
      ...replacement,
      idempotencyKey: null,
      bodyHash,
      channel,
      to,
      kind,
      content,
      replayOf: deadId,
      ...(lane === lanes.prompt ? {} : { notice: { heldUntil: null, topic: null, recipients: [] } }),
    })
    return { outcome: 'accepted', message, superseded: [] }
  }

  /** As `OutboxStore.takeFallback`; the new message is taken in however many wait, since the first one was. */
  takeFallback({
    now,
    newId,
    isPossible,
  }: {
    now: Date
    newId: string
    isPossible: boolean
  }): TakenFallback | null {
    const first = this.#sql.dueFallback.get({ now: now.getTime() }) as MessageRow | undefined
    if (first === undefined) {
      return null
    }
    const { seq, fallback_to: to, content, kind, body_hash: bodyHash } = first
    const deadline = new Date(first.deadline)
    this.#sql.endFallback.run(seq)
    const second =
      isPossible && to !== null && content !== null && now < deadline
        ? this.#insert({
            id: newId,
            idempotencyKey: null,
            bodyHash,
            channel: 'email',
            to,
            kind,
            content,
            acceptedAt: now,
            deadline,
            fallbackOf: first.id,
            reason: 'fallback',
          })
        : null
    this.#blankSettled(first)
    return { first: messageOf(first), second }
  }

  /** As `OutboxStore.hold`. */
  hold(id: string, { at, until, deadline }: { at: Date; until: Date; deadline: Date }): boolean {
    const row = this.#sql.byId.get(id) as MessageRow | undefined
    if (row?.state !== 'queued') {
      return false
    }
    const { seq } = row
    this.#sql.hold.run({ seq, until: until.getTime(), deadline: deadline.getTime() })
    this.#sql.addTransition.run({ seq, state: 'queued', at: at.getTime(), reason: quietHoursReason })
    return true
  }

  /** Moves a message on where the state machine allows it, and blanks what need not be known any more. */
  moveRow(row: MessageRow, move: Move): boolean {
    const { seq } = row
    if (!mayMove(row.state, move.to)) {
      if (move.providerId !== undefined && row.provider_id === null) {
        this.#sql.setProviderId.run({ seq, providerId: move.providerId })
      }
      return false
    }
    this.#queued += queuedChange(row.state, move.to)
    const at = move.at.getTime()
    const isKept = keepsContent(row, move.to) && row.content !== null
    this.#sql.changeState.run({
      seq,
      at,
      state: move.to,
      dueAt: move.dueAt?.getTime() ?? null,
      providerId: move.providerId ?? null,
      keepsContent: isKept ? 1 : 0,
      occupies: occupiesRecipient(row.state, move.to) ? 1 : 0,
      fallbackDueAt: fallbackDueAtAfter(row, move),
    })
    this.#sql.addTransition.run({ seq, at, state: move.to, reason: move.reason ?? null })
    if (isKept) {
      this.#sql.blankDeadBeyond.run(deadTextsMax)
    } else if (isSettled(move.to)) {
      this.#blankSettled({ ...row, state: move.to, fallback_due_at: fallbackDueAtAfter(row, move) })
    }
    return true
  }

  /** Queued notices whose place a new one takes. */
  #outdatedBy({ notice }: NewMessage): MessageRow[] {
    if (notice === undefined || notice.topic === null) {
      return []
    }
    const { topic, recipients } = notice
    const rows = this.#sql.onTopic.all({ topic, recipients: JSON.stringify(recipients) })
    return rows as unknown as MessageRow[]
  }

  #insert(message: InsertedMessage): StoredMessage {
    const { id, acceptedAt, kind, content } = message
    const { lastInsertRowid: seq } = this.#sql.insert.run({ ...newRowOf(message), kind, content })
    const reason = message.reason ?? firstReason(message)
    this.#sql.addTransition.run({ seq, state: 'queued', at: acceptedAt.getTime(), reason })
    this.#queued += 1
    return messageOf(this.#sql.byId.get(id))
  }

  /** What only a driver with a transcript keeps for a while goes with the oldest of it; anything else goes at once. */
  #blankSettled({ seq, channel, state, fallback_due_at: fallbackDueAt }: MessageRow): void {
    if (channel !== 'whatsapp' && isSettled(state) && fallbackDueAt === null) {
      this.#sql.blank.run(seq)
    }
    this.#sql.blankBeyond.run(this.#textsMax)
  }
}
