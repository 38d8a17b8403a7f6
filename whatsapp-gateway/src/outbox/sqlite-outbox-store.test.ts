import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StartupError } from '@ura/core/service'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { later, newMessage } from '../testing/test-outbox.ts'
import { SqliteOutboxStore } from './sqlite-outbox-store.ts'

function openStore(options: { textsMax?: number; path?: string } = {}) {
  const path = options.path ?? join(temporaryFolder(), 'outbox.sqlite')
  const store = new SqliteOutboxStore({ path, textsMax: options.textsMax ?? 0 })
  onTestFinished(async () => store.close().catch(() => {}))
  return { store, path }
}

/** What the start of a gateway says when its outbox can't be opened. */
function openingFaultOf(path: string): string | undefined {
  try {
    openStore({ path })
    return undefined
  } catch (error) {
    return error instanceof StartupError ? error.message : `another error: ${String(error)}`
  }
}

describe('the outbox in SQLite', () => {
  it('is readable by its owner alone', () => {
    const { path } = openStore()
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(statSync(`${path}-wal`).mode & 0o777).toBe(0o600)
  })

  it('refuses a second gateway on the same file', { timeout: 10_000 }, () => {
    const { path } = openStore()
    expect(openingFaultOf(path)).toBe(`${path} can't be opened; does another gateway use the same DATA_DIR?`)
  })

  it('tells a file that a newer version made', () => {
    const path = join(temporaryFolder(), 'outbox.sqlite')
    const newer = new DatabaseSync(path)
    newer.exec('PRAGMA user_version = 1000')
    newer.close()
    expect(openingFaultOf(path)).toBe(
      `${path} can't be opened: it was made by a newer version of the gateway`,
    )
  })

  it('tells in one line why a file can not be opened, without blaming another gateway', () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, 'text'), 'no database '.repeat(1_000))
    mkdirSync(join(folder, 'folder'))
    expect(openingFaultOf(join(folder, 'text'))).toMatch(/can't be opened: file is not a database$/)
    expect(openingFaultOf(join(folder, 'text', 'outbox.sqlite'))).toMatch(
      /DATA_DIR is no folder .*\((EEXIST|ENOTDIR)\)$/,
    )
    expect(openingFaultOf(join(folder, 'folder'))).toMatch(/can't be opened: EISDIR[^\n]*$/)
  })

  it('blanks what a message said once it is settled, down to the bytes of the file', async () => {
    const { store, path } = openStore()
    await store.accept(
      newMessage('m', { content: { kind: 'text', text: 'the-secret-words '.repeat(240) } }),
      10,
    )
    await store.move({ id: 'm', to: 'sending', at: later(1) })
    expect((await store.find('m'))?.content).not.toBeNull()
    await store.move({ id: 'm', to: 'sent', at: later(2) })
    expect((await store.find('m'))?.content).toBeNull()
    await store.close()
    expect(readFileSync(path).includes('the-secret-words')).toBe(false)
  })

  it('takes over the file of the first version, with what waits in it', async () => {
    const path = join(temporaryFolder(), 'outbox.sqlite')
    const { store } = openStore({ path })
    await store.accept(newMessage('waiting'), 10)
    await store.close()
    const file = new DatabaseSync(path)
    file.exec(`DROP INDEX message_replay; DROP INDEX message_dead; DROP INDEX message_due;
      DROP INDEX message_kept; DROP TABLE inbound_message; DROP TABLE webhook_call;
      ALTER TABLE message DROP COLUMN kind; ALTER TABLE message DROP COLUMN keeps_content;
      ALTER TABLE message DROP COLUMN replay_of; PRAGMA user_version = 1`)
    file.close()
    const { store: newer } = openStore({ path })
    expect(await newer.find('waiting')).toMatchObject({ kind: 'text', replayOf: null, state: 'queued' })
  })
})
