import type { DatabaseSync } from 'node:sqlite'
import { prunedMax, releasedMax } from './outbox-store.ts'

/** The outbox's SQL, prepared once. The state machine is not in here: `changeState` does what it is told. */
export function prepareStatements(database: DatabaseSync) {
  return {
    insert: database.prepare(
      `INSERT INTO message (id, idempotency_key, body_hash, channel, recipient, lane, topic, kind, content, state,
         accepted_at, due_at, deadline, replay_of, fallback_of, fallback_to, fallback_due_at, fallback_unless)
       VALUES (:id, :idempotencyKey, :bodyHash, :channel, :recipient, :lane, :topic, :kind, :content, 'queued',
         :acceptedAt, :dueAt, :deadline, :replayOf, :fallbackOf, :fallbackTo, :fallbackDueAt, :fallbackUnless)`,
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
         keeps_content = :keepsContent, fallback_due_at = :fallbackDueAt
       WHERE seq = :seq`,
    ),
    setProviderId: database.prepare('UPDATE message SET provider_id = :providerId WHERE seq = :seq'),
    ...prepareQueueStatements(database),
    ...prepareNoticeStatements(database),
    ...prepareFallbackStatements(database),
    ...prepareContentStatements(database),
    ...prepareDeadLetterStatements(database),
  }
}

function prepareQueueStatements(database: DatabaseSync) {
  return {
    queuedCount: database.prepare(`SELECT count(*) AS count FROM message WHERE state = 'queued'`),
    // A notice that was held over night has waited since the morning.
    backlog: database.prepare(
      `SELECT count(*) AS depth, min(iif(lane = 1, max(accepted_at, due_at), accepted_at)) AS since
       FROM message WHERE state IN ('queued', 'sending') AND lane < 2 AND (:channel IS NULL OR channel = :channel)`,
    ),
    // In its order through message_ready, so that a long queue costs no more than its first rows, and held notices none.
    nextReady: database.prepare(
      `SELECT * FROM message AS m INDEXED BY message_ready
       WHERE m.state = 'queued' AND m.channel = :channel AND m.lane < 2 AND m.due_at <= :now AND m.deadline > :now
         AND NOT EXISTS (SELECT 1 FROM message AS other INDEXED BY message_sending
           WHERE other.recipient = m.recipient AND other.state = 'sending')
         AND NOT EXISTS (SELECT 1 FROM message AS earlier INDEXED BY message_waiting
           WHERE earlier.recipient = m.recipient AND earlier.state = 'queued'
             AND earlier.lane <= m.lane AND earlier.seq < m.seq)
         AND NOT EXISTS (SELECT 1 FROM message AS paced WHERE paced.recipient = m.recipient
           AND paced.handed_at > :pacedAfter AND paced.handed_at <= :now)
       ORDER BY m.lane, m.seq LIMIT 1`,
    ),
    nextWakeAt: database.prepare(
      `SELECT min(wakeAt) AS wakeAt FROM (
         SELECT min(due_at) AS wakeAt FROM message WHERE state = 'queued' AND channel = :channel AND due_at > :now
         UNION ALL SELECT min(deadline) FROM message WHERE state = 'queued' AND channel = :channel
         UNION ALL SELECT min(handed_at) + :intervalMs FROM message
           WHERE handed_at > :pacedAfter AND handed_at <= :now AND channel = :channel
             AND EXISTS (SELECT 1 FROM message WHERE state = 'queued' AND channel = :channel))`,
    ),
    overdue: database.prepare(
      `SELECT * FROM message WHERE state = 'queued' AND channel = :channel AND deadline <= :now LIMIT 1000`,
    ),
    interrupted: database.prepare(`SELECT * FROM message WHERE state = 'sending'`),
    prune: database.prepare(
      `DELETE FROM message WHERE seq IN (SELECT seq FROM message
         WHERE accepted_at < ? AND state NOT IN ('queued', 'sending') ORDER BY seq LIMIT ${prunedMax})`,
    ),
  }
}

function prepareNoticeStatements(database: DatabaseSync) {
  return {
    onTopic: database.prepare(
      `SELECT * FROM message INDEXED BY message_topic WHERE state = 'queued' AND topic IS NOT NULL AND topic = :topic
         AND recipient IN (SELECT value FROM json_each(:recipients))`,
    ),
    hold: database.prepare(
      `UPDATE message SET lane = 2, due_at = :until, deadline = :deadline WHERE seq = :seq AND state = 'queued'`,
    ),
    release: database.prepare(
      `UPDATE message SET lane = 1 WHERE seq IN (SELECT seq FROM message INDEXED BY message_held
         WHERE state = 'queued' AND lane = 2 AND channel = :channel AND due_at <= :now LIMIT ${releasedMax})`,
    ),
    heldUntil: database.prepare(
      `SELECT min(due_at) AS until FROM message INDEXED BY message_held
       WHERE state = 'queued' AND lane = 2 AND channel = :channel`,
    ),
    heldCount: database.prepare(
      `SELECT count(*) AS count FROM message INDEXED BY message_held
       WHERE state = 'queued' AND lane = 2 AND channel = :channel`,
    ),
  }
}

function prepareFallbackStatements(database: DatabaseSync) {
  return {
    dueFallback: database.prepare(
      'SELECT * FROM message WHERE fallback_due_at <= :now ORDER BY fallback_due_at LIMIT 1',
    ),
    endFallback: database.prepare(
      'UPDATE message SET fallback_due_at = NULL, fallback_to = NULL WHERE seq = ?',
    ),
    nextFallbackAt: database.prepare(
      'SELECT min(fallback_due_at) AS dueAt FROM message WHERE fallback_due_at IS NOT NULL',
    ),
    byFallbackOf: database.prepare('SELECT * FROM message WHERE fallback_of = ?'),
  }
}

/** Open messages keep their content whatever their age: it is still to be sent. Dead letters keep theirs as well. */
const blankable = `content IS NOT NULL AND keeps_content = 0 AND fallback_due_at IS NULL
  AND state NOT IN ('queued', 'sending')`
/** E-mails are read where they arrive. */
const inTranscript = `content IS NOT NULL AND channel = 'whatsapp' AND (:recipient IS NULL OR recipient = :recipient)`

function prepareContentStatements(database: DatabaseSync) {
  return {
    blankBeyond: database.prepare(
      `UPDATE message SET content = NULL WHERE ${blankable}
         AND seq <= (SELECT seq FROM message WHERE ${blankable} ORDER BY seq DESC LIMIT 1 OFFSET ?)`,
    ),
    newestTexts: database.prepare(
      `SELECT * FROM (SELECT * FROM message WHERE ${inTranscript} ORDER BY seq DESC LIMIT :limit) ORDER BY seq`,
    ),
    textsAfter: database.prepare(
      `SELECT * FROM message WHERE ${inTranscript} AND seq > :after ORDER BY seq LIMIT :limit`,
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
