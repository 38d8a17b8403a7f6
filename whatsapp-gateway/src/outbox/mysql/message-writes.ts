import { isSettled, mayMove } from '../message-state.ts'
import {
  type Acceptance,
  deadTextsMax,
  type Move,
  type NewMessage,
  type StoredMessage,
} from '../outbox-store.ts'
import {
  fallbackDueAtAfter,
  firstReason,
  keepsContent,
  messageOf,
  type MessageRow,
  newRowOf,
  occupiesRecipient,
  quietHoursReason,
} from '../stored-row.ts'
import { outboxSql } from './mysql-outbox-statements.ts'
import type { Session } from './session.ts'

/** A message as it is first written. */
export type InsertedMessage = Omit<NewMessage, 'content'> &
  Pick<MessageRow, 'kind' | 'content'> & { replayOf?: string; fallbackOf?: string; reason?: string }

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
  limits: { queuedMax: number; textsMax: number },
): Promise<Acceptance> {
  const { idempotencyKey: key, content, acceptedAt } = message
  const [earlier] = key === null ? [] : await session.select(outboxSql.byKey, { key })
  if (earlier !== undefined) {
    return { outcome: 'repeated', message: messageOf(earlier) }
  }
  const outdated = await outdatedBy(session, message)
  if ((await queuedCount(session)) - outdated.length >= limits.queuedMax) {
    return { outcome: 'full' }
  }
  for (const row of outdated) {
    const move = { id: row.id, to: 'superseded', at: acceptedAt } as const
    await moveRow(session, row, { move, textsMax: limits.textsMax })
  }
  const inserted = { ...message, kind: content.kind, content: JSON.stringify(content) }
  const accepted = await insertMessage(session, inserted)
  return { outcome: 'accepted', message: accepted, superseded: outdated.map(messageOf) }
}

/** Queued notices whose place a new one takes. */
async function outdatedBy(session: Session, { notice }: NewMessage): Promise<MessageRow[]> {
  if (notice === undefined || notice.topic === null || notice.recipients.length === 0) {
    return []
  }
  const { topic, recipients } = notice
  const rows = await session.select(outboxSql.onTopic, { topic, recipients: [...recipients] })
  return rows as unknown as MessageRow[]
}

/** How many messages wait to be handed over. */
export async function queuedCount(session: Session): Promise<number> {
  const [row] = await session.select(outboxSql.queuedCount)
  return Number(row?.['count'])
}

/** Writes a message and the first step of its history; belongs in a transaction. */
export async function insertMessage(session: Session, message: InsertedMessage): Promise<StoredMessage> {
  const { kind, content } = message
  const row = newRowOf(message)
  const { insertId: seq } = await session.execute(outboxSql.insert, { ...row, kind, content })
  const reason = message.reason ?? firstReason(message)
  await session.execute(outboxSql.addTransition, { seq, state: 'queued', at: row.acceptedAt, reason })
  return messageOf({
    seq,
    id: row.id,
    body_hash: row.bodyHash,
    channel: row.channel,
    recipient: row.recipient,
    lane: row.lane,
    topic: row.topic,
    kind,
    content,
    state: 'queued',
    tries: 0,
    accepted_at: row.acceptedAt,
    due_at: row.dueAt,
    deadline: row.deadline,
    provider_id: null,
    replay_of: row.replayOf,
    fallback_of: row.fallbackOf,
    fallback_to: row.fallbackTo,
    fallback_due_at: row.fallbackDueAt,
    fallback_unless: row.fallbackUnless,
  } satisfies MessageRow)
}

/** As `OutboxStore.hold`; belongs in a transaction. */
export async function holdMessage(
  session: Session,
  id: string,
  { at, until, deadline }: { at: Date; until: Date; deadline: Date },
): Promise<boolean> {
  const [found] = await session.select(outboxSql.byId, { id })
  const row = found as unknown as MessageRow | undefined
  if (row?.state !== 'queued') {
    return false
  }
  const { seq } = row
  await session.execute(outboxSql.hold, { seq, until: until.getTime(), deadline: deadline.getTime() })
  const step = { seq, state: 'queued', at: at.getTime(), reason: quietHoursReason }
  await session.execute(outboxSql.addTransition, step)
  return true
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
  const fallbackDueAt = fallbackDueAtAfter(row, move)
  await session.execute(outboxSql.changeState, {
    seq,
    at,
    state: move.to,
    dueAt: move.dueAt?.getTime() ?? null,
    providerId,
    isTry: move.to === 'sending' ? 1 : 0,
    occupies: occupiesRecipient(row.state, move.to) ? 1 : 0,
    keepsContent: isKept ? 1 : 0,
    fallbackDueAt,
  })
  const reason = move.reason?.slice(0, reasonCharactersMax) ?? null
  await session.execute(outboxSql.addTransition, { seq, at, state: move.to, reason })
  if (isKept) {
    await blankDeadBeyond(session)
  } else if (isSettled(move.to) && fallbackDueAt === null) {
    await blankSettled(session, row, textsMax)
  }
  return true
}

/** What only a driver with a transcript keeps for a while goes with the oldest of it; anything else goes at once. */
export async function blankSettled(
  session: Session,
  { seq, channel }: Pick<MessageRow, 'seq' | 'channel'>,
  textsMax: number,
): Promise<void> {
  if (textsMax === 0 || channel !== 'whatsapp') {
    await session.execute(outboxSql.blank, { seq })
  } else {
    await blankBeyond(session, textsMax)
  }
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
