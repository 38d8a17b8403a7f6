import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { openDatabase } from '../database/connection.ts'
import type { Database } from '../database/schema.ts'
import { removeExpired } from '../retention/retention.ts'
import { createTestAdmin, type TestAdmin } from '../testing/test-admin.ts'
import type { TestDatabase } from '@ura/core/database/testing/test-database'
import { borrowMigratedDatabase } from '../testing/migrated-test-database.ts'

const dayMs = 86_400_000

let folder: string
let database: TestDatabase
let db: Database
let admin: TestAdmin
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ura-retention-'))
  database = await borrowMigratedDatabase()
  db = openDatabase(database.url)
  admin = createTestAdmin({ DATABASE_URL: database.url, DATA_DIR: folder, RETENTION_AUDIT_DAYS: '60' })
  await admin.run('users', 'list')
})
afterEach(async () => {
  await db.destroy()
  await database.drop()
  await rm(folder, { recursive: true })
})

const ago = (days: number) => admin.clock.now().getTime() - days * dayMs

async function addAuditRows(days: readonly number[]): Promise<void> {
  const rows = days.map((age) => ({
    happened_at_ms: ago(age),
    event: 'sign_in',
    actor: `${age}`,
    detail: '{}',
  }))
  for (let start = 0; start < rows.length; start += 2_000) {
    await db
      .insertInto('audit_log')
      .values(rows.slice(start, start + 2_000))
      .execute()
  }
}

const actors = async () => {
  const rows = await db.selectFrom('audit_log').select('actor').orderBy('id').execute()
  return rows.map(({ actor }) => actor)
}

it('shows what has expired, removes it once agreed, and keeps that it was done', async () => {
  await addAuditRows([61, 60, 59])
  expect((await admin.run('retention', 'show')).printed).toMatch(/^auditoria +60 +1$/m)
  expect((await admin.run('retention', 'run', '--dry-run')).exitCode).toBe(0)
  expect((await admin.run('retention', 'run')).exitCode).toBe(1)
  expect(await actors()).toHaveLength(3)
  expect(await admin.json('retention', 'run', '--yes')).toMatchObject({ removed: { audit_log: 1 } })
  expect(await actors()).toEqual(['60', '59', 'admin:ana'])
})

it('removes codes, calls and keys by their own age', async () => {
  await admin.run('users', 'add', '1', '--name', 'Ana')
  await admin.run('clients', 'create', 'web', '--networks', '::1')
  for (const [id, days] of [
    ['old', 400],
    ['new', 0],
  ] as const) {
    const code = {
      user_id: 1,
      code_hash: 'x',
      delivery: 'sent',
      expires_at_ms: 0,
      ended_at_ms: null,
      ended_reason: null,
    }
    await db
      .insertInto('access_codes')
      .values({ ...code, id, created_at_ms: ago(days) })
      .execute()
    const call = { round: 1, ended_at_ms: 0, steps: '[]', outcome: 'fim', protocols: '[]', recorded_at_ms: 0 }
    await db
      .insertInto('calls')
      .values({ ...call, call_id: id, started_at_ms: ago(days) })
      .execute()
    const key = { client_id: 1, endpoint: 'novo_chamado', request_hash: 'x', answer: '{}' }
    await db
      .insertInto('idempotency_keys')
      .values({ ...key, idempotency_key: id, created_at_ms: ago(days) })
      .execute()
  }
  expect(await admin.json('retention', 'run', '--yes')).toEqual({
    removed: {
      access_codes: 1,
      calls: 1,
      ticket_voice_notes: 0,
      audit_log: 0,
      idempotency_keys: 1,
      personal_audio: 0,
    },
  })
  expect(await db.selectFrom('access_codes').select('id').execute()).toEqual([{ id: 'new' }])
})

it('goes on batch by batch, the oldest first, until it is told to end', async () => {
  await addAuditRows(Array.from({ length: 11_001 }, (_unused, index) => 100 + index / 11_001))
  const closing = new AbortController()
  const rules = [{ table: 'audit_log', column: 'happened_at_ms', days: 60 }] as const
  const removed = await removeExpired(db, {
    rules,
    now: admin.clock.now(),
    signal: closing.signal,
    onProgress: () => closing.abort(),
  })
  expect(removed.get('audit_log')).toBe(5_000)
  expect((await actors())[6_000]).toBe(`${100 + 6_000 / 11_001}`)
  const rest = await removeExpired(db, { rules, now: admin.clock.now() })
  expect(rest.get('audit_log')).toBe(6_001)
})

it("removes audio of names that nobody used lately, and leaves the menus'", async () => {
  for (const shelf of ['personal', 'shared']) {
    await mkdir(join(folder, 'audio', shelf), { recursive: true })
    for (const [name, days] of [
      ['old.wav', 31],
      ['new.wav', 1],
    ] as const) {
      const path = join(folder, 'audio', shelf, name)
      await writeFile(path, 'sound')
      await utimes(path, ago(days) / 1000, ago(days) / 1000)
    }
  }
  expect(await admin.json('retention', 'run', '--yes')).toMatchObject({ removed: { personal_audio: 1 } })
  expect(await readdir(join(folder, 'audio', 'personal'))).toEqual(['new.wav'])
  expect(await readdir(join(folder, 'audio', 'shared'))).toHaveLength(2)
})
