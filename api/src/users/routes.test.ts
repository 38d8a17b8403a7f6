import { describe, expect, it } from 'vitest'
import { auditEvents, createTestApi } from '../testing/test-api.ts'

describe('POST /api/verificar_usuario', () => {
  it('knows an active user', async () => {
    await using test = await createTestApi()
    const answer = await test.post('/api/verificar_usuario', { usuario: '1001' })
    expect([answer.statusCode, answer.json()]).toEqual([200, { status: true }])
  })

  it("doesn't know a stranger, nor a user who was made inactive", async () => {
    await using test = await createTestApi()
    await test.api.db.updateTable('users').set({ active: 0 }).where('code', '=', '1002').execute()
    for (const usuario of ['9999', '1002', '01001']) {
      expect((await test.post('/api/verificar_usuario', { usuario })).json()).toEqual({ status: false })
    }
  })

  it.each([
    [{}, 'usuario'],
    [{ usuario: '' }, 'usuario'],
    [{ usuario: 1001 }, 'usuario'],
    [{ usuario: '1001x' }, 'usuario'],
    [{ usuario: '1'.repeat(13) }, 'usuario'],
    [{ usuario: '1001', telefone: '+55 45' }, 'telefone'],
    [{ usuario: '1001', chamada: 'a b' }, 'chamada'],
    [{ usuario: '1001', outro: 1 }, 'outro'],
  ])('refuses %j and names %s', async (body, field) => {
    await using test = await createTestApi()
    const answer = await test.post('/api/verificar_usuario', body)
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ erro: { codigo: 'REQUISICAO_INVALIDA', campo: field } })
  })
})

