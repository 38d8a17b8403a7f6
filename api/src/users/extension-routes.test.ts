import { describe, expect, it } from 'vitest'
import { createTestClient } from '../testing/test-clients.ts'
import { auditEvents, createTestApi, type TestApi } from '../testing/test-api.ts'

const on = { EXTENSION_IDENTIFICATION: 'on', TRUSTED_EXTENSIONS: '2XXX' }
const call = { ramal: '2001', chamada: '17.5' }

async function identify(test: TestApi, body: object = call): Promise<unknown> {
  return (await test.post('/api/identificar_ramal', body)).json()
}

async function confirm(test: TestApi, body: object = {}): Promise<unknown> {
  return (await test.post('/api/confirmar_ramal', { ...call, usuario: '1001', ...body })).json()
}

async function setUser(test: TestApi, code: string, fields: { extension?: string; active?: number }) {
  await test.api.db.updateTable('users').set(fields).where('code', '=', code).execute()
}

async function auditRows(test: TestApi) {
  return await test.api.db
    .selectFrom('audit_log')
    .select(['event', 'actor', 'user_code', 'detail'])
    .where('event', 'in', ['identified_by_extension', 'extension_refused'])
    .orderBy('id')
    .execute()
}

describe('POST /api/identificar_ramal', () => {
  it('tells whose extension it is, with the name to be confirmed', async () => {
    await using test = await createTestApi(on)
    expect(await identify(test)).toEqual({
      status: true,
      usuario: '1001',
      nome: 'João da Conceição',
      url: expect.stringMatching(/\/audio\/[0-9a-f]{64}\.wav$/),
      nome_audio: expect.any(String),
    })
    expect(await auditRows(test)).toEqual([])
  })

  it('tells nobody while the policy is off, as it is by default', async () => {
    await using test = await createTestApi()
    expect(await identify(test)).toEqual({ status: false })
    expect(await confirm(test)).toEqual({ status: false })
  })

  it('tells nobody for an extension that several active people share, or none', async () => {
    await using test = await createTestApi(on)
    await setUser(test, '1002', { extension: '2001' })
    expect(await identify(test)).toEqual({ status: false })
    expect(await confirm(test)).toEqual({ status: false })
    expect(await identify(test, { ...call, ramal: '2999' })).toEqual({ status: false })
    await setUser(test, '1002', { active: 0 })
    expect(await identify(test)).toMatchObject({ status: true, usuario: '1001' })
  })

  it('tells nobody who is not active', async () => {
    await using test = await createTestApi(on)
    await setUser(test, '1001', { active: 0 })
    expect(await identify(test)).toEqual({ status: false })
  })

  it('tells nobody for an extension that is not trusted, and audits that somebody asked', async () => {
    await using test = await createTestApi(on)
    await setUser(test, '1001', { extension: '3001' })
    expect(await identify(test, { ...call, ramal: '3001' })).toEqual({ status: false })
    expect(await auditRows(test)).toEqual([
      {
        event: 'extension_refused',
        actor: 'telefonia',
        user_code: null,
        detail: JSON.stringify({ extension: '3001', call: '17.5', reason: 'extension' }),
      },
    ])
  })

  it.each(['phone', 'admin'] as const)('does not believe another client, were it %s', async (role) => {
    await using test = await createTestApi(on)
    const other = await createTestClient(test, role)
    for (const path of ['identificar_ramal', 'confirmar_ramal']) {
      const body = path === 'confirmar_ramal' ? { ...call, usuario: '1001' } : call
      const answer = await other.post(`/api/${path}`, body)
      expect([answer.statusCode, answer.json()]).toMatchObject([
        403,
        { erro: { codigo: 'PAPEL_SEM_PERMISSAO' } },
      ])
    }
    const refused = (await auditRows(test)).map(({ event, actor }) => [event, actor])
    expect(refused).toEqual([
      ['extension_refused', role],
      ['extension_refused', role],
    ])
  })

  it('believes the clients of EXTENSION_CLIENTS', async () => {
    await using test = await createTestApi({ ...on, EXTENSION_CLIENTS: 'telefonia-2, phone' })
    const other = await createTestClient(test, 'phone')
    expect((await other.post('/api/identificar_ramal', call)).json()).toMatchObject({ usuario: '1001' })
    expect((await test.post('/api/identificar_ramal', call)).statusCode).toBe(403)
  })

  it('keeps programs that only read away, whatever their name', async () => {
    await using test = await createTestApi({ ...on, EXTENSION_CLIENTS: 'read' })
    const reader = await createTestClient(test, 'read')
    expect((await reader.post('/api/identificar_ramal', call)).statusCode).toBe(403)
    expect(await auditEvents(test.api)).toContain('role_refused')
  })

  it.each([
    [{ chamada: '17.5' }, 'ramal'],
    [{ ...call, ramal: '2001; drop' }, 'ramal'],
    [{ ...call, ramal: 'PJSIP/2001' }, 'ramal'],
    [{ ramal: '2001' }, 'chamada'],
  ])('refuses %j and names %s', async (body, field) => {
    await using test = await createTestApi(on)
    const answer = await test.post('/api/identificar_ramal', body)
    expect([answer.statusCode, answer.json()]).toMatchObject([400, { erro: { campo: field } }])
  })
})

describe('POST /api/confirmar_ramal', () => {
  it('identifies the person, and audits who, extension and call', async () => {
    await using test = await createTestApi(on)
    expect(await confirm(test)).toEqual({ status: true })
    expect(await auditRows(test)).toEqual([
      {
        event: 'identified_by_extension',
        actor: 'telefonia',
        user_code: '1001',
        detail: JSON.stringify({ extension: '2001', call: '17.5' }),
      },
    ])
  })

  it('identifies nobody else than the one whose extension it is at that moment', async () => {
    await using test = await createTestApi(on)
    expect(await confirm(test, { usuario: '1002' })).toEqual({ status: false })
    await setUser(test, '1001', { extension: '2009' })
    expect(await confirm(test)).toEqual({ status: false })
    expect(await auditRows(test)).toEqual([])
  })
})
