import { isSettled } from '../message-state.ts'
import type { Replay, ReplayOutcome, TakenFallback } from '../outbox-store.ts'
import { lanes, messageOf, type MessageRow } from '../stored-row.ts'
import { blankSettled, insertMessage, queuedCount } from './message-writes.ts'
import { outboxSql } from './mysql-outbox-statements.ts'
import type { Session } from './session.ts'

/** As `OutboxStore.replay`; belongs in a transaction. */
export async function replayMessage(
  session: Session,
  { deadId, deadState, ...replacement }: Replay,
  queuedMax: number,
): Promise<ReplayOutcome> {
  const [earlier] = await session.select(outboxSql.byReplayOf, { id: deadId })
  if (earlier !== undefined) {
    return { outcome: 'repeated', message: messageOf(earlier) }
  }
  const [found] = await session.select(outboxSql.byId, { id: deadId })
  const dead = found as unknown as MessageRow | undefined
  if (dead === undefined || dead.state !== deadState || dead.content === null) {
    return { outcome: 'changed' }
  }
  if ((await queuedCount(session)) >= queuedMax) {
    return { outcome: 'full' }
  }
  const { seq, body_hash: bodyHash, channel, recipient: to, kind, content, lane } = dead
  await session.execute(outboxSql.blank, { seq })
  const message = await insertMessage(session, {
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

/** As `OutboxStore.takeFallback`; belongs in a transaction. The new message is taken in however many wait. */
export async function takeFallback(
  session: Session,
  take: { now: Date; newId: string; isPossible: boolean; textsMax: number },
): Promise<TakenFallback | null> {
  const { now, newId, isPossible, textsMax } = take
  const [found] = await session.select(outboxSql.dueFallback, { now: now.getTime() })
  const first = found as unknown as MessageRow | undefined
  if (first === undefined) {
    return null
  }
  const { seq, fallback_to: to, content, kind, body_hash: bodyHash } = first
  const deadline = new Date(first.deadline)
  await session.execute(outboxSql.endFallback, { seq })
  const second =
    isPossible && to !== null && content !== null && now < deadline
      ? await insertMessage(session, {
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
  if (isSettled(first.state)) {
    await blankSettled(session, first, textsMax)
  }
  return { first: messageOf(first), second }
}
