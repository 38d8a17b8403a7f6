import { describe, expect, it } from 'vitest'
import { createTestApi, type TestApi } from '../testing/test-api.ts'
import { createTestClient, type TestClient } from '../testing/test-clients.ts'

type Listed = {
  id: number
  title: string
  text: string
  position: number
  active: boolean
  key: string | null
}

const path = '/api/v1/announcements'
const hours = { title: 'Horário', text: 'Das oito às dezessete.' }
const password = { title: 'Senha', text: 'Ligue de novo e tecle 1.' }

async function withAdmin(work: (admin: TestClient, test: TestApi) => Promise<void>): Promise<void> {
  await using test = await createTestApi()
  await work(await createTestClient(test, 'admin'), test)
}

async function add(admin: TestClient, body: object): Promise<number> {
  const { announcements } = (await admin.post(path, body)).json<{ announcements: Listed[] }>()
  return Math.max(...announcements.map(({ id }) => id))
}

async function list(admin: TestClient): Promise<[key: string | null, title: string][]> {
  const { announcements } = (await admin.get(path)).json<{ announcements: Listed[] }>()
  return announcements.map(({ key, title }) => [key, title])
}

async function etagOf(admin: TestClient): Promise<string> {
  return String((await admin.get(path)).headers['etag'])
}

describe('/api/v1/announcements', () => {
  it('adds at the end or at a place, and gives keys in that order to those that are on', () =>
    withAdmin(async (admin) => {
      const added = await admin.post(path, hours)
      expect([added.statusCode, added.json()]).toEqual([
        201,
        { announcements: [{ id: expect.any(Number), ...hours, position: 1, active: true, key: '1' }] },
      ])
      await add(admin, { ...password, position: 1 })
      await add(admin, { title: 'Férias', text: 'Em janeiro.', active: false, position: 2 })
      expect(await list(admin)).toEqual([
        ['1', 'Senha'],
        [null, 'Férias'],
        ['2', 'Horário'],
      ])
    }))

  it('changes text, place and switch as they were read; the ETag is of all', () =>
    withAdmin(async (admin) => {
      const id = await add(admin, hours)
      await add(admin, password)
      const etag = await etagOf(admin)
      const change = (body: object, ifMatch: string) =>
        admin.patch(`${path}/${id}`, body, { 'if-match': ifMatch })
      const changed = await change({ text: 'Das sete\n às   onze.', position: 2 }, etag)
      expect(changed.statusCode).toBe(200)
      expect(changed.json()).toMatchObject({ announcements: [{}, { text: 'Das sete às onze.' }] })
      expect((await change({ active: false }, etag)).statusCode).toBe(412)
      expect((await change({ active: false }, String(changed.headers['etag']))).statusCode).toBe(200)
      expect(await list(admin)).toEqual([
        ['1', 'Senha'],
        [null, 'Horário'],
      ])
      expect((await admin.patch(`${path}/${id}`, { active: true })).statusCode).toBe(428)
    }))

  it('removes one, and closes the gap', () =>
    withAdmin(async (admin) => {
      const id = await add(admin, hours)
      await add(admin, password)
      const removed = await admin.send('DELETE', `${path}/${id}`, { 'if-match': await etagOf(admin) })
      expect([removed.statusCode, removed.json()]).toMatchObject([
        200,
        { announcements: [{ title: 'Senha', position: 1, key: '1' }] },
      ])
      const again = await admin.send('DELETE', `${path}/${id}`, { 'if-match': '*' })
      expect([again.statusCode, again.json()]).toMatchObject([
        404,
        { erro: { codigo: 'INFORMACAO_NAO_ENCONTRADA' } },
      ])
    }))

  it('keeps nine and offers eight, refusing the next', () =>
    withAdmin(async (admin) => {
      for (let number = 1; number <= 8; number += 1) {
        await add(admin, { ...hours, title: `Nº ${number}` })
      }
      const ninth = await admin.post(path, hours)
      expect([ninth.statusCode, ninth.json()]).toMatchObject([
        409,
        { erro: { codigo: 'MUDANCA_NAO_PERMITIDA' } },
      ])
      const off = await add(admin, { ...hours, active: false })
      expect((await admin.post(path, { ...hours, active: false })).statusCode).toBe(409)
      const on = await admin.patch(`${path}/${off}`, { active: true }, { 'if-match': '*' })
      expect(on.statusCode).toBe(409)
      expect(await list(admin)).toHaveLength(9)
    }))

  it.each([
    [{ ...hours, title: '' }, 'title'],
    [{ ...hours, title: 'x'.repeat(61) }, 'title'],
    [{ ...hours, title: ' … ' }, 'title'],
    [{ ...hours, text: 'x'.repeat(1_001) }, 'text'],
    [{ ...hours, text: '\n' }, 'text'],
    [{ title: 'Horário' }, 'text'],
    [{ ...hours, position: 10 }, 'position'],
    [{ ...hours, key: '1' }, 'key'],
  ])('refuses %j and names %s', (body, field) =>
    withAdmin(async (admin) => {
      const answer = await admin.post(path, body)
      expect([answer.statusCode, answer.json()]).toMatchObject([400, { erro: { campo: field } }])
      expect(await list(admin)).toEqual([])
    }),
  )

  it('keeps each change in the audit log', () =>
    withAdmin(async (admin, test) => {
      const id = await add(admin, hours)
      await admin.patch(`${path}/${id}`, { active: false }, { 'if-match': '*' })
      await admin.send('DELETE', `${path}/${id}`, { 'if-match': '*' })
      const rows = await test.api.db
        .selectFrom('audit_log')
        .select(['actor', 'detail'])
        .where('event', '=', 'announcements_changed')
        .orderBy('id')
        .execute()
      expect(rows.map(({ actor, detail }) => [actor, JSON.parse(detail)])).toEqual(
        ['added', 'changed', 'removed'].map((change) => ['admin', { change, announcement: id }]),
      )
    }))
})

