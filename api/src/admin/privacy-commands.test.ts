import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createTestAdmin, type TestAdmin } from '../testing/test-admin.ts'
import { createTestApi, type TestApi } from '../testing/test-api.ts'
import type { TestDatabase } from '@ura/core/database/testing/test-database'
import { borrowMigratedDatabase } from '../testing/migrated-test-database.ts'

let folder: string
let database: TestDatabase
let test: TestApi
let admin: TestAdmin
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ura-privacy-'))
  database = await borrowMigratedDatabase()
  test = await createTestApi({ DATABASE_URL: database.url, DATA_DIR: folder })
  admin = createTestAdmin({ DATABASE_URL: database.url, DATA_DIR: folder }, test.clock)
  await admin.run('users', 'change', '1001', '--email', 'joao@prefeitura.example')
  await test.post('/api/solicitar_codigo', { usuario: '1001' })
  await test.post('/api/novo_chamado', { usuario: '1001', servico: '2-2' })
  await test.post('/api/novo_chamado', { usuario: '1002', servico: '2-2' })
  await admin.run('tickets', 'note', '10017', 'João pediu pressa.')
  const call = {
    started_at_ms: 1,
    ended_at_ms: 2,
    steps: '[]',
    outcome: 'fim',
    protocols: '["10017"]',
    recorded_at_ms: 2,
  }
  const row = { ...call, call_id: 'call-1', round: 1, phone: '+5545999990001', user_code: '1001' }
  await test.api.db.insertInto('calls').values(row).execute()
})
afterEach(async () => {
  await test[Symbol.asyncDispose]()
  await database.drop()
  await rm(folder, { recursive: true })
})

/** Every text of every table. */
async function everything(): Promise<string> {
  const tables = await test.api.db.introspection.getTables()
  const rows = await Promise.all(
    tables.map(({ name }) =>
      test.api.db
        .selectFrom(name as 'users')
        .selectAll()
        .execute(),
    ),
  )
  return JSON.stringify(rows)
}

it('exports all that is held about a person, hashes of codes aside, and about nobody else', async () => {
  const path = join(folder, 'joao.json')
  expect((await admin.run('privacy', 'export', '1001', path)).exitCode).toBe(0)
  expect((await stat(path)).mode & 0o777).toBe(0o600)
  const text = await readFile(path, 'utf8')
  expect(JSON.parse(text)).toMatchObject({
    person: {
      code: '1001',
      name: 'João da Conceição',
      whatsapp: '+5545999990001',
      email: 'joao@prefeitura.example',
    },
    tickets: [{ protocol: '10017', notes: [{ text: 'João pediu pressa.' }], events: [{ to: 'aberto' }] }],
    accessCodes: [{ delivery: 'sent', channel: 'whatsapp' }],
    calls: [{ call_id: 'call-1', phone: '+5545999990001' }],
    audit: [{ event: 'user_changed' }, { event: 'code_sent' }, { event: 'ticket_opened' }],
  })
  expect(text).not.toMatch(/code_hash|Maria/)
  expect((await admin.run('privacy', 'export', '9999')).exitCode).toBe(1)
})

it('erases a person and keeps the tickets', async () => {
  await mkdir(join(folder, 'audio', 'personal'), { recursive: true })
  await writeFile(join(folder, 'audio', 'personal', 'name.wav'), 'sound')
  expect((await admin.run('privacy', 'erase', '1001')).exitCode).toBe(1)
  const open = await admin.run('privacy', 'erase', '1001', '--yes')
  expect(open.error).toContain('1 chamados em andamento')
  await admin.run('tickets', 'status', '10017', 'resolvido')
  admin.answer = true
  expect((await admin.run('privacy', 'erase', '1001')).exitCode).toBe(0)
  expect(admin.asked.at(-1)).toContain('João da Conceição (1001)')
  expect(await everything()).not.toMatch(/João|joao|999990001|"1001"/)
  expect(await readdir(join(folder, 'audio', 'personal'))).toEqual([])
  expect((await test.post('/api/verificar_usuario', { usuario: '1001' })).json()).toEqual({ status: false })
  expect(await admin.json('tickets', 'show', '10017')).toMatchObject({ userCode: 'x1', status: 'resolvido' })
  const { users } = (await admin.json('users', 'list')) as { users: { code: string }[] }
  expect(users.map(({ code }) => code)).toEqual(['1002', '1003', '1004', '1005', '1006'])
  expect((await admin.run('users', 'export')).printed).not.toContain('x1')
  const audit = await test.api.db.selectFrom('audit_log').selectAll().where('user_code', '=', 'x1').execute()
  expect(audit.at(-1)).toMatchObject({ event: 'user_erased', actor: 'admin:ana' })
})

it('erases a person with open tickets when told to, and lets the code be given anew', async () => {
  expect((await admin.run('privacy', 'erase', '1001', '--yes', '--with-open-tickets')).exitCode).toBe(0)
  expect((await admin.run('privacy', 'erase', '1001', '--yes')).exitCode).toBe(1)
  expect((await admin.run('users', 'add', '1001', '--name', 'Outra pessoa')).exitCode).toBe(0)
})
