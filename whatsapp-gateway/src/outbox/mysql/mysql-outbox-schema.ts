import { createHash } from 'node:crypto'
import { isAlreadyThere } from '@ura/core/database/database-errors'
import { StartupError } from '@ura/core/service'
import { mysqlInboundTables } from '../../inbound/mysql-inbound-schema.ts'
import type { Session } from './session.ts'

/** One step of the schema; never edited once it was released, only followed by another one. */
export interface OutboxMigration {
  readonly name: string
  readonly statements: readonly string[]
}

// Compared by code point; none of the keys can end in a space, which this collation would overlook.
const tableOptions = 'ENGINE=InnoDB DEFAULT CHARSET=utf8mb4 COLLATE=utf8mb4_bin'

/** Forward only. Times are epoch milliseconds. The prefix lets the tables lie beside those of the ticket API. */
export const outboxMigrations: readonly OutboxMigration[] = [
  {
    name: '0001-outbox',
    statements: [
      `CREATE TABLE gateway_outbox_messages (
        seq BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
        id VARCHAR(64) NOT NULL,
        idempotency_key VARCHAR(128),
        body_hash VARCHAR(64) NOT NULL,
        recipient VARCHAR(32) NOT NULL,
        kind VARCHAR(8) NOT NULL,
        content MEDIUMTEXT,
        has_content TINYINT NOT NULL DEFAULT 1,
        keeps_content TINYINT NOT NULL DEFAULT 0,
        state VARCHAR(16) NOT NULL,
        tries INT NOT NULL DEFAULT 0,
        accepted_at BIGINT NOT NULL,
        due_at BIGINT NOT NULL,
        deadline BIGINT NOT NULL,
        handed_at BIGINT,
        provider_id VARCHAR(512),
        replay_of VARCHAR(64),
        UNIQUE KEY outbox_id (id),
        UNIQUE KEY outbox_key (idempotency_key),
        UNIQUE KEY outbox_replay (replay_of),
        KEY outbox_state (state, seq),
        KEY outbox_due (state, due_at),
        KEY outbox_deadline (state, deadline),
        KEY outbox_recipient (recipient, state, seq),
        KEY outbox_handed (recipient, handed_at),
        KEY outbox_handed_at (handed_at),
        KEY outbox_accepted (accepted_at),
        KEY outbox_provider (provider_id),
        KEY outbox_content (has_content, seq),
        KEY outbox_kept (keeps_content, seq)
      ) ${tableOptions}`,
      `CREATE TABLE gateway_outbox_transitions (
        seq BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY,
        message_seq BIGINT NOT NULL,
        state VARCHAR(16) NOT NULL,
        happened_at BIGINT NOT NULL,
        reason VARCHAR(200),
        KEY outbox_transition_message (message_seq, seq),
        CONSTRAINT gateway_outbox_transition FOREIGN KEY (message_seq)
          REFERENCES gateway_outbox_messages (seq) ON DELETE CASCADE
      ) ${tableOptions}`,
      `CREATE TABLE gateway_outbox_owner (
        id TINYINT NOT NULL PRIMARY KEY,
        owner VARCHAR(36) NOT NULL
      ) ${tableOptions}`,
    ],
  },
  { name: '0002-inbound', statements: mysqlInboundTables(tableOptions) },
  {
    name: '0003-channels',
    statements: [
      `ALTER TABLE gateway_outbox_messages
        ADD COLUMN channel VARCHAR(16) NOT NULL DEFAULT 'whatsapp',
        MODIFY COLUMN recipient VARCHAR(254) NOT NULL,
        ADD COLUMN lane TINYINT NOT NULL DEFAULT 0,
        ADD COLUMN topic VARCHAR(64),
        ADD COLUMN fallback_of VARCHAR(64),
        ADD COLUMN fallback_to VARCHAR(254),
        ADD COLUMN fallback_due_at BIGINT,
        ADD COLUMN fallback_unless VARCHAR(16),
        ADD UNIQUE KEY outbox_fallback_of (fallback_of),
        ADD KEY outbox_fallback (fallback_due_at),
        ADD KEY outbox_ready (channel, state, lane, seq),
        ADD KEY outbox_held (channel, state, lane, due_at),
        ADD KEY outbox_next_due (channel, state, due_at),
        ADD KEY outbox_next_deadline (channel, state, deadline),
        ADD KEY outbox_waiting (recipient, state, lane, seq),
        ADD KEY outbox_topic (recipient, topic)`,
      'ALTER TABLE gateway_outbox_messages DROP KEY outbox_due, DROP KEY outbox_deadline, DROP KEY outbox_recipient',
    ],
  },
]

interface Applied {
  name: string
  checksum: string
  statements_done: number
}

/**
 * Brings the schema up to date. These servers commit each change of a schema by itself, so each statement is noted as
 * done and the next start goes on behind it. The owner's lock keeps others away meanwhile.
 * @throws StartupError when an applied migration was edited, or is unknown to this program
 */
export async function migrateOutbox(
  session: Session,
  migrations: readonly OutboxMigration[] = outboxMigrations,
): Promise<void> {
  await session.execute(`CREATE TABLE IF NOT EXISTS gateway_outbox_migrations (
    name VARCHAR(100) NOT NULL PRIMARY KEY,
    checksum CHAR(64) NOT NULL,
    statements_done INT NOT NULL
  ) ${tableOptions}`)
  const rows = await session.select('SELECT * FROM gateway_outbox_migrations ORDER BY name')
  const applied = rows as unknown as Applied[]
  requireFitting(migrations, applied)
  for (const [index, migration] of migrations.entries()) {
    await apply(session, migration, applied[index])
  }
}

function requireFitting(migrations: readonly OutboxMigration[], applied: readonly Applied[]): void {
  for (const [index, { name, checksum }] of applied.entries()) {
    const migration = migrations[index]
    if (migration?.name !== name) {
      throw new StartupError(
        `The outbox has the migration "${name}", which this gateway doesn't have in that place; is the gateway older than the database?`,
      )
    }
    if (checksumOf(migration) !== checksum) {
      throw new StartupError(`The outbox migration "${name}" was edited after it had been applied.`)
    }
  }
}

async function apply(
  session: Session,
  migration: OutboxMigration,
  applied: Applied | undefined,
): Promise<void> {
  const { name, statements } = migration
  if (applied === undefined) {
    await session.execute(
      'INSERT INTO gateway_outbox_migrations (name, checksum, statements_done) VALUES (:name, :checksum, 0)',
      { name, checksum: checksumOf(migration) },
    )
  }
  const doneBefore = applied?.statements_done ?? 0
  for (const [index, statement] of statements.entries()) {
    if (index >= doneBefore) {
      await session.execute(statement).catch((error: unknown) => {
        // A start may have broken off behind a statement and before it was noted as done.
        if (applied === undefined || index > doneBefore || !isAlreadyThere(error)) {
          throw error
        }
      })
      await session.execute(
        'UPDATE gateway_outbox_migrations SET statements_done = :done WHERE name = :name',
        {
          name,
          done: index + 1,
        },
      )
    }
  }
}

function checksumOf({ statements }: OutboxMigration): string {
  return createHash('sha256').update(statements.join(';\n')).digest('hex')
}
