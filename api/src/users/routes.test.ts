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
