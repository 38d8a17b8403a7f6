import { inboundSchema } from '../inbound/sqlite-inbound-schema.ts'

/** Forward only; the database's `user_version` tells how many of these it has. Times are epoch milliseconds. */
export const sqliteMigrations: readonly string[] = [
  `CREATE TABLE message (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    idempotency_key TEXT UNIQUE,
    body_hash TEXT NOT NULL,
    recipient TEXT NOT NULL,
    content TEXT,
    state TEXT NOT NULL CHECK (
      state IN ('queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'expired', 'unknown')),
    tries INTEGER NOT NULL DEFAULT 0,
    accepted_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    deadline INTEGER NOT NULL,
    handed_at INTEGER,
    provider_id TEXT
  ) STRICT;
  CREATE INDEX message_open ON message (recipient, seq) WHERE state IN ('queued', 'sending');
  CREATE INDEX message_queued ON message (seq, due_at) WHERE state = 'queued';
  CREATE INDEX message_deadline ON message (deadline) WHERE state = 'queued';
  CREATE INDEX message_content ON message (seq) WHERE content IS NOT NULL;
  CREATE INDEX message_handed ON message (recipient, handed_at) WHERE handed_at IS NOT NULL;
  CREATE INDEX message_handed_at ON message (handed_at) WHERE handed_at IS NOT NULL;
  CREATE INDEX message_provider ON message (provider_id) WHERE provider_id IS NOT NULL;
  CREATE TABLE transition (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    message_seq INTEGER NOT NULL REFERENCES message (seq) ON DELETE CASCADE,
    state TEXT NOT NULL,
    at INTEGER NOT NULL,
    reason TEXT
  ) STRICT;
  CREATE INDEX transition_message ON transition (message_seq);`,
  `ALTER TABLE message ADD COLUMN kind TEXT CHECK (kind IN ('text', 'otp'));
  ALTER TABLE message ADD COLUMN keeps_content INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE message ADD COLUMN replay_of TEXT;
  UPDATE message SET kind = json_extract(content, '$.kind') WHERE content IS NOT NULL;
  CREATE UNIQUE INDEX message_replay ON message (replay_of) WHERE replay_of IS NOT NULL;
  CREATE INDEX message_dead ON message (seq) WHERE state IN ('failed', 'expired', 'unknown');
  CREATE INDEX message_due ON message (due_at) WHERE state = 'queued';
  CREATE INDEX message_kept ON message (seq) WHERE keeps_content = 1;`,
  inboundSchema,
  // The list of states is a check of the table, which SQLite can't change: the table is made anew.
  `CREATE TABLE message_new (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    idempotency_key TEXT UNIQUE,
    body_hash TEXT NOT NULL,
    channel TEXT NOT NULL DEFAULT 'whatsapp' CHECK (channel IN ('whatsapp', 'email')),
    recipient TEXT NOT NULL,
    lane INTEGER NOT NULL DEFAULT 0 CHECK (lane IN (0, 1, 2)),
    topic TEXT,
    kind TEXT CHECK (kind IN ('text', 'otp')),
    content TEXT,
    keeps_content INTEGER NOT NULL DEFAULT 0,
    state TEXT NOT NULL CHECK (state IN
      ('queued', 'sending', 'sent', 'delivered', 'read', 'failed', 'expired', 'unknown', 'superseded')),
    tries INTEGER NOT NULL DEFAULT 0,
    accepted_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    deadline INTEGER NOT NULL,
    handed_at INTEGER,
    provider_id TEXT,
    replay_of TEXT,
    fallback_of TEXT,
    fallback_to TEXT,
    fallback_due_at INTEGER,
    fallback_unless TEXT CHECK (fallback_unless IN ('sent', 'delivered'))
  ) STRICT;
  INSERT INTO message_new (seq, id, idempotency_key, body_hash, recipient, kind, content, keeps_content, state, tries,
      accepted_at, due_at, deadline, handed_at, provider_id, replay_of)
    SELECT seq, id, idempotency_key, body_hash, recipient, kind, content, keeps_content, state, tries,
      accepted_at, due_at, deadline, handed_at, provider_id, replay_of FROM message;
  DELETE FROM sqlite_sequence WHERE name = 'message_new';
  INSERT INTO sqlite_sequence (name, seq) SELECT 'message_new', seq FROM sqlite_sequence WHERE name = 'message';
  DROP TABLE message;
  ALTER TABLE message_new RENAME TO message;
  CREATE INDEX message_ready ON message (channel, lane, seq, due_at) WHERE state = 'queued';
  CREATE INDEX message_waiting ON message (recipient, lane, seq) WHERE state = 'queued';
  CREATE INDEX message_sending ON message (recipient) WHERE state = 'sending';
  CREATE INDEX message_open ON message (channel, lane) WHERE state IN ('queued', 'sending');
  CREATE INDEX message_topic ON message (recipient, topic) WHERE state = 'queued' AND topic IS NOT NULL;
  CREATE INDEX message_held ON message (channel, due_at) WHERE state = 'queued' AND lane = 2;
  CREATE INDEX message_due ON message (channel, due_at) WHERE state = 'queued';
  CREATE INDEX message_deadline ON message (channel, deadline) WHERE state = 'queued';
  CREATE INDEX message_content ON message (seq) WHERE content IS NOT NULL;
  CREATE INDEX message_blankable ON message (seq) WHERE content IS NOT NULL AND keeps_content = 0
    AND fallback_due_at IS NULL AND state NOT IN ('queued', 'sending');
  CREATE INDEX message_kept ON message (seq) WHERE keeps_content = 1;
  CREATE INDEX message_handed ON message (recipient, handed_at) WHERE handed_at IS NOT NULL;
  CREATE INDEX message_handed_at ON message (handed_at) WHERE handed_at IS NOT NULL;
  CREATE INDEX message_provider ON message (provider_id) WHERE provider_id IS NOT NULL;
  CREATE INDEX message_dead ON message (seq) WHERE state IN ('failed', 'expired', 'unknown');
  CREATE UNIQUE INDEX message_replay ON message (replay_of) WHERE replay_of IS NOT NULL;
  CREATE UNIQUE INDEX message_fallback_of ON message (fallback_of) WHERE fallback_of IS NOT NULL;
  CREATE INDEX message_fallback ON message (fallback_due_at) WHERE fallback_due_at IS NOT NULL;`,
]
