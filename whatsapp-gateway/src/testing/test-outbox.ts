import { join } from 'node:path'
import { createTestDatabase, databaseServerUrl } from '@ura/core/database/testing/test-database'
import { createLogger } from '@ura/core/logger'
import { onTestFinished } from 'vitest'
import { MysqlOutboxStore } from '../outbox/mysql/mysql-outbox-store.ts'
import type { GatewayStore } from '../outbox/gateway-store.ts'
import type { NewMessage, OutboxStore } from '../outbox/outbox-store.ts'
import { SqliteOutboxStore } from '../outbox/sqlite-outbox-store.ts'
import { ManualTime } from './manual-time.ts'
import { temporaryFolder } from './temporary-folder.ts'

/** When every message of {@link newMessage} is accepted. */
export const acceptedAt = new Date('2026-03-10T17:30:00Z')

/** That much after {@link acceptedAt}. */
export function later(ms: number): Date {
  return new Date(acceptedAt.getTime() + ms)
}

/** A text to one person that may be sent for a minute. */
export function newMessage(id: string, fields: Partial<NewMessage> = {}): NewMessage {
  return {
    id,
    idempotencyKey: null,
    bodyHash: 'hash',
    to: '+5545999990001',
    content: { kind: 'text', text: `text of ${id}` },
    acceptedAt,
    deadline: later(60_000),
    ...fields,
  }
}

/** An outbox of one test's own, on the database that this run of the tests is about; it may be opened again and again. */
export interface TestOutbox {
  open(options?: { textsMax?: number }): Promise<GatewayStore>
}

/** Makes an empty one; it is gone when the test ends. */
export async function createTestOutbox(): Promise<TestOutbox> {
  if (databaseServerUrl() === undefined) {
    const path = join(temporaryFolder(), 'outbox.sqlite')
    return {
      open: async ({ textsMax = 0 } = {}) => closedInTheEnd(new SqliteOutboxStore({ path, textsMax })),
    }
  }
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  return {
    open: async ({ textsMax = 0 } = {}) =>
      closedInTheEnd(await openMysqlOutbox({ databaseUrl: database.url, textsMax })),
  }
}

/** The outbox in a database of a server, with a silent log and a short lease unless told otherwise. */
export function openMysqlOutbox(
  options: { databaseUrl: string } & Partial<Parameters<typeof MysqlOutboxStore.open>[0]>,
): Promise<MysqlOutboxStore> {
  const log = createLogger({ service: 'test', level: 'silent' })
  return MysqlOutboxStore.open({ textsMax: 0, clock: new ManualTime(), log, ...options })
}

/** Brings a message to a state, by the shortest way that the state machine allows. */
export async function settle(
  store: OutboxStore,
  id: string,
  state: 'sent' | 'failed' | 'unknown' | 'expired',
): Promise<void> {
  if (state !== 'expired') {
    await store.move({ id, to: 'sending', at: later(1) })
  }
  await store.move({ id, to: state, at: later(2) })
}

function closedInTheEnd<T extends OutboxStore>(store: T): T {
  onTestFinished(async () => store.close().catch(() => {}))
  return store
}
