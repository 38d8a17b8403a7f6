import type { TestDatabase } from '@ura/core/database/testing/test-database'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { createTestAdmin, type TestAdmin } from '../testing/test-admin.ts'
import { createTestApi, type TestApi } from '../testing/test-api.ts'
import { borrowMigratedDatabase } from '../testing/migrated-test-database.ts'

let database: TestDatabase
let test: TestApi
let admin: TestAdmin
beforeEach(async () => {
  database = await borrowMigratedDatabase()
  test = await createTestApi({ DATABASE_URL: database.url })
  admin = createTestAdmin({ DATABASE_URL: database.url }, test.clock)
  for (const [index, usuario] of ['1001', '1002'].entries()) {
    const now = test.clock.now().toISOString()
    const call = { rodada: 1, telefone: null, inicio: now, fim: now, etapas: [], protocolos: [] }
    const chosen = { resultado: 'abandoned', verificado: true, categoria: 'Computador' }
    await test.post('/api/registrar_ligacao', { ...call, ...chosen, chamada: `17.${index + 1}`, usuario })
    test.clock.advance({ minutes: 1 })
  }
})
afterEach(async () => {
  await test[Symbol.asyncDispose]()
  await database.drop()
})

it('lists who waits for a call, the oldest first', async () => {
  const { printed } = await admin.run('callbacks', 'list')
  expect(printed.split('\n').map((line) => line.split('  ')[0])).toEqual(['LIGAÇÃO', '17.1', '17.2'])
  expect(printed).toContain('1001 João da Conceição')
  expect(printed).toContain('Computador')
  expect((await admin.run('callbacks', 'list', '--user', '1002')).printed).not.toContain('17.1')
})

it('marks one as done with who did it, and takes that back', async () => {
  expect((await admin.run('callbacks', 'done', '17.1')).printed).toBe('Ligação 17.1, entrada 1: feita.')
  expect((await admin.run('callbacks', 'list')).printed).not.toContain('17.1')
  expect((await admin.run('callbacks', 'list', '--state', 'done')).printed).toContain('admin:ana')
  expect(await admin.json('callbacks', 'reopen', '17.1', '1')).toMatchObject({
    state: 'waiting',
    doneBy: null,
  })
})

it('refuses what is none, or over, and says why', async () => {
  const unknown = await admin.run('callbacks', 'done', '17.9')
  expect([unknown.exitCode, unknown.error]).toEqual([1, 'A ligação "17.9" não espera retorno.'])
  await test.post('/api/novo_chamado', { usuario: '1001', servico: '2-2' })
  const over = await admin.run('callbacks', 'done', '17.1')
  expect([over.exitCode, over.error]).toEqual([1, 'A pessoa já tem um chamado desde essa ligação.'])
  expect((await admin.run('callbacks', 'done', '17.1', 'x')).exitCode).toBe(2)
  expect((await admin.run('callbacks', 'list', '--state', 'old')).exitCode).toBe(2)
})
