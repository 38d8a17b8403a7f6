/**
 * Tables of received messages and of webhook calls on MySQL and MariaDB, for a migration of the outbox's database. Times
 * are epoch milliseconds.
 * @param tableOptions what every table of the outbox ends with
 */
export function mysqlInboundTables(tableOptions: string): readonly string[] {
  return [
    `CREATE TABLE gateway_inbound_messages (
      seq BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
      channel VARCHAR(32) NOT NULL,
      message_id VARCHAR(512) NOT NULL,
      sender VARCHAR(32),
      sent_at BIGINT NOT NULL,
      kind VARCHAR(16) NOT NULL,
      text MEDIUMTEXT,
      is_private TINYINT NOT NULL,
      raw MEDIUMTEXT NOT NULL,
      received_at BIGINT NOT NULL,
      due_at BIGINT NOT NULL,
      tries INT NOT NULL DEFAULT 0,
      processed_at BIGINT,
      outcome VARCHAR(16),
      UNIQUE KEY inbound_id (channel, message_id),
      KEY inbound_waiting (processed_at, seq),
      KEY inbound_due (processed_at, due_at),
      KEY inbound_processed (sender, processed_at),
      KEY inbound_private (sender, channel, is_private, sent_at),
      KEY inbound_received (received_at)
    ) ${tableOptions}`,
    `CREATE TABLE gateway_webhook_calls (
      seq BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
      body MEDIUMTEXT NOT NULL,
      received_at BIGINT NOT NULL,
      set_aside_at BIGINT,
      KEY webhook_call_waiting (set_aside_at, seq)
    ) ${tableOptions}`,
  ]
}
