import { describe, expect, it } from 'vitest'
import { auditEvents, createTestApi, type TestApi } from '../testing/test-api.ts'
import { createTestClient, type TestClient } from '../testing/test-clients.ts'

interface Categories {
  categories: { key: string; services: { code: string; name: string; option: number; active: boolean }[] }[]
}

async function withAdmin(work: (admin: TestClient, test: TestApi) => Promise<void>): Promise<void> {
  await using test = await createTestApi()
  await work(await createTestClient(test, 'admin'), test)
}

const path = '/api/v1/services'
const code = 'computador-nao-liga'
const find = (answer: Awaited<ReturnType<TestClient['get']>>) =>
  answer
    .json<Categories>()
    .categories.flatMap(({ services }) => services)
    .find((service) => service.code === code)

describe('GET /api/v1/services', () => {
  it('gives the catalogue as the phone offers it', () =>
    withAdmin(async (admin, test) => {
      const offered = (await test.get('/api/servicos')).json<{ categorias: { servicos: unknown[] }[] }>()
      const { categories } = (await admin.get(path)).json<Categories>()
      expect(categories.map(({ services }) => services.length)).toEqual(
        offered.categorias.map(({ servicos }) => servicos.length),
      )
      expect(find(await admin.get(path))).toEqual({
        code,
        name: 'Computador não liga',
        option: 2,
        active: true,
        retired: false,
      })
    }))
})

describe('PATCH /api/v1/services/:code', () => {
  it('switches a service off: callers are no longer offered it, and it stays listed', () =>
    withAdmin(async (admin, test) => {
      const etag = String((await admin.get(path)).headers['etag'])
      const version = (await test.get('/api/servicos')).headers['etag']
      const body = { active: false, name: 'Computador morto' }
      const answer = await admin.patch(`${path}/${code}`, body, { 'if-match': etag })
      expect([answer.statusCode, find(answer)]).toMatchObject([200, body])
      expect(answer.headers['etag']).toBe((await admin.get(path)).headers['etag'])
      expect((await test.get('/api/servicos')).headers['etag']).not.toBe(version)
      const opened = await test.post('/api/novo_chamado', { usuario: '1001', servico: code })
      expect(opened.statusCode).toBe(422)
      expect(await auditEvents(test.api)).toContain('catalogue_changed')
    }))

  it('needs the catalogue as it was read', () =>
    withAdmin(async (admin) => {
      const etag = String((await admin.get(path)).headers['etag'])
      const rename = (name: string) => admin.patch(`${path}/${code}`, { name }, { 'if-match': etag })
      const answers = await Promise.all([rename('Um'), rename('Dois')])
      expect(answers.map(({ statusCode }) => String(statusCode)).toSorted()).toEqual(['200', '412'])
      expect((await admin.patch(`${path}/${code}`, { name: 'Três' })).statusCode).toBe(428)
      const unknown = await admin.patch(`${path}/nope`, { name: 'Três' }, { 'if-match': '*' })
      expect(unknown.statusCode).toBe(422)
    }))

  it('leaves a retired service as it is', () =>
    withAdmin(async (admin, test) => {
      await test.api.db
        .updateTable('catalogue_services')
        .set({ active: 0, retired_at_ms: test.clock.now().getTime() })
        .where('code', '=', code)
        .execute()
      expect(find(await admin.get(path))).toMatchObject({ active: false, retired: true })
      const answer = await admin.patch(`${path}/${code}`, { active: true }, { 'if-match': '*' })
      expect(answer.statusCode).toBe(409)
    }))
})
