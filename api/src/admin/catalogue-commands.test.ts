import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createTestAdmin, type TestAdmin } from '../testing/test-admin.ts'
import { createTestApi, type TestApi } from '../testing/test-api.ts'
import type { TestDatabase } from '@ura/core/database/testing/test-database'
import { borrowMigratedDatabase } from '../testing/migrated-test-database.ts'

let database: TestDatabase
let test: TestApi
let admin: TestAdmin
beforeEach(async () => {
  database = await borrowMigratedDatabase()
  test = await createTestApi({ DATABASE_URL: database.url })
  admin = createTestAdmin({ DATABASE_URL: database.url }, test.clock)
})
afterEach(async () => {
  await test[Symbol.asyncDispose]()
  await database.drop()
})

async function done(...typed: string[]): Promise<void> {
  expect(await admin.run(...typed)).toMatchObject({ exitCode: 0, error: '' })
}
const exitCode = async (...typed: string[]) => (await admin.run(...typed)).exitCode
const shown = async (...options: string[]) => (await admin.run('catalogue', 'show', ...options)).printed
const etag = async () => (await test.get('/api/servicos')).headers.etag
const openTicket = async (servico: string) =>
  (await test.post('/api/novo_chamado', { usuario: '1001', servico })).statusCode

describe('the catalogue', () => {
  it('has another version after each change, and the next ticket goes by it', async () => {
    const versions = [await etag()]
    const changes = [
      ['categories', 'add', 'Ponto eletrônico', '--key', '8'],
      ['services', 'add', 'relogio-parado', '--category', '8', '--option', '1', '--name', 'Relógio parado'],
      ['services', 'change', 'relogio-parado', '--name', 'Relógio de ponto parado'],
      ['services', 'change', 'relogio-parado', '--option', '4'],
      ['categories', 'change', '8', '--name', 'Ponto'],
      ['categories', 'change', '8', '--position', '1'],
      ['services', 'off', 'relogio-parado'],
    ]
    for (const change of changes) {
      await done(...change)
      versions.push(await etag())
    }
    // A category without services isn't offered; switched off again, all is as it was.
    expect(versions[1]).toBe(versions[0])
    expect(new Set(versions.slice(1)).size).toBe(changes.length - 1)
    expect(versions.at(-1)).toBe(versions[0])
    expect(await openTicket('8-4')).toBe(422)
    await done('services', 'on', 'relogio-parado')
    expect(await openTicket('8-4')).toBe(201)
    expect((await shown()).split('\n')[0]).toBe('8  Ponto')
    expect(await shown()).toContain('8-4  Relógio de ponto parado  [relogio-parado]')
  })

  it('retires a service that tickets point at: its option is free, its code taken, its tickets told as before', async () => {
    expect(await openTicket('2-2')).toBe(201)
    const [, code = ''] = /2-2 .*\[(.*)\]/.exec(await shown()) ?? []
    expect(await exitCode('services', 'retire', code)).toBe(1)
    await done('services', 'retire', code, '--yes')
    expect(await openTicket('2-2')).toBe(422)
    expect(await shown()).not.toContain(code)
    expect(await shown('--all')).toContain(`(aposentado)  [${code}]`)
    const place = ['--category', '2', '--option', '2', '--name', 'Outro']
    expect(await exitCode('services', 'add', code, ...place)).toBe(1)
    await done('services', 'add', 'outro-novo', ...place)
    expect((await admin.run('tickets', 'show', '10017')).printed).toContain('Computador não liga')
    expect(await exitCode('services', 'on', code)).toBe(1)
  })

  it('swaps keys and options when asked to', async () => {
    const categories = async () => (await shown()).match(/^\d  .*$/gm)?.map((line) => line.slice(3))
    const [first, second] = (await categories()) ?? []
    expect(await exitCode('categories', 'change', '1', '--key', '2')).toBe(1)
    await done('categories', 'change', '1', '--key', '2', '--swap')
    expect(await shown()).toMatch(new RegExp(`^2  ${first}$`, 'm'))
    expect(await shown()).toMatch(new RegExp(`^1  ${second}$`, 'm'))
    const [, one = ''] = /1-1 .*\[(.*)\]/.exec(await shown()) ?? []
    await done('services', 'change', one, '--option', '2', '--swap')
    expect(await shown()).toMatch(new RegExp(`1-2 .*\\[${one}\\]`))
  })

  it('retires a category with its services, and frees its key', async () => {
    await done('categories', 'retire', '2', '--yes')
    expect(await openTicket('2-1')).toBe(422)
    await done('categories', 'add', 'Nova', '--key', '2')
    expect(await exitCode('categories', 'add', 'Outra', '--key', '2')).toBe(1)
  })

  it('always keeps something to choose from', async () => {
    const keys = (await shown()).match(/^\d(?=  )/gm) ?? []
    for (const key of keys.slice(1)) {
      await done('categories', 'off', key)
    }
    const refused = await admin.run('categories', 'off', keys[0] ?? '')
    expect(refused).toMatchObject({ exitCode: 1 })
    expect(refused.error).toContain('nenhum serviço')
    await done('categories', 'on', keys[1] ?? '')
  })

  it.each([
    [['categories', 'add', 'Nova', '--key', '7']],
    [['categories', 'add', ' ', '--key', '8']],
    [['categories', 'change', '1']],
    [['categories', 'change', '1', '--position', '9']],
    [['services', 'add', '2-3', '--category', '1', '--option', '1', '--name', 'x']],
    [['services', 'add', 'novo', '--category', '1', '--option', '9', '--name', 'x']],
    [['services', 'add', 'novo', '--category', '1', '--option', '8']],
    [['services', 'add', 'novo', '--category', '1', '--option', '8', '--name', 'x'.repeat(101)]],
  ])('%j is not understood', async (typed) => {
    expect(await exitCode(...typed)).toBe(2)
  })
})
