import { prunedMax, releasedMax } from '../outbox-store.ts'

const messages = 'gateway_outbox_messages'
const open = `('queued', 'sending')`
const dead = `('failed', 'expired', 'unknown')`

/** The outbox's SQL for MySQL and MariaDB. The state machine is not in here: `changeState` does what it is told. */
export const outboxSql = {
  insert: `INSERT INTO ${messages}
      (id, idempotency_key, body_hash, channel, recipient, lane, topic, kind, content, state, accepted_at, due_at,
        deadline, replay_of, fallback_of, fallback_to, fallback_due_at, fallback_unless)
    VALUES (:id, :idempotencyKey, :bodyHash, :channel, :recipient, :lane, :topic, :kind, :content, 'queued', :acceptedAt,
      :dueAt, :deadline, :replayOf, :fallbackOf, :fallbackTo, :fallbackDueAt, :fallbackUnless)`,
  byId: `SELECT * FROM ${messages} WHERE id = :id`,
  byKey: `SELECT * FROM ${messages} WHERE idempotency_key = :key`,
  byProviderId: `SELECT * FROM ${messages} WHERE provider_id = :providerId`,
  byReplayOf: `SELECT * FROM ${messages} WHERE replay_of = :id`,
  history: `SELECT t.state, t.happened_at AS at, t.reason FROM gateway_outbox_transitions AS t
    JOIN ${messages} AS m ON m.seq = t.message_seq WHERE m.id = :id ORDER BY t.seq`,
  addTransition: `INSERT INTO gateway_outbox_transitions (message_seq, state, happened_at, reason)
    VALUES (:seq, :state, :at, :reason)`,
  changeState: `UPDATE ${messages} SET state = :state, due_at = coalesce(:dueAt, due_at),
      provider_id = coalesce(:providerId, provider_id), tries = tries + :isTry,
      handed_at = if(:occupies, :at, handed_at), keeps_content = :keepsContent, fallback_due_at = :fallbackDueAt
    WHERE seq = :seq`,
  setProviderId: `UPDATE ${messages} SET provider_id = :providerId WHERE seq = :seq`,

  queuedCount: `SELECT count(*) AS count FROM ${messages} WHERE state = 'queued'`,
  // A notice that was held over night has waited since the morning.
  backlog: `SELECT count(*) AS depth, min(if(lane = 1, greatest(accepted_at, due_at), accepted_at)) AS since
    FROM ${messages} WHERE state IN ${open} AND lane < 2 AND (:channel IS NULL OR channel = :channel)`,
  // In its order, so that a long queue costs no more than its first rows, and held notices none. Plain values instead of
  // NOT EXISTS, which the optimizer may turn into a join over the whole table.
  nextReady: `SELECT m.* FROM ${messages} AS m FORCE INDEX (outbox_ready)
    WHERE m.channel = :channel AND m.state = 'queued' AND m.lane < 2 AND m.due_at <= :now AND m.deadline > :now
      AND (SELECT count(*) FROM ${messages} AS other WHERE other.recipient = m.recipient
        AND other.state = 'sending') = 0
      AND (SELECT count(*) FROM ${messages} AS earlier WHERE earlier.recipient = m.recipient
        AND earlier.state = 'queued' AND earlier.lane <= m.lane AND earlier.seq < m.seq) = 0
      AND (SELECT count(*) FROM ${messages} AS paced WHERE paced.recipient = m.recipient
        AND paced.handed_at > :pacedAfter AND paced.handed_at <= :now) = 0
    ORDER BY m.lane, m.seq LIMIT 1`,
  nextWakeAt: `SELECT min(wakeAt) AS wakeAt FROM (
      SELECT min(due_at) AS wakeAt FROM ${messages}
        WHERE channel = :channel AND state = 'queued' AND due_at > :now
      UNION ALL SELECT min(deadline) FROM ${messages} WHERE channel = :channel AND state = 'queued'
      UNION ALL SELECT min(handed_at) + :intervalMs FROM ${messages}
        WHERE handed_at > :pacedAfter AND handed_at <= :now AND channel = :channel
          AND EXISTS (SELECT 1 FROM ${messages} WHERE channel = :channel AND state = 'queued')) AS wakes`,
  overdue: `SELECT * FROM ${messages}
    WHERE channel = :channel AND state = 'queued' AND deadline <= :now LIMIT 1000`,
  interrupted: `SELECT * FROM ${messages} WHERE state = 'sending'`,
  prune: `DELETE FROM ${messages} WHERE accepted_at < :before AND state NOT IN ${open}
    ORDER BY accepted_at LIMIT ${prunedMax}`,

  onTopic: `SELECT * FROM ${messages} WHERE recipient IN (:recipients) AND topic = :topic AND state = 'queued'`,
  hold: `UPDATE ${messages} SET lane = 2, due_at = :until, deadline = :deadline
    WHERE seq = :seq AND state = 'queued'`,
  release: `UPDATE ${messages} SET lane = 1
    WHERE channel = :channel AND state = 'queued' AND lane = 2 AND due_at <= :now LIMIT ${releasedMax}`,
  heldUntil: `SELECT min(due_at) AS until FROM ${messages}
    WHERE channel = :channel AND state = 'queued' AND lane = 2`,
  heldCount: `SELECT count(*) AS count FROM ${messages}
    WHERE channel = :channel AND state = 'queued' AND lane = 2`,

  dueFallback: `SELECT * FROM ${messages} WHERE fallback_due_at <= :now ORDER BY fallback_due_at LIMIT 1`,
  endFallback: `UPDATE ${messages} SET fallback_due_at = NULL, fallback_to = NULL WHERE seq = :seq`,
  nextFallbackAt: `SELECT min(fallback_due_at) AS dueAt FROM ${messages} WHERE fallback_due_at IS NOT NULL`,
  byFallbackOf: `SELECT * FROM ${messages} WHERE fallback_of = :id`,

  blank: `UPDATE ${messages} SET content = NULL, has_content = 0, keeps_content = 0 WHERE seq = :seq`,
  // These servers take no subquery on the table that an UPDATE changes: first where the stretch begins, then the rest.
  newestContentBeyond: `SELECT seq FROM ${messages} WHERE has_content = 1 ORDER BY seq DESC LIMIT 1 OFFSET :kept`,
  blankUpTo: `UPDATE ${messages} SET content = NULL, has_content = 0
    WHERE has_content = 1 AND seq <= :seq AND keeps_content = 0 AND fallback_due_at IS NULL AND state NOT IN ${open}`,
  newestDeadBeyond: `SELECT seq FROM ${messages} WHERE keeps_content = 1 ORDER BY seq DESC LIMIT 1 OFFSET :kept`,
  blankDeadUpTo: `UPDATE ${messages} SET content = NULL, has_content = 0, keeps_content = 0
    WHERE keeps_content = 1 AND seq <= :seq`,
  newestTexts: `SELECT * FROM (SELECT * FROM ${messages}
      WHERE has_content = 1 AND channel = 'whatsapp' AND (:recipient IS NULL OR recipient = :recipient)
      ORDER BY seq DESC LIMIT :limit) AS newest ORDER BY seq`,
  textsAfter: `SELECT * FROM ${messages}
    WHERE has_content = 1 AND channel = 'whatsapp' AND (:recipient IS NULL OR recipient = :recipient) AND seq > :after ORDER BY seq LIMIT :limit`,

  deadLetters: `SELECT * FROM ${messages} WHERE state IN (:states) AND (:before IS NULL OR seq < :before)
    ORDER BY seq DESC LIMIT :limit`,
  deadCounts: `SELECT state, count(*) AS count FROM ${messages} WHERE state IN ${dead} GROUP BY state`,

  owner: `SELECT owner FROM gateway_outbox_owner WHERE id = 1`,
  becomeOwner: `REPLACE INTO gateway_outbox_owner (id, owner) VALUES (1, :owner)`,
} as const
