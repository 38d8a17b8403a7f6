import {
  createTestDatabase,
  databaseServerUrl,
  type TestDatabase,
} from '@ura/core/database/testing/test-database'
import { startStallingProxy } from '@ura/core/database/testing/stalling-proxy'
import { isUnavailable } from '@ura/core/database/database-errors'
import { StartupError } from '@ura/core/service'
import { createConnection } from 'mysql2/promise'
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import { eventually } from '../../testing/eventually.ts'
import { later, newMessage, openMysqlOutbox } from '../../testing/test-outbox.ts'
import type { MysqlOutboxStore } from '../mysql/mysql-outbox-store.ts'

let database: TestDatabase
beforeEach(async () => {
  database = await createTestDatabase()
})
afterEach(() => database.drop())

async function open(
  options: { leaseSeconds?: number; statementTimeoutMs?: number; databaseUrl?: string } = {},
): Promise<MysqlOutboxStore> {
  const store = await openMysqlOutbox({ databaseUrl: database.url, leaseSeconds: 3, ...options })
  onTestFinished(() => store.close())
  return store
}

/** Statements as an administrator of the server. */
async function administer(sql: string): Promise<Record<string, unknown>[]> {
  const connection = await createConnection({ uri: database.url })
  try {
    const [rows] = await connection.query(sql)
    return rows as Record<string, unknown>[]
  } finally {
    await connection.end()
  }
}

/** Ends the session that holds the outbox's lock, from outside. */
async function killOwner(): Promise<void> {
  const [row] = await administer(
    `SELECT is_used_lock(concat('ura-outbox-', left(sha2(database(), 256), 40))) AS id`,
  )
  await administer(`KILL ${Number(row?.['id'])}`)
}

describe('the owner of an outbox on a server', () => {
  it('is one: a second gateway is refused while the first one lives, and takes over when it is closed', async () => {
    const first = await open()
    await expect(open()).rejects.toThrow(
      new StartupError("The outbox of GATEWAY_DATABASE_URL can't be opened: another gateway owns it"),
    )
    await first.close()
    await open()
  }, 30_000)

  it('keeps two databases of one server apart', async () => {
    await open()
    const other = await createTestDatabase()
    onTestFinished(() => other.drop())
    const store = await open({ databaseUrl: other.url })
    expect(await store.backlog(null)).toMatchObject({ depth: 0 })
  })

  it('whose connection is killed goes on with another one, and nothing that was accepted is lost', async () => {
    const store = await open()
    await store.accept(newMessage('under-way'), 10)
    await store.move({ id: 'under-way', to: 'sending', at: later(1) })
    await killOwner()
    const accepted = async () =>
      store.accept(newMessage('next', { idempotencyKey: 'k' }), 10).then(
        ({ outcome }) => outcome,
        (error: unknown) => (isUnavailable(error) ? 'unavailable' : error),
      )
    await eventually(accepted).toMatch(/accepted|repeated/)
    // Nobody else was the owner meanwhile: what is under way is still ours.
    expect(await store.find('under-way')).toMatchObject({ state: 'sending' })
  })

  it('that was cut off writes nothing more once another one has taken over', async () => {
    const proxy = await startStallingProxy(Number(new URL(database.url).port))
    onTestFinished(() => proxy.close())
    const proxied = new URL(database.url)
    proxied.port = String(proxy.port)
    const cutOff = await open({ databaseUrl: proxied.href, statementTimeoutMs: 500 })
    await cutOff.accept(newMessage('under-way'), 10)
    await cutOff.accept(newMessage('waiting', { to: '+5545999990002' }), 10)
    await cutOff.move({ id: 'under-way', to: 'sending', at: later(1) })
    proxy.stall()
    const second = await open()
    await second.recoverInterrupted(later(2))
    expect(await second.find('under-way')).toMatchObject({ state: 'unknown' })
    proxy.resume()
    await expect(cutOff.move({ id: 'waiting', to: 'sending', at: later(3) })).rejects.toSatisfy(isUnavailable)
    expect(await second.find('waiting')).toMatchObject({ state: 'queued' })
    // What the second one had under way when it went is unknown to the first one, too.
    await second.move({ id: 'waiting', to: 'sending', at: later(4) })
    await second.close()
    await eventually(async () =>
      cutOff.find('waiting').then(
        (message) => message?.state,
        () => 'unavailable',
      ),
    ).toBe('unknown')
  }, 40_000)

  it('looks at its lock by itself, so that an idle gateway does not lose it', async () => {
    const store = await open({ leaseSeconds: 3 })
    const { promise: pause, resolve } = Promise.withResolvers<void>()
    setTimeout(resolve, 5_000)
    await pause
    await expect(open({ leaseSeconds: 3 })).rejects.toThrow('another gateway owns it')
    expect(await store.accept(newMessage('m'), 10)).toMatchObject({ outcome: 'accepted' })
  }, 30_000)
})

describe('a server that', () => {
  it('hangs is told within the time of a statement to all who wait, and used again when it answers', async () => {
    const proxy = await startStallingProxy(Number(new URL(database.url).port))
    onTestFinished(() => proxy.close())
    const proxied = new URL(database.url)
    proxied.port = String(proxy.port)
    const store = await open({ databaseUrl: proxied.href, statementTimeoutMs: 500, leaseSeconds: 15 })
    proxy.stall()
    const startedMs = performance.now()
    const outcomes = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        store.accept(newMessage(`m${index}`, { idempotencyKey: `k${index}` }), 100).then(
          () => 'accepted',
          (error: unknown) => (isUnavailable(error) ? 'unavailable' : error),
        ),
      ),
    )
    expect(new Set(outcomes)).toEqual(new Set(['unavailable']))
    // A statement and one attempt to connect, with what a busy machine needs on top.
    expect(performance.now() - startedMs).toBeLessThan(6_000)
    proxy.resume()
    const accept = async () =>
      store.accept(newMessage('after', { idempotencyKey: 'after' }), 100).then(
        ({ outcome }) => outcome,
        () => 'unavailable',
      )
    await expect.poll(accept, { timeout: 20_000, interval: 100 }).toMatch(/accepted|repeated/)
  }, 40_000)

  it('is not there is told at the start in one line, without the password', async () => {
    const nowhere = new URL(database.url)
    nowhere.port = '1'
    const failure = await openMysqlOutbox({ databaseUrl: nowhere.href }).catch((error: unknown) => error)
    expect(failure).toBeInstanceOf(StartupError)
    expect(String(failure)).toContain('ECONNREFUSED')
    expect(String(failure)).not.toContain(nowhere.password)
  })

  it('is of the kind that this run is about', () => {
    expect(databaseServerUrl()).toMatch(/^mysql:/)
  })
})
