/** Tables of received messages and of webhook calls; a migration of the outbox's database. Times are epoch milliseconds. */
export const inboundSchema = `
  CREATE TABLE inbound_message (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    channel TEXT NOT NULL,
    message_id TEXT NOT NULL,
    sender TEXT,
    sent_at INTEGER NOT NULL,
    kind TEXT NOT NULL CHECK (kind IN ('text', 'media', 'reaction', 'other')),
    text TEXT,
    is_private INTEGER NOT NULL,
    raw TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    tries INTEGER NOT NULL DEFAULT 0,
    processed_at INTEGER,
    outcome TEXT,
    UNIQUE (channel, message_id)
  ) STRICT;
  CREATE INDEX inbound_waiting ON inbound_message (seq, due_at) WHERE processed_at IS NULL;
  CREATE INDEX inbound_processed ON inbound_message (sender, processed_at) WHERE processed_at IS NOT NULL;
  CREATE INDEX inbound_private ON inbound_message (sender, channel, sent_at) WHERE is_private = 1;
  CREATE INDEX inbound_received ON inbound_message (received_at) WHERE processed_at IS NOT NULL;
  CREATE TABLE webhook_call (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL,
    received_at INTEGER NOT NULL,
    set_aside_at INTEGER
  ) STRICT;
  CREATE INDEX webhook_call_waiting ON webhook_call (seq) WHERE set_aside_at IS NULL;`
