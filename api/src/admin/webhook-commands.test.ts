import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createTestAdmin, type TestAdmin } from '../testing/test-admin.ts'
import { auditEvents, createTestApi, type TestApi } from '../testing/test-api.ts'
import type { TestDatabase } from '@ura/core/database/testing/test-database'
import { borrowMigratedDatabase } from '../testing/migrated-test-database.ts'

let database: TestDatabase
let test: TestApi
let admin: TestAdmin
beforeEach(async () => {
  database = await borrowMigratedDatabase()
  const environment = { DATABASE_URL: database.url, WEBHOOK_NETWORKS: '127.0.0.0/8' }
  test = await createTestApi(environment)
  admin = createTestAdmin({ DATABASE_URL: database.url }, test.clock)
})
afterEach(async () => {
  await test[Symbol.asyncDispose]()
  await database.drop()
})

const console = ['webhooks', 'add', 'console', 'https://console.example.gov.br/hooks'] as const

it('are added once, with a secret that is shown once, and removed on confirmation', async () => {
  const { secret } = (await admin.json(...console)) as { secret: string }
  expect(secret).toMatch(/^whsec_/)
  expect((await admin.run(...console)).exitCode).toBe(1)
  const { printed } = await admin.run('webhooks', 'list')
  expect(printed).toMatch(/^console +https:\/\/console\.example\.gov\.br\/hooks +ligado +ticket\.opened,/m)
  expect(JSON.stringify(await admin.json('webhooks', 'list'))).not.toContain(secret)
  expect((await admin.run('webhooks', 'remove', 'console')).exitCode).toBe(1)
  expect((await admin.run('webhooks', 'remove', 'console', '--yes')).exitCode).toBe(0)
  expect((await admin.run('webhooks', 'test', 'console')).exitCode).toBe(1)
  const rows = await test.api.db.selectFrom('audit_log').select('detail').execute()
  expect(JSON.stringify(rows)).not.toContain(secret)
  expect(await auditEvents(test.api)).toEqual(['sign_in', 'webhook_added', 'webhook_removed'])
})

it.each([
  [['bad name', 'https://example.org/'], 'O nome'],
  [['a', 'ftp://example.org/'], 'endereço'],
  [['a', 'example.org'], 'endereço'],
  [['a', 'https://user:password@example.org/'], 'endereço'],
  [['a', 'https://example.org/', '--events', 'ticket.opened,ticket.closed'], 'ticket.closed'],
])('are not added as %j', async (typed, message) => {
  const { exitCode, error } = await admin.run('webhooks', 'add', ...typed)
  expect(exitCode).toBe(2)
  expect(error).toContain(message)
})

it('are told of every change of a ticket by a listening API; one that is gone is switched off, and on by hand', async () => {
  const received: string[] = []
  let status = 410
  const server = createServer((request, response) => {
    request.setEncoding('utf8')
    request.on('data', (chunk: string) => received.push((JSON.parse(chunk) as { type: string }).type))
    request.on('end', () => response.writeHead(status).end())
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  await admin.run('webhooks', 'add', 'local', `http://127.0.0.1:${port}/`)
  await test.post('/api/novo_chamado', { usuario: '1001', servico: '2-2' })
  await admin.run('tickets', 'status', '10017', 'em_atendimento')
  await admin.run('tickets', 'assign', '10017', 'ana')
  await admin.run('tickets', 'note', '10017', 'Trocar a fonte.')
  await admin.run('webhooks', 'test', 'local')
  await test.api.listen()
  const types = ['ticket.opened', 'ticket.status_changed', 'ticket.assigned', 'ticket.noted', 'webhook.test']
  await vi.waitFor(
    async () =>
      expect((await admin.run('webhooks', 'list')).printed).toMatch(/^local +\S+ +desligado em 2026-/m),
    { timeout: 5_000 },
  )
  expect(received).toEqual(['ticket.opened'])
  expect((await admin.run('webhooks', 'test', 'local')).error).toContain('desligado')
  expect((await admin.run('webhooks', 'deliveries', 'local')).printed).toMatch(
    /ticket\.opened +na fila +1 +http_410/,
  )
  status = 204
  expect(await admin.json('webhooks', 'on', 'local')).toEqual({ name: 'local', on: true })
  await vi.waitFor(() => expect(received).toEqual(['ticket.opened', ...types]), { timeout: 5_000 })
  const switches = (await auditEvents(test.api)).filter((event) => event.startsWith('webhook_switched'))
  expect(switches).toEqual(['webhook_switched_off', 'webhook_switched_on'])
  server.closeAllConnections()
  await new Promise((done) => server.close(done))
})

it('are switched off and on by hand; what happens meanwhile is not told', async () => {
  await admin.run(...console)
  for (const state of ['off', 'off', 'on', 'on']) {
    expect((await admin.run('webhooks', state, 'console')).exitCode).toBe(0)
    await test.post('/api/novo_chamado', { usuario: '1001', servico: '2-2' })
  }
  expect((await admin.run('webhooks', 'on', 'nobody')).exitCode).toBe(1)
  expect(await admin.json('webhooks', 'deliveries', 'console')).toHaveLength(2)
  const switches = (await auditEvents(test.api)).filter((event) => event.startsWith('webhook_switched'))
  expect(switches).toEqual(['webhook_switched_off', 'webhook_switched_on'])
})

it('get their dead deliveries once more', async () => {
  await admin.run(...console)
  await admin.run('webhooks', 'test', 'console')
  const dead = { state: 'dead', attempts: 15, last_result: 'timeout', settled_at_ms: 0 }
  await test.api.db.updateTable('webhook_deliveries').set(dead).execute()
  expect((await admin.run('webhooks', 'deliveries', 'console', '--dead')).printed).toMatch(
    /webhook\.test +abandonada +15 +timeout/,
  )
  expect(await admin.json('webhooks', 'replay', 'console')).toEqual({ name: 'console', replayed: 1 })
  expect(await admin.json('webhooks', 'deliveries', 'console')).toMatchObject([
    { state: 'pending', attempts: 0 },
  ])
})
