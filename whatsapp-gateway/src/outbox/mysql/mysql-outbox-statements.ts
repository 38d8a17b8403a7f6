import { prunedMax } from '../outbox-store.ts'

const messages = 'gateway_outbox_messages'
const open = `('queued', 'sending')`
const dead = `('failed', 'expired', 'unknown')`

/** The outbox's SQL for MySQL and MariaDB. The state machine is not in here: `changeState` does what it is told. */
export const outboxSql = {
  insert: `INSERT INTO ${messages}
      (id, idempotency_key, body_hash, recipient, kind, content, state, accepted_at, due_at, deadline, replay_of)
    VALUES (:id, :idempotencyKey, :bodyHash, :recipient, :kind, :content, 'queued', :acceptedAt, 0, :deadline, :replayOf)`,
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
      handed_at = if(:occupies, :at, handed_at), keeps_content = :keepsContent
    WHERE seq = :seq`,
  setProviderId: `UPDATE ${messages} SET provider_id = :providerId WHERE seq = :seq`,

  queuedCount: `SELECT count(*) AS count FROM ${messages} WHERE state = 'queued'`,
  backlog: `SELECT count(*) AS depth, min(accepted_at) AS oldest FROM ${messages} WHERE state IN ${open}`,
  // In order of acceptance, so that a long queue costs no more than its first rows. Plain values instead of NOT EXISTS,
  // which the optimizer may turn into a join over the whole table.
  nextReady: `SELECT m.* FROM ${messages} AS m FORCE INDEX (outbox_state)
    WHERE m.state = 'queued' AND m.due_at <= :now AND m.deadline > :now
      AND (SELECT count(*) FROM ${messages} AS earlier WHERE earlier.recipient = m.recipient
        AND earlier.state IN ${open} AND earlier.seq < m.seq) = 0
      AND (SELECT count(*) FROM ${messages} AS paced WHERE paced.recipient = m.recipient
        AND paced.handed_at > :pacedAfter AND paced.handed_at <= :now) = 0
    ORDER BY m.seq LIMIT 1`,
  nextWakeAt: `SELECT min(wakeAt) AS wakeAt FROM (
      SELECT min(due_at) AS wakeAt FROM ${messages} WHERE state = 'queued' AND due_at > :now
      UNION ALL SELECT min(deadline) FROM ${messages} WHERE state = 'queued'
      UNION ALL SELECT min(handed_at) + :intervalMs FROM ${messages}
        WHERE handed_at > :pacedAfter AND handed_at <= :now
          AND EXISTS (SELECT 1 FROM ${messages} WHERE state = 'queued')) AS wakes`,
  overdue: `SELECT * FROM ${messages} WHERE state = 'queued' AND deadline <= :now LIMIT 1000`,
  interrupted: `SELECT * FROM ${messages} WHERE state = 'sending'`,
  prune: `DELETE FROM ${messages} WHERE accepted_at < :before AND state NOT IN ${open}
    ORDER BY accepted_at LIMIT ${prunedMax}`,

  blank: `UPDATE ${messages} SET content = NULL, has_content = 0, keeps_content = 0 WHERE seq = :seq`,
  // These servers take no subquery on the table that an UPDATE changes: first where the stretch begins, then the rest.
  newestContentBeyond: `SELECT seq FROM ${messages} WHERE has_content = 1 ORDER BY seq DESC LIMIT 1 OFFSET :kept`,
  blankUpTo: `UPDATE ${messages} SET content = NULL, has_content = 0
    WHERE has_content = 1 AND seq <= :seq AND keeps_content = 0 AND state NOT IN ${open}`,
  newestDeadBeyond: `SELECT seq FROM ${messages} WHERE keeps_content = 1 ORDER BY seq DESC LIMIT 1 OFFSET :kept`,
  blankDeadUpTo: `UPDATE ${messages} SET content = NULL, has_content = 0, keeps_content = 0
    WHERE keeps_content = 1 AND seq <= :seq`,
  newestTexts: `SELECT * FROM (SELECT * FROM ${messages}
      WHERE has_content = 1 AND (:recipient IS NULL OR recipient = :recipient)
      ORDER BY seq DESC LIMIT :limit) AS newest ORDER BY seq`,
  textsAfter: `SELECT * FROM ${messages} WHERE has_content = 1 AND (:recipient IS NULL OR recipient = :recipient)
      AND seq > :after ORDER BY seq LIMIT :limit`,

  deadLetters: `SELECT * FROM ${messages} WHERE state IN (:states) AND (:before IS NULL OR seq < :before)
    ORDER BY seq DESC LIMIT :limit`,
  deadCounts: `SELECT state, count(*) AS count FROM ${messages} WHERE state IN ${dead} GROUP BY state`,

  owner: `SELECT owner FROM gateway_outbox_owner WHERE id = 1`,
  becomeOwner: `REPLACE INTO gateway_outbox_owner (id, owner) VALUES (1, :owner)`,
} as const