describe('what callers hear', () => {
  const speak = async (test: TestApi, body: object = {}): Promise<unknown> =>
    (await test.post('/api/falar_informacao', body)).json()

  it('is what is on, and the next call hears a change', () =>
    withAdmin(async (admin, test) => {
      expect((await test.get('/api/informacoes')).json()).toMatchObject({ informacoes: [] })
      const id = await add(admin, hours)
      await add(admin, { ...password, active: false })
      const first = await test.get('/api/informacoes')
      expect(first.json()).toMatchObject({ informacoes: [{ id, tecla: '1', titulo: 'Horário' }] })
      expect(await speak(test)).toMatchObject({
        texto: 'Horário, tecle 1. Para ouvir novamente, tecle 9. Para voltar, tecle asterisco.',
        url: expect.stringContaining('/audio/'),
      })
      expect(await speak(test, { informacao: id })).toMatchObject({ texto: hours.text })
      await admin.patch(`${path}/${id}`, { text: 'Das nove às dez.' }, { 'if-match': '*' })
      expect(await speak(test, { informacao: id })).toMatchObject({ texto: 'Das nove às dez.' })
      const second = await test.get('/api/informacoes', { 'if-none-match': String(first.headers['etag']) })
      expect(second.statusCode).toBe(200)
      const third = await test.get('/api/informacoes', { 'if-none-match': String(second.headers['etag']) })
      expect(third.statusCode).toBe(304)
    }))

  it('is text without audio when there is no voice', () =>
    withAdmin(async (admin, test) => {
      const id = await add(admin, hours)
      test.speech.isDown = true
      expect(await speak(test, { informacao: id })).toEqual({
        status: true,
        texto: hours.text,
        url: null,
        nome_audio: null,
      })
    }))

  it('is nothing of what is off or gone', () =>
    withAdmin(async (admin, test) => {
      const id = await add(admin, { ...hours, active: false })
      for (const informacao of [id, id + 1]) {
        expect(await speak(test, { informacao })).toMatchObject({
          erro: { codigo: 'INFORMACAO_NAO_ENCONTRADA', campo: 'informacao' },
        })
      }
    }))
})
