import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { inTransaction } from '../database/transaction.ts'
import { keysetQuery } from '../listing/keyset-query.ts'
import { scanFault } from '../testing/query-cost.ts'
import { auditEvents, createTestApi, type TestApi } from '../testing/test-api.ts'
import { createTestClient, type TestClient } from '../testing/test-clients.ts'
import { fillNameKeys, nameKey } from './name-key.ts'
import { planUserList } from './user-list.ts'
import { erasePerson } from '../privacy/erase-person.ts'
import { addUsers } from './user-repository.ts'
import { requireUser } from './user-resources.ts'

interface Page {
  items: { code: string }[]
  next: string | null
}
interface Failure {
  erro: { codigo: string; campo?: string }
}

async function withAdmin(work: (admin: TestClient, test: TestApi) => Promise<void>): Promise<void> {
  await using test = await createTestApi()
  await work(await createTestClient(test, 'admin'), test)
}

async function codes(client: TestClient, query: string): Promise<string[]> {
  return (await client.get(`/api/v1/users?${query}`)).json<Page>().items.map(({ code }) => code)
}

describe('GET /api/v1/users', () => {
  let shared: TestApi
  let reader: TestClient
  beforeAll(async () => {
    shared = await createTestApi()
    reader = await createTestClient(shared, 'read')
  })
  afterAll(() => shared[Symbol.asyncDispose]())

  it.each([
    ['', ['1001', '1002', '1003', '1004', '1005', '1006']],
    ['code=1002', ['1002']],
    ['code=10', ['1001', '1002', '1003', '1004', '1005', '1006']],
    ['code=2', []],
    ['name=joao', ['1001']],
    [`name=${encodeURIComponent('  LUÍS  GONÇ')}`, ['1003']],
    ['name=in', ['1004']],
    ['name=silva', []],
    ['whatsapp=45999990002', ['1002']],
    [`whatsapp=${encodeURIComponent('+55 45 99999-0002')}`, ['1002']],
    ['extension=2004', ['1004']],
    [`name=${encodeURIComponent("%'; drop table users")}`, []],
  ])('?%s gives %j', async (query, expected) => {
    expect(await codes(reader, query)).toEqual(expected)
  })

  it.each([
    ['code=1&name=a', 'name'],
    ['whatsapp=((((((((', 'whatsapp'],
    ['code=x', 'code'],
  ])('refuses ?%s naming %s', async (query, field) => {
    const answer = await reader.get(`/api/v1/users?${query}`)
    expect([answer.statusCode, answer.json<Failure>().erro.campo]).toEqual([400, field])
  })

  it('in pages is the list in one, by code and by name, people of one name included', () =>
    withAdmin(async (admin, test) => {
      const person = { name: 'Ana Souza', department: null, whatsapp: null, extension: null, email: null }
      const people = ['31', '32', '33', '34'].map((code) => ({ ...person, code }))
      await addUsers(test.api.db, people, test.clock.now())
      for (const query of ['', 'name=ana']) {
        const seen: string[] = []
        for (let cursor = ''; ;) {
          const { items, next } = (await admin.get(`/api/v1/users?${query}&limit=3${cursor}`)).json<Page>()
          seen.push(...items.map(({ code }) => code))
          if (next === null) {
            break
          }
          cursor = `&cursor=${next}`
        }
        expect(seen).toEqual(await codes(admin, query))
        expect(seen.length).toBeGreaterThan(3)
      }
    }))

  it('never scans the table', async () => {
    await using test = await createTestApi()
    const { db } = test.api
    const people = Array.from({ length: 3_000 }, (_, index) => ({
      code: String(500_000 + index),
      name: `Pessoa ${index % 100}`,
      department: null,
      whatsapp: `+55459${String(index).padStart(8, '0')}`,
      extension: String(index),
      email: null,
    }))
    for (let start = 0; start < people.length; start += 500) {
      await addUsers(db, people.slice(start, start + 500), test.clock.now())
    }
    const filters = [
      {},
      { code: '5' },
      { name: 'pessoa 5' },
      { whatsapp: '+5545900000007' },
      { extension: '7' },
    ]
    for (const filter of filters) {
      const plan = planUserList(filter)
      for (const after of [null, plan.key.length === 1 ? ['500500'] : ['pessoa 50', 9]]) {
        const query = keysetQuery(db, { ...plan, after, limit: 6 })
        const isWalk = Object.keys(filter).length === 0 && after === null
        const fault =
          query === null ? 'no branch' : await scanFault(db, query, { table: 'users', isWalk, rowsMax: 60 })
        expect({ filter, fault }).toEqual({ filter, fault: null })
      }
    }
  })
})

