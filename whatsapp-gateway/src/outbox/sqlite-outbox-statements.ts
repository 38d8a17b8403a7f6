import type { DatabaseSync } from 'node:sqlite'
import { prunedMax } from './outbox-store.ts'

/** The outbox's SQL, prepared once. The state machine is not in here: `changeState` does what it is told. */
export function prepareStatements(database: DatabaseSync) {
  return {
    insert: database.prepare(
      `INSERT INTO message (id, idempotency_key, body_hash, recipient, kind, content, state, accepted_at, due_at,
         deadline, replay_of)
       VALUES (:id, :idempotencyKey, :bodyHash, :recipient, :kind, :content, 'queued', :acceptedAt, 0, :deadline,
         :replayOf)`,
    ),
    byId: database.prepare('SELECT * FROM message WHERE id = ?'),
    byKey: database.prepare('SELECT * FROM message WHERE idempotency_key = ?'),
    byProviderId: database.prepare('SELECT * FROM message WHERE provider_id = ?'),
    history: database.prepare(
      `SELECT transition.state, transition.at, transition.reason FROM transition
       JOIN message ON message.seq = transition.message_seq WHERE message.id = ? ORDER BY transition.seq`,
    ),
    addTransition: database.prepare(
      'INSERT INTO transition (message_seq, state, at, reason) VALUES (:seq, :state, :at, :reason)',
    ),
    changeState: database.prepare(
      `UPDATE message SET state = :state, due_at = coalesce(:dueAt, due_at),
         provider_id = coalesce(:providerId, provider_id),
         tries = tries + (:state = 'sending'), handed_at = iif(:occupies, :at, handed_at),
         keeps_content = :keepsContent
       WHERE seq = :seq`,
    ),
    setProviderId: database.prepare('UPDATE message SET provider_id = :providerId WHERE seq = :seq'),
    ...prepareQueueStatements(database),
    ...prepareContentStatements(database),
    ...prepareDeadLetterStatements(database),
  }
}

function prepareQueueStatements(database: DatabaseSync) {
  return {
    queuedCount: database.prepare(`SELECT count(*) AS count FROM message WHERE state = 'queued'`),
    backlog: database.prepare(
      `SELECT count(*) AS depth, min(accepted_at) AS oldest FROM message WHERE state IN ('queued', 'sending')`,
    ),
    // In order of acceptance through message_queued, so that a long queue costs no more than its first rows.
    nextReady: database.prepare(
      `SELECT * FROM message AS m INDEXED BY message_queued
       WHERE m.state = 'queued' AND m.due_at <= :now AND m.deadline > :now
         AND NOT EXISTS (SELECT 1 FROM message AS earlier WHERE earlier.recipient = m.recipient
           AND earlier.seq < m.seq AND earlier.state IN ('queued', 'sending'))
         AND NOT EXISTS (SELECT 1 FROM message AS paced WHERE paced.recipient = m.recipient
           AND paced.handed_at > :pacedAfter AND paced.handed_at <= :now)
       ORDER BY m.seq LIMIT 1`,
    ),
    nextWakeAt: database.prepare(
      `SELECT min(wakeAt) AS wakeAt FROM (
         SELECT min(due_at) AS wakeAt FROM message WHERE state = 'queued' AND due_at > :now
         UNION ALL SELECT min(deadline) FROM message WHERE state = 'queued'
         UNION ALL SELECT min(handed_at) + :intervalMs FROM message
           WHERE handed_at > :pacedAfter AND handed_at <= :now
             AND EXISTS (SELECT 1 FROM message WHERE state = 'queued'))`,
    ),
    overdue: database.prepare(`SELECT * FROM message WHERE state = 'queued' AND deadline <= ? LIMIT 1000`),
    interrupted: database.prepare(`SELECT * FROM message WHERE state = 'sending'`),
    prune: database.prepare(
      `DELETE FROM message WHERE seq IN (SELECT seq FROM message
         WHERE accepted_at < ? AND state NOT IN ('queued', 'sending') ORDER BY seq LIMIT ${prunedMax})`,
    ),
  }
}

function prepareContentStatements(database: DatabaseSync) {
  return {
    // Open messages keep their content whatever their age: it is still to be sent. Dead letters keep theirs as well.
    blankBeyond: database.prepare(
      `UPDATE message SET content = NULL WHERE content IS NOT NULL AND state NOT IN ('queued', 'sending')
         AND keeps_content = 0
         AND seq <= (SELECT seq FROM message WHERE content IS NOT NULL ORDER BY seq DESC LIMIT 1 OFFSET ?)`,
    ),
    newestTexts: database.prepare(
      `SELECT * FROM (SELECT * FROM message WHERE content IS NOT NULL AND (:recipient IS NULL OR recipient = :recipient)
         ORDER BY seq DESC LIMIT :limit) ORDER BY seq`,
    ),
    textsAfter: database.prepare(
      `SELECT * FROM message WHERE content IS NOT NULL AND (:recipient IS NULL OR recipient = :recipient)
         AND seq > :after ORDER BY seq LIMIT :limit`,
    ),
  }
}

function prepareDeadLetterStatements(database: DatabaseSync) {
  return {
    byReplayOf: database.prepare('SELECT * FROM message WHERE replay_of = ?'),
    deadLetters: database.prepare(
      `SELECT * FROM message INDEXED BY message_dead WHERE state IN ('failed', 'expired', 'unknown')
         AND state IN (SELECT value FROM json_each(:states)) AND (:before IS NULL OR seq < :before)
       ORDER BY seq DESC LIMIT :limit`,
    ),
    deadCounts: database.prepare(
      `SELECT state, count(*) AS count FROM message WHERE state IN ('failed', 'expired', 'unknown') GROUP BY state`,
    ),
    blank: database.prepare('UPDATE message SET content = NULL, keeps_content = 0 WHERE seq = ?'),
    blankDeadBeyond: database.prepare(
      `UPDATE message SET content = NULL, keeps_content = 0 WHERE keeps_content = 1
         AND seq <= (SELECT seq FROM message WHERE keeps_content = 1 ORDER BY seq DESC LIMIT 1 OFFSET ?)`,
    ),
  }
}
