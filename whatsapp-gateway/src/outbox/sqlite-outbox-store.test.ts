import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StartupError } from '@ura/core/service'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { later, newMessage } from '../testing/test-outbox.ts'
import { sqliteMigrations } from './sqlite-outbox-migrations.ts'
import { migrateDatabase } from './sqlite-outbox-schema.ts'
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

  it.each([1, 2, 3])(
    'takes over a file of version %i, with what waits in it, its history and its places',
    async (version) => {
      const path = join(temporaryFolder(), 'outbox.sqlite')
      const file = new DatabaseSync(path)
      migrateDatabase(file, sqliteMigrations.slice(0, version))
      const content = JSON.stringify({ kind: 'text', text: 'oi' })
      file.exec(`INSERT INTO message (seq, id, idempotency_key, body_hash, recipient, content, state, tries,
          accepted_at, due_at, deadline, handed_at, provider_id) VALUES
          (7, 'sent', 'key-1', 'hash', '+5545999990001', NULL, 'sent', 1, 1, 0, 9, 5, 'wamid'),
          (8, 'waiting', 'key-2', 'hash', '+5545999990001', '${content}', 'queued', 0, 2, 0, 99, NULL, NULL),
          (30, 'forgotten', 'key-3', 'hash', '+5545999990001', NULL, 'sent', 1, 1, 0, 9, 5, NULL);
        INSERT INTO transition (message_seq, state, at, reason) VALUES
          (7, 'queued', 1, NULL), (7, 'sending', 5, NULL), (7, 'sent', 6, NULL), (8, 'queued', 2, NULL);
        DELETE FROM message WHERE id = 'forgotten';`)
      if (version > 1) {
        file.exec(`UPDATE message SET kind = 'text', replay_of = iif(id = 'waiting', 'dead', NULL)`)
      }
      file.close()
      const { store } = openStore({ path })
      expect(await store.findByIdempotencyKey('key-2')).toMatchObject({
        id: 'waiting',
        place: 8,
        channel: 'whatsapp',
        to: '+5545999990001',
        isNotice: false,
        kind: 'text',
        content: { kind: 'text', text: 'oi' },
        state: 'queued',
        replayOf: version > 1 ? 'dead' : null,
        fallbackOf: null,
      })
      expect(await store.findByProviderId('wamid')).toMatchObject({ id: 'sent', state: 'sent', tries: 1 })
      expect((await store.history('sent')).map(({ state }) => state)).toEqual(['queued', 'sending', 'sent'])
      expect(
        await store.nextReady({ channel: 'whatsapp', now: new Date(10), recipientIntervalMs: 0 }),
      ).toMatchObject({ id: 'waiting' })
      const acceptance = await store.accept(newMessage('new'), 10)
      expect(acceptance).toMatchObject({ outcome: 'accepted', message: { place: 31 } })
      expect(await store.move({ id: 'waiting', to: 'superseded', at: new Date(11) })).toBe(true)
    },
  )

  it('forgets the history together with its message, in a file that was taken over as well', async () => {
    const path = join(temporaryFolder(), 'outbox.sqlite')
    const file = new DatabaseSync(path)
    migrateDatabase(file, sqliteMigrations.slice(0, 3))
    file.close()
    const { store } = openStore({ path })
    await store.accept(newMessage('m'), 10)
    await store.move({ id: 'm', to: 'expired', at: later(1) })
    await store.prune(later(1))
    await store.close()
    const after = new DatabaseSync(path)
    onTestFinished(() => after.close())
    expect(after.prepare('SELECT count(*) AS count FROM transition').get()).toEqual({ count: 0 })
    expect(after.prepare('PRAGMA foreign_key_check').all()).toEqual([])
  })
})
