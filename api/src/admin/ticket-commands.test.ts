import { afterEach, beforeEach, expect, it } from 'vitest'
import { createFakeClock } from '../testing/fakes.ts'
import { createTestAdmin, type TestAdmin } from '../testing/test-admin.ts'
import { auditEvents, createTestApi, type TestApi } from '../testing/test-api.ts'
import type { TestDatabase } from '@ura/core/database/testing/test-database'
import { borrowMigratedDatabase } from '../testing/migrated-test-database.ts'

let database: TestDatabase
let test: TestApi
let admin: TestAdmin
beforeEach(async () => {
  database = await borrowMigratedDatabase()
  const clock = createFakeClock()
  clock.set('2026-11-23T20:00:00Z')
  test = await createTestApi({ DATABASE_URL: database.url }, clock)
  admin = createTestAdmin({ DATABASE_URL: database.url }, test.clock)
})
afterEach(async () => {
  await test[Symbol.asyncDispose]()
  await database.drop()
})

const open = (usuario: string, servico = '2-2') => test.post('/api/novo_chamado', { usuario, servico })

async function list(...options: string[]): Promise<[string, string | null]> {
  const { tickets, next } = (await admin.json('tickets', 'list', ...options)) as {
    tickets: { protocol: string }[]
    next: string | null
  }
  return [tickets.map(({ protocol }) => protocol).join(','), next]
}

it('lists tickets, newest first, narrowed and page by page', async () => {
  await open('1001')
  await open('1002')
  test.clock.advance({ hours: 10 })
  await open('1001', '1-1')
  await admin.run('tickets', 'status', '10025', 'resolvido')
  await admin.run('tickets', 'assign', '10025', 'Redes')
  expect(await list()).toEqual(['10033,10025,10017', null])
  expect(await list('--limit', '2')).toEqual(['10033,10025', '10025'])
  expect(await list('--limit', '2', '--before', '10025')).toEqual(['10017', null])
  expect(await list('--user', '1001')).toEqual(['10033,10017', null])
  expect(await list('--status', 'resolvido,fechado')).toEqual(['10025', null])
  expect(await list('--assignee', 'Redes')).toEqual(['10025', null])
  expect(await list('--until', '2026-11-23')).toEqual(['10025,10017', null])
  expect(await list('--since', '2026-11-24')).toEqual(['10033', null])
  const { printed } = await admin.run('tickets', 'list', '--limit', '1')
  expect(printed).toMatch(/^10033 +aberto +2026-11-24 03:00 /m)
  expect(printed).toContain('Há mais: continue com --before 10033')
})

it('assigns and annotates a ticket, and tells its history in order', async () => {
  await open('1001')
  const steps = [
    ['assign', '10017', 'Equipe de Redes'],
    ['note', '10017', 'Trocar a fonte.'],
    ['status', '10017', 'em_atendimento'],
    ['assign', '10017'],
  ]
  for (const step of steps) {
    test.clock.advance({ minutes: 1 })
    expect(await admin.run('tickets', ...step)).toMatchObject({ exitCode: 0 })
  }
  const { printed } = await admin.run('tickets', 'history', '10017')
  expect(printed.split('\n').map((line) => line.trim().replace(/^\S+ +/, ''))).toEqual([
    '- -> aberto  (telefonia)',
    'responsável - -> Equipe de Redes  (admin:ana)',
    'anotação: Trocar a fonte.  (admin:ana)',
    'aberto -> em_atendimento  (admin:ana)',
    'responsável Equipe de Redes -> -  (admin:ana)',
  ])
  expect(await admin.json('tickets', 'show', '10017')).toMatchObject({
    assignee: null,
    version: 5,
    notes: [{ text: 'Trocar a fonte.', author: 'admin:ana' }],
  })
  expect(await auditEvents(test.api)).toEqual([
    'sign_in',
    'ticket_opened',
    'ticket_assigned',
    'ticket_note_added',
    'ticket_status_changed',
    'ticket_assigned',
  ])
})

it.each([
  [2, ['list', '--status', 'perdido']],
  [2, ['list', '--since', '2026-02-30']],
  [2, ['list', '--before', '10018']],
  [2, ['assign', '10017', '']],
  [2, ['note', '10017', ' ']],
  [2, ['note', '10017', 'x'.repeat(2_001)]],
  [1, ['assign', '10017']],
  [1, ['note', '10025', 'x']],
])('exit code %j: tickets %j', async (exitCode, typed) => {
  await open('1001')
  expect((await admin.run('tickets', ...typed)).exitCode).toBe(exitCode)
})