describe('a user', () => {
  it('whose data was erased is listed no more, by code or by name', () =>
    withAdmin(async (admin, test) => {
      const user = await requireUser(test.api.db, '1001')
      await inTransaction(test.api.db, (trx) => erasePerson(trx, user, test.clock.now()))
      const { name } = await test.api.db
        .selectFrom('users')
        .select('name')
        .where('id', '=', user.id)
        .executeTakeFirstOrThrow()
      const listed = await codes(admin, '')
      expect(listed.filter((code) => code === '1001' || code.startsWith('x'))).toEqual([])
      expect(listed.length).toBeGreaterThan(0)
      expect(await codes(admin, `name=${encodeURIComponent(name)}`)).toEqual([])
    }))

  it('is kept as at the command line: without blanks around, letters composed', () =>
    withAdmin(async (admin) => {
      const body = { code: '78', name: '  Joa\u0303o ', department: ' Obras' }
      expect((await admin.post('/api/v1/users', body)).json()).toMatchObject({
        name: 'João',
        department: 'Obras',
      })
      const change = { name: ' Ana\u0301 ' }
      const changed = await admin.patch('/api/v1/users/78', change, { 'if-match': '*' })
      expect(changed.json()).toMatchObject({ name: 'Aná', department: 'Obras' })
    }))

  it('has an ETag that tells nothing of the phone to who knows all the rest', async () => {
    const etags = await Promise.all(
      ['one', 'other'].map(async (secret) => {
        await using test = await createTestApi({ API_SECRET: `secret-of-the-tests-${secret}` })
        return (await (await createTestClient(test, 'read')).get('/api/v1/users/1001')).headers['etag']
      }),
    )
    expect(new Set(etags).size).toBe(2)
  })

  it('has its e-mail masked, its ETag following the whole, and notices that can be turned off', () =>
    withAdmin(async (admin) => {
      const path = '/api/v1/users/1001'
      const change = async (body: object, etag: string) => await admin.patch(path, body, { 'if-match': etag })
      const first = await change({ email: 'joao@prefeitura.example' }, '*')
      expect(first.json()).toMatchObject({ email: 'j***@prefeitura.example', notices: true })
      const second = await change({ email: 'jose@prefeitura.example' }, String(first.headers['etag']))
      expect(second.json()).toEqual(first.json())
      expect((await change({ notices: false }, String(first.headers['etag']))).statusCode).toBe(412)
      const third = await change({ notices: false }, String(second.headers['etag']))
      expect(third.json()).toMatchObject({ notices: false })
      expect((await admin.get('/api/v1/users?code=1001')).json<{ items: unknown[] }>().items).toEqual([
        third.json(),
      ])
    }))

  it('is read with phone and e-mail masked, active or not', () =>
    withAdmin(async (admin) => {
      expect((await admin.get('/api/v1/users/1001')).json()).toEqual({
        code: '1001',
        name: 'João da Conceição',
        department: 'Obras',
        whatsapp: '+55 45 *****-0001',
        extension: '2001',
        email: null,
        active: true,
        notices: true,
      })
      expect((await admin.get('/api/v1/users/9')).statusCode).toBe(404)
    }))

  it('is added once, found by name, and audited', () =>
    withAdmin(async (admin, test) => {
      const body = { code: '77', name: 'Érica Nuñez', whatsapp: '(45) 99999-0077', email: 'e@example.gov.br' }
      const answers = [await admin.post('/api/v1/users', body), await admin.post('/api/v1/users', body)]
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 409])
      expect(answers[0]?.headers['location']).toBe('/api/v1/users/77')
      expect(await codes(admin, 'name=erica+n')).toEqual(['77'])
      expect(await codes(admin, 'whatsapp=45999990077')).toEqual(['77'])
      expect(await auditEvents(test.api)).toContain('user_added')
    }))

  it('is changed as it was read: of two changes at once one is done, the other is told', () =>
    withAdmin(async (admin, test) => {
      const path = '/api/v1/users/1001'
      const etag = String((await admin.get(path)).headers['etag'])
      const change = (body: unknown, headers?: Record<string, string>) => admin.patch(path, body, headers)
      const answers = await Promise.all([
        change({ name: 'Ágata Lima' }, { 'if-match': etag }),
        change({ active: false }, { 'if-match': etag }),
      ])
      expect(answers.map(({ statusCode }) => String(statusCode)).toSorted()).toEqual(['200', '412'])
      expect((await change({ whatsapp: null, name: 'Ágata' })).statusCode).toBe(428)
      const latest = String((await admin.get(path)).headers['etag'])
      const last = await change({ whatsapp: null, name: 'Ágata' }, { 'if-match': latest })
      expect(last.json()).toMatchObject({ name: 'Ágata', whatsapp: null })
      expect(last.headers['etag']).toBe((await admin.get(path)).headers['etag'])
      expect(await codes(admin, 'name=agata')).toEqual(['1001'])
      expect(await auditEvents(test.api)).toContain('user_changed')
    }))

  it.each([
    [{ whatsapp: '99999-0001' }, 'whatsapp'],
    [{ name: '' }, 'name'],
    [{ email: 'nobody' }, 'email'],
    [{ name: 'A\u2028B' }, 'name'],
    [{ code: '5' }, 'code'],
  ])('refuses %j naming %s', async (body, field) => {
    await withAdmin(async (admin) => {
      const answer = await admin.patch('/api/v1/users/1001', body, { 'if-match': '*' })
      expect([answer.statusCode, answer.json<Failure>().erro.campo]).toEqual([400, field])
    })
  })
})

describe('the key of a name', () => {
  it.each([
    ['João  da CONCEIÇÃO ', 'joao da conceicao'],
    ['İnês Müller', 'ines muller'],
    ['김철수', '김철수'],
    ['\u0301', '\u0301'],
    ['ﬀ'.repeat(300), 'ﬀ'.repeat(200)],
  ])('of %j is %j', (name, key) => {
    expect(nameKey(name)).toBe(key)
  })

  it('is given to everybody who has none', async () => {
    await using test = await createTestApi()
    const { db } = test.api
    await db.updateTable('users').set({ name_key: '' }).execute()
    expect([await fillNameKeys(db), await fillNameKeys(db)]).toEqual([6, 0])
    const row = await db.selectFrom('users').select('name_key').where('code', '=', '1004').executeTakeFirst()
    expect(row?.name_key).toBe('ines muller')
  })
})
