import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestApi, type TestApi } from '../testing/test-api.ts'
import { createTestClient, type TestClient } from '../testing/test-clients.ts'

let test: TestApi
let admin: TestClient
beforeAll(async () => {
  test = await createTestApi()
  admin = await createTestClient(test, 'admin')
  await admin.post('/api/v1/tickets', { userCode: '1001', service: 'computador-nao-liga' })
})
afterAll(() => test[Symbol.asyncDispose]())

const ask = (method: string, path: string, ifNoneMatch: string) =>
  admin.send(method, path, { 'if-none-match': ifNoneMatch })

describe.each(['/api/v1/tickets/10017', '/api/v1/users/1001', '/api/v1/services'])('GET %s', (path) => {
  it('is not told again to who names its ETag', async () => {
    const first = await admin.get(path)
    const etag = String(first.headers['etag'])
    expect(first.headers['cache-control']).toBe('private, no-cache')
    for (const header of [etag, `W/${etag}`, `"other", ${etag}`, '*']) {
      const { statusCode, body, headers } = await ask('GET', path, header)
      expect([statusCode, body, headers['etag']]).toEqual([304, '', etag])
      expect(headers).not.toHaveProperty('content-type')
      expect(headers['cache-control']).toBe('private, no-cache')
    }
    const head = await ask('HEAD', path, etag)
    expect([head.statusCode, head.body]).toEqual([304, ''])
  })

  it('is told to who names another', async () => {
    const answer = await ask('GET', path, '"other"')
    expect([answer.statusCode, answer.body]).toEqual([200, (await admin.get(path)).body])
  })
})

describe('If-None-Match', () => {
  it('of a ticket as it was is answered with the ticket as it is', async () => {
    const path = '/api/v1/tickets/10017'
    const etag = String((await admin.get(path)).headers['etag'])
    await admin.patch(path, { assignee: 'ana' }, { 'if-match': etag })
    const answer = await ask('GET', path, etag)
    expect([answer.statusCode, answer.json<{ assignee: string }>().assignee]).toEqual([200, 'ana'])
  })

  it('hides no error, and is nothing to a list', async () => {
    expect((await ask('GET', '/api/v1/tickets/10025', '*')).statusCode).toBe(404)
    expect((await ask('GET', '/api/v1/tickets', '*')).statusCode).toBe(200)
  })

  it('with two tags ends a phone’s question for the catalogue too', async () => {
    const etag = String((await test.get('/api/servicos')).headers['etag'])
    const answer = await test.get('/api/servicos', { 'if-none-match': `"other", W/${etag}` })
    expect([answer.statusCode, answer.body]).toEqual([304, ''])
  })

  it('is described for every GET that answers with an ETag', async () => {
    const { paths } = (await test.get('/docs/json')).json<{
      paths: Record<string, { get?: { responses: Record<string, unknown>; parameters?: { name: string }[] } }>
    }>()
    const described = Object.entries(paths).filter(([, { get }]) => get?.responses['304'] !== undefined)
    expect(described.map(([path]) => path).toSorted()).toEqual([
      '/api/informacoes',
      '/api/servicos',
      '/api/v1/announcements',
      '/api/v1/callbacks/{callId}/{round}',
      '/api/v1/services',
      '/api/v1/tickets/{protocol}',
      '/api/v1/users/{code}',
      '/audio/{name}',
    ])
    for (const [, { get }] of described) {
      expect(get?.parameters?.map(({ name }) => name)).toContain('if-none-match')
    }
  })
})
