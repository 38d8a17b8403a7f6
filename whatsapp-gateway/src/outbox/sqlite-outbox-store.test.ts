import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { StartupError } from '@ura/core/service'
import { describe, expect, it, onTestFinished } from 'vitest'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import type { NewMessage } from './outbox-store.ts'
import { SqliteOutboxStore } from './sqlite-outbox-store.ts'

const acceptedAt = new Date('2026-03-10T17:30:00Z')

function later(ms: number): Date {
  return new Date(acceptedAt.getTime() + ms)
}

function newMessage(id: string, fields: Partial<NewMessage> = {}): NewMessage {
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

const pacing = { now: later(1), recipientIntervalMs: 0 }

describe('the outbox in SQLite', () => {
  it('gives back what it accepted, also to its next opening', async () => {
    const { store, path } = openStore()
    const expiresAt = later(60_000)
    await store.accept(newMessage('m', { content: { kind: 'otp', code: '4821', expiresAt } }), 10)
    await store.close()
    const { store: reopened } = openStore({ path })
    expect(await reopened.find('m')).toMatchObject({
      state: 'queued',
      to: '+5545999990001',
      content: { kind: 'otp', code: '4821', expiresAt },
      acceptedAt,
    })
    expect(await reopened.history('m')).toEqual([{ state: 'queued', at: acceptedAt, reason: null }])
  })

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

  it('takes a key once and no more messages than may wait', async () => {
    const { store } = openStore()
    expect(await store.accept(newMessage('a', { idempotencyKey: 'k' }), 1)).toMatchObject({
      outcome: 'accepted',
    })
    expect(await store.accept(newMessage('b', { idempotencyKey: 'k' }), 1)).toMatchObject({
      outcome: 'repeated',
      message: { id: 'a' },
    })
    expect(await store.accept(newMessage('c'), 1)).toEqual({ outcome: 'full' })
  })

  it('has one message of a recipient ready at a time, the oldest, until it is settled', async () => {
    const { store } = openStore()
    await store.accept(newMessage('a1'), 10)
    await store.accept(newMessage('a2'), 10)
    await store.accept(newMessage('b1', { to: '+5545999990002' }), 10)
    const nextId = async () => (await store.nextReady(pacing))?.id ?? null
    expect(await nextId()).toBe('a1')
    await store.move({ id: 'a1', to: 'sending', at: later(1) })
    expect(await nextId()).toBe('b1')
    await store.move({ id: 'b1', to: 'sending', at: later(1) })
    expect(await nextId()).toBeNull()
    await store.move({ id: 'a1', to: 'unknown', at: later(1) })
    expect(await nextId()).toBe('a2')
  })

  it('has no message ready at or after its deadline', async () => {
    const { store } = openStore()
    await store.accept(newMessage('m', { deadline: later(1_000) }), 10)
    expect(await store.nextReady({ ...pacing, now: later(999) })).toMatchObject({ id: 'm' })
    expect(await store.nextReady({ ...pacing, now: later(1_000) })).toBeNull()
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

  it('keeps the newest texts for a driver with a transcript, and blanks them when the driver changes', async () => {
    const { store, path } = openStore({ textsMax: 2 })
    for (const id of ['a', 'b', 'c']) {
      await store.accept(newMessage(id), 10)
      await store.move({ id, to: 'sending', at: later(1) })
      await store.move({ id, to: 'sent', at: later(2) })
    }
    const texts = async (opened: SqliteOutboxStore) =>
      (await opened.transcript({ to: null, after: null, limit: 100 })).map(({ id }) => id)
    expect(await texts(store)).toEqual(['b', 'c'])
    await store.close()
    const { store: reopened } = openStore({ path, textsMax: 0 })
    expect(await texts(reopened)).toEqual([])
  })

  it('keeps the provider id even when a status came first, and finds the message by it', async () => {
    const { store } = openStore()
    await store.accept(newMessage('m'), 10)
    await store.move({ id: 'm', to: 'sending', at: later(1) })
    await store.move({ id: 'm', to: 'delivered', at: later(2) })
    expect(await store.move({ id: 'm', to: 'sent', at: later(3), providerId: 'wamid' })).toBe(false)
    expect(await store.findByProviderId('wamid')).toMatchObject({ id: 'm', state: 'delivered' })
  })

  it('forgets settled messages past their age with their history, and no open one', async () => {
    const { store } = openStore()
    await store.accept(newMessage('settled'), 10)
    await store.move({ id: 'settled', to: 'expired', at: later(1) })
    await store.accept(newMessage('open'), 10)
    expect(await store.prune(later(1))).toBe(1)
    expect(await store.find('settled')).toBeNull()
    expect(await store.history('settled')).toEqual([])
    expect(await store.find('open')).not.toBeNull()
  })

  it('treats SQL in what it is given as text', async () => {
    const { store } = openStore()
    const hostile = `'; DROP TABLE message; --`
    await store.accept(
      newMessage('m', { idempotencyKey: hostile, content: { kind: 'text', text: hostile } }),
      10,
    )
    expect(await store.findByIdempotencyKey(hostile)).toMatchObject({ content: { text: hostile } })
    expect(await store.find(hostile)).toBeNull()
  })
})