describe('wrong registration codes of one calling number', () => {
  const wrong = { usuario: '9999', telefone: '+5545988887777' }

  it('end after ten within a quarter of an hour, for right codes as well', async () => {
    await using test = await createTestApi()
    for (let time = 0; time < 10; time += 1) {
      expect((await test.post('/api/verificar_usuario', wrong)).json()).toEqual({ status: false })
      test.clock.advance({ seconds: 30 })
    }
    const limited = await test.post('/api/verificar_usuario', { ...wrong, usuario: '1001' })
    expect(limited.statusCode).toBe(429)
    expect(limited.json()).toMatchObject({ erro: { codigo: 'LIMITE_DE_TENTATIVAS' } })
    expect(limited.headers['retry-after']).toBe(String(15 * 60 - 10 * 30))
    expect(await auditEvents(test.api)).toContain('registration_limit_reached')

    const other = await test.post('/api/verificar_usuario', { usuario: '1001', telefone: '+5545988886666' })
    expect(other.json()).toEqual({ status: true })

    test.clock.advance({ minutes: 10 })
    const later = await test.post('/api/verificar_usuario', { ...wrong, usuario: '1001' })
    expect(later.json()).toEqual({ status: true })
  })

  it.each(['45988887777', '045988887777', '5545988887777', '+55045988887777'])(
    'are counted for the number however it is spelled: %s',
    async (telefone) => {
      await using test = await createTestApi()
      for (let time = 0; time < 10; time += 1) {
        await test.post('/api/verificar_usuario', wrong)
      }
      expect((await test.post('/api/verificar_usuario', { usuario: '1001', telefone })).statusCode).toBe(429)
    },
  )

  it('are counted for a number that is none, as an extension', async () => {
    await using test = await createTestApi()
    for (let time = 0; time < 10; time += 1) {
      await test.post('/api/verificar_usuario', { usuario: '9999', telefone: '2001' })
    }
    const statusOf = async (telefone: string) =>
      (await test.post('/api/verificar_usuario', { usuario: '1001', telefone })).statusCode
    expect([await statusOf('2001'), await statusOf('2002')]).toEqual([429, 200])
  })

  it('are counted for the call when it has no number', async () => {
    await using test = await createTestApi()
    for (let time = 0; time < 10; time += 1) {
      await test.post('/api/verificar_usuario', { usuario: '9999', chamada: '1.0' })
    }
    const statusOf = async (chamada: string) =>
      (await test.post('/api/verificar_usuario', { usuario: '1001', chamada })).statusCode
    expect([await statusOf('1.0'), await statusOf('2.0')]).toEqual([429, 200])
  })

  it('are counted for all calls without a number together, ten times as many', async () => {
    await using test = await createTestApi()
    for (let time = 0; time < 100; time += 1) {
      const call = time % 2 === 0 ? {} : { chamada: `${time}.0` }
      const answer = await test.post('/api/verificar_usuario', { usuario: '9999', ...call })
      expect(answer.json()).toEqual({ status: false })
    }
    const right = { usuario: '1001', chamada: '1000.0' }
    expect((await test.post('/api/verificar_usuario', right)).statusCode).toBe(429)
    expect((await test.post('/api/verificar_usuario', { usuario: '1001' })).statusCode).toBe(429)
    const numbered = { usuario: '1001', telefone: '+5545988886666' }
    expect((await test.post('/api/verificar_usuario', numbered)).json()).toEqual({ status: true })
  })

  it('fill the audit log up to a bound when they go on past the limit, and hide no other refusal', async () => {
    await using test = await createTestApi()
    for (let time = 0; time < 10 + 130; time += 1) {
      await test.post('/api/verificar_usuario', wrong)
    }
    await test.api.fastify.inject({
      url: '/api/servicos',
      headers: { authorization: `Bearer ${test.session}` },
      remoteAddress: '203.0.113.9',
    })
    const events = await auditEvents(test.api)
    expect(events.filter((event) => event === 'registration_limit_reached')).toHaveLength(120)
    expect(events.at(-1)).toBe('network_refused')
    expect((await test.get('/metrics')).body).toContain(
      'ura_refusals_total{event="registration_limit_reached"} 130\n',
    )
  })

  it("aren't counted for right ones", async () => {
    await using test = await createTestApi()
    for (let time = 0; time < 12; time += 1) {
      const answer = await test.post('/api/verificar_usuario', { ...wrong, usuario: '1001' })
      expect(answer.json()).toEqual({ status: true })
    }
  })

  it('keep nothing of the number but a keyed hash', async () => {
    await using test = await createTestApi()
    await test.post('/api/verificar_usuario', wrong)
    const rows = await test.api.db.selectFrom('registration_attempts').selectAll().execute()
    expect(rows).toHaveLength(1)
    expect(JSON.stringify(rows) + test.logged.join()).not.toContain('88887777')
  })
})

describe('POST /api/get_user_to_speech', () => {
  it('gives the name and where its audio is', async () => {
    await using test = await createTestApi({ API_PUBLIC_URL: 'https://ura.example/' })
    const answer = await test.post('/api/get_user_to_speech', { usuario: '1001' })
    expect(answer.statusCode).toBe(200)
    const { nome_audio: name } = answer.json<{ nome_audio: string }>()
    expect(answer.json()).toEqual({
      status: true,
      nome: 'João da Conceição',
      url: `https://ura.example/audio/${name}`,
      nome_audio: name,
    })
    expect(test.speech.spoken).toEqual(['João da Conceição'])
  })

  it('gives the name without audio while speech is down', async () => {
    await using test = await createTestApi()
    test.speech.isDown = true
    const answer = await test.post('/api/get_user_to_speech', { usuario: '1001' })
    expect(answer.json()).toEqual({ status: true, nome: 'João da Conceição', url: null, nome_audio: null })
  })

  it("doesn't know a stranger", async () => {
    await using test = await createTestApi()
    const answer = await test.post('/api/get_user_to_speech', { usuario: '9999' })
    expect(answer.statusCode).toBe(404)
    expect(answer.json()).toMatchObject({ erro: { codigo: 'USUARIO_NAO_ENCONTRADO', campo: 'usuario' } })
  })
})
