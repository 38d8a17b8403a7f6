import { afterEach, beforeEach, expect, it } from 'vitest'
import { createTestAdmin, type TestAdmin } from '../testing/test-admin.ts'
import type { TestDatabase } from '@ura/core/database/testing/test-database'
import { borrowMigratedDatabase } from '../testing/migrated-test-database.ts'

let database: TestDatabase
let admin: TestAdmin
beforeEach(async () => {
  database = await borrowMigratedDatabase()
  admin = createTestAdmin({ DATABASE_URL: database.url })
})
afterEach(async () => {
  await database.drop()
})

it('adds, changes, deactivates and activates a user, and shows phone and e-mail masked', async () => {
  const reached = ['--whatsapp', '45 99999-0001', '--email', 'joao@prefeitura.example']
  const added = await admin.run('users', 'add', '1001', '--name', 'João', ...reached)
  expect(added).toMatchObject({ exitCode: 0, printed: 'Usuário 1001 incluído.' })
  expect((await admin.run('users', 'add', '1001', '--name', 'Outro')).exitCode).toBe(1)
  expect(
    (await admin.run('users', 'change', '1001', '--department', 'Obras', '--extension', '')).exitCode,
  ).toBe(0)
  expect((await admin.run('users', 'change', '1001', '--department', 'Obras')).exitCode).toBe(1)
  expect((await admin.run('users', 'deactivate', '1001')).exitCode).toBe(0)
  expect((await admin.run('users', 'deactivate', '1001')).exitCode).toBe(1)
  expect(await admin.json('users', 'show', '1001')).toEqual({
    code: '1001',
    name: 'João',
    department: 'Obras',
    whatsapp: '+55 45 *****-0001',
    extension: null,
    email: 'j***@prefeitura.example',
    active: false,
    notices: true,
  })
  expect((await admin.run('users', 'activate', '1001')).printed).toBe('Usuário 1001: ativo.')
})

it.each([
  [['add', '1001']],
  [['add', 'x', '--name', 'Ana']],
  [['add', '1001', '--name', '']],
  [['add', '1001', '--name', 'Ana', '--whatsapp', '123']],
  [['change', '1001']],
  [['change', '1001', '--notices', 'talvez']],
  [['change', '1001', '--email', 'joao@prefeitura.example, ana@prefeitura.example']],
  [['list', '--limit', '0']],
  [['list', '--active', '--inactive']],
])('users %j is not understood', async (typed) => {
  expect((await admin.run('users', ...typed)).exitCode).toBe(2)
})

it('turns notices off and on again', async () => {
  await admin.run('users', 'add', '1001', '--name', 'João', '--notices', 'off')
  expect((await admin.run('users', 'show', '1001')).printed).toContain('Avisos dos chamados: não')
  expect((await admin.run('users', 'change', '1001', '--notices', 'não')).exitCode).toBe(1)
  expect((await admin.run('users', 'change', '1001', '--notices', 'sim')).exitCode).toBe(0)
  expect(await admin.json('users', 'show', '1001')).toMatchObject({ notices: true, active: true })
})

it('lists users page by page, and finds them whatever the case and accents', async () => {
  for (const [code, name] of [
    ['1', 'João da Silva'],
    ['2', 'Maria'],
    ['3', 'JOAO PEDRO'],
    ['4', 'Joaquim'],
  ] as const) {
    await admin.run('users', 'add', code, '--name', name)
  }
  await admin.run('users', 'deactivate', '4')
  const codes = async (...options: string[]) => {
    const { users, next } = (await admin.json('users', 'list', ...options)) as {
      users: { code: string }[]
      next: string | null
    }
    return [users.map(({ code }) => code).join(','), next]
  }
  expect(await codes('--limit', '2')).toEqual(['1,2', '2'])
  expect(await codes('--limit', '2', '--after', '2')).toEqual(['3,4', null])
  expect(await codes('--search', 'joão')).toEqual(['1,3', null])
  expect(await codes('--search', 'JOA', '--limit', '2')).toEqual(['1,3', '3'])
  expect(await codes('--inactive')).toEqual(['4', null])
  expect((await admin.run('users', 'list', '--limit', '1')).printed).toContain(
    'Há mais: continue com --after 1',
  )
})
