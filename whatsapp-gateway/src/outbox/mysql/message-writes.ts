import { isSettled, mayMove } from '../message-state.ts'
import {
  type Acceptance,
  deadTextsMax,
  type Move,
  type NewMessage,
  type StoredMessage,
} from '../outbox-store.ts'
import { keepsContent, messageOf, type MessageRow, occupiesRecipient } from '../stored-row.ts'
import { outboxSql } from './mysql-outbox-statements.ts'
import type { Session } from './session.ts'

/** A message as it is first written. */
export type InsertedMessage = Omit<NewMessage, 'content'> &
  Pick<MessageRow, 'kind' | 'content'> & { replayOf: string | null }

/** As long as the columns are; a provider's longer id is told by its beginning, at every look alike. */
const providerIdCharactersMax = 512
const reasonCharactersMax = 200

/** A provider's id as it is kept. */
export function keptProviderId(providerId: string): string {
  return providerId.slice(0, providerIdCharactersMax)
}

/** As `OutboxStore.accept`; belongs in a transaction. */
export async function acceptMessage(
  session: Session,
  message: NewMessage,
  queuedMax: number,
): Promise<Acceptance> {
  const { idempotencyKey: key, content } = message
  const [earlier] = key === null ? [] : await session.select(outboxSql.byKey, { key })
  if (earlier !== undefined) {
    return { outcome: 'repeated', message: messageOf(earlier) }
  }
  if ((await queuedCount(session)) >= queuedMax) {
    return { outcome: 'full' }
  }
  const inserted = { ...message, kind: content.kind, content: JSON.stringify(content), replayOf: null }
  return { outcome: 'accepted', message: await insertMessage(session, inserted) }
}

/** How many messages wait to be handed over. */
export async function queuedCount(session: Session): Promise<number> {
  const [row] = await session.select(outboxSql.queuedCount)
  return Number(row?.['count'])
}

/** Writes a message and the first step of its history; belongs in a transaction. */
export async function insertMessage(session: Session, message: InsertedMessage): Promise<StoredMessage> {
  const { id, idempotencyKey, bodyHash, to, kind, content, replayOf } = message
  const acceptedAt = message.acceptedAt.getTime()
  const deadline = message.deadline.getTime()
  const { insertId: seq } = await session.execute(outboxSql.insert, {
    id,
    idempotencyKey,
    bodyHash,
    recipient: to,
    kind,
    content,
    acceptedAt,
    deadline,
    replayOf,
  })
  await session.execute(outboxSql.addTransition, { seq, state: 'queued', at: acceptedAt, reason: null })
  return messageOf({
    seq,
    id,
    body_hash: bodyHash,
    recipient: to,
    kind,
    content,
    state: 'queued',
    tries: 0,
    accepted_at: acceptedAt,
    deadline,
    provider_id: null,
    replay_of: replayOf,
  } satisfies MessageRow)
}

/** Moves a message on where the state machine allows it, and blanks what need not be known any more; in a transaction. */
export async function moveRow(
  session: Session,
  row: MessageRow,
  { move, textsMax }: { move: Move; textsMax: number },
): Promise<boolean> {
  const { seq } = row
  const providerId = move.providerId === undefined ? null : keptProviderId(move.providerId)
  if (!mayMove(row.state, move.to)) {
    if (providerId !== null && row.provider_id === null) {
      await session.execute(outboxSql.setProviderId, { seq, providerId })
    }
    return false
  }
  const at = move.at.getTime()
  const isKept = keepsContent(row, move.to) && row.content !== null
  await session.execute(outboxSql.changeState, {
    seq,
    at,
    state: move.to,
    dueAt: move.dueAt?.getTime() ?? null,
    providerId,
    isTry: move.to === 'sending' ? 1 : 0,
    occupies: occupiesRecipient(row.state, move.to) ? 1 : 0,
    keepsContent: isKept ? 1 : 0,
  })
  const reason = move.reason?.slice(0, reasonCharactersMax) ?? null
  await session.execute(outboxSql.addTransition, { seq, at, state: move.to, reason })
  if (isKept) {
    await blankDeadBeyond(session)
  } else if (isSettled(move.to)) {
    await (textsMax === 0 ? session.execute(outboxSql.blank, { seq }) : blankBeyond(session, textsMax))
  }
  return true
}

/** Blanks contents of settled messages but for the newest `textsMax`. */
export async function blankBeyond(session: Session, textsMax: number): Promise<void> {
  const [beyond] = await session.select(outboxSql.newestContentBeyond, { kept: textsMax })
  if (beyond !== undefined) {
    await session.execute(outboxSql.blankUpTo, { seq: Number(beyond['seq']) })
  }
}

async function blankDeadBeyond(session: Session): Promise<void> {
  const [beyond] = await session.select(outboxSql.newestDeadBeyond, { kept: deadTextsMax })
  if (beyond !== undefined) {
    await session.execute(outboxSql.blankDeadUpTo, { seq: Number(beyond['seq']) })
  }
}
