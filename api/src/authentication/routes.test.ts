import { describe, expect, it } from 'vitest'
import { auditEvents, clientToken, createTestApi, type TestApi } from '../testing/test-api.ts'
import { createClient, revokeClient } from './client-repository.ts'

function signIn(test: TestApi, token: string, options: { address?: string; forwarded?: string } = {}) {
  return test.api.fastify.inject({
    method: 'POST',
    url: '/api/autenticar_sessao',
    remoteAddress: options.address ?? '127.0.0.1',
    headers: {
      authorization: `Bearer ${token}`,
      ...(options.forwarded === undefined ? {} : { 'x-forwarded-for': options.forwarded }),
    },
  })
}

describe('signing in', () => {
  it('gives a session of twelve hours for a client token', async () => {
    await using test = await createTestApi()
    const answer = await signIn(test, clientToken)
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toEqual({
      status: true,
      sessao: expect.stringMatching(/^[\w-]{43}$/),
      expira_em: '2026-11-24T02:00:00.000Z',
    })
  })

  it('takes an empty body declared as JSON', async () => {
    await using test = await createTestApi()
    const answer = await test.api.fastify.inject({
      method: 'POST',
      url: '/api/autenticar_sessao',
      headers: { authorization: `Bearer ${clientToken}`, 'content-type': 'application/json' },
    })
    expect(answer.statusCode).toBe(200)
  })

  it.each(['wrong-token-of-the-client', ''])('refuses the token %j with 401 and audits it', async (token) => {
    await using test = await createTestApi()
    const answer = await signIn(test, token)
    expect(answer.statusCode).toBe(401)
    expect(answer.json()).toMatchObject({ status: false, erro: { codigo: 'NAO_AUTENTICADO' } })
    expect(await auditEvents(test.api)).toEqual(['sign_in', 'sign_in_refused'])
  })

  it('keeps neither token nor session in the clear', async () => {
    await using test = await createTestApi()
    const { db } = test.api
    const kept = JSON.stringify([
      await db.selectFrom('clients').selectAll().execute(),
      await db.selectFrom('client_sessions').selectAll().execute(),
      test.logged,
    ])
    expect(kept).not.toContain(clientToken)
    expect(kept).not.toContain(test.session)
  })

  it('refuses the right token from a wrong network with 403, and audits who and from where', async () => {
    await using test = await createTestApi({ HELPDESK_API_NETWORKS: '127.0.0.0/8,2001:db8::/32' })
    expect((await signIn(test, clientToken, { address: '2001:db8::7' })).statusCode).toBe(200)
    expect((await signIn(test, clientToken, { address: '::ffff:127.0.0.5' })).statusCode).toBe(200)
    const refused = await signIn(test, clientToken, { address: '203.0.113.9' })
    expect(refused.statusCode).toBe(403)
    expect(refused.json()).toMatchObject({ erro: { codigo: 'ORIGEM_NAO_PERMITIDA' } })
    const row = await test.api.db
      .selectFrom('audit_log')
      .selectAll()
      .where('event', '=', 'network_refused')
      .executeTakeFirst()
    expect(row).toMatchObject({ actor: 'telefonia', address: '203.0.113.9' })
  })

  it('is limited in number for one address', async () => {
    await using test = await createTestApi({ API_SIGN_INS_PER_MINUTE: '3' })
    const codes = []
    for (let time = 0; time < 4; time += 1) {
      codes.push((await signIn(test, 'wrong-token-of-the-client')).statusCode)
    }
    expect(codes).toEqual([401, 401, 429, 429])
    const limited = await signIn(test, clientToken)
    expect(limited.json()).toMatchObject({ erro: { codigo: 'LIMITE_DE_REQUISICOES' } })
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0)
    expect((await signIn(test, clientToken, { address: '127.0.0.2' })).statusCode).toBe(200)
  })
})

describe('the address of a caller', () => {
  it('is the socket address: a forged X-Forwarded-For changes nothing', async () => {
    await using test = await createTestApi()
    const forged = await signIn(test, clientToken, { address: '203.0.113.9', forwarded: '127.0.0.1' })
    expect(forged.statusCode).toBe(403)
    const harmless = await signIn(test, clientToken, { forwarded: '203.0.113.9' })
    expect(harmless.statusCode).toBe(200)
  })

  it('is what a trusted proxy says', async () => {
    await using test = await createTestApi({ TRUSTED_PROXIES: '10.0.0.1' })
    const proxied = (forwarded: string, address = '10.0.0.1') =>
      signIn(test, clientToken, { address, forwarded })
    expect((await proxied('127.0.0.1')).statusCode).toBe(200)
    expect((await proxied('203.0.113.9')).statusCode).toBe(403)
    // What the client itself wrote stands to the left of what the proxy added.
    expect((await proxied('127.0.0.1, 203.0.113.9')).statusCode).toBe(403)
    expect((await proxied('nonsense')).statusCode).toBe(403)
    expect((await proxied('127.0.0.1', '10.0.0.2')).statusCode).toBe(403)
  })
})

describe('a session', () => {
  const endpoints = [
    ['POST', '/api/verificar_usuario'],
    ['POST', '/api/get_user_to_speech'],
    ['POST', '/api/solicitar_codigo'],
    ['POST', '/api/verificar_codigo'],
    ['GET', '/api/servicos'],
    ['POST', '/api/novo_chamado'],
    ['POST', '/api/verificar_chamado'],
    ['GET', '/api/horario_atendimento'],
    ['POST', '/api/remover_audio'],
    ['POST', '/api/registrar_ligacao'],
    ['GET', '/api/ligacoes/1.0'],
    ['POST', '/api/encerrar_sessao'],
  ] as const

  it('is asked for by every endpoint behind it, whatever the body', async () => {
    await using test = await createTestApi()
    for (const [method, url] of endpoints) {
      const answer = await test.api.fastify.inject({ method, url })
      expect([url, answer.statusCode, answer.json<{ erro: { codigo: string } }>().erro.codigo]).toEqual([
        url,
        401,
        'SESSAO_INVALIDA',
      ])
    }
  })

  it('is not the client token', async () => {
    await using test = await createTestApi()
    const answer = await test.get('/api/horario_atendimento', { authorization: `Bearer ${clientToken}` })
    expect(answer.statusCode).toBe(401)
  })

  it('ends after twelve hours', async () => {
    await using test = await createTestApi()
    test.clock.advance({ hours: 11, minutes: 59 })
    expect((await test.get('/api/horario_atendimento')).statusCode).toBe(200)
    test.clock.advance({ minutes: 1 })
    expect((await test.get('/api/horario_atendimento')).statusCode).toBe(401)
  })

  it('ends when its client is revoked', async () => {
    await using test = await createTestApi()
    await revokeClient(test.api.db, 'telefonia', test.clock.now())
    expect((await test.get('/api/horario_atendimento')).statusCode).toBe(401)
    expect((await signIn(test, clientToken)).statusCode).toBe(401)
  })

  it("is good only from its client's networks", async () => {
    await using test = await createTestApi()
    const answer = await test.api.fastify.inject({
      url: '/api/horario_atendimento',
      remoteAddress: '203.0.113.9',
      headers: { authorization: `Bearer ${test.session}` },
    })
    expect(answer.statusCode).toBe(403)
    expect(await auditEvents(test.api)).toContain('network_refused')
  })

  it('of one client is told apart from that of another', async () => {
    await using test = await createTestApi()
    const { db } = test.api
    const token = await createClient(db, {
      name: 'web',
      networks: ['::1'],
      role: 'phone',
      now: test.clock.now(),
    })
    expect((await signIn(test, token ?? '', { address: '::1' })).statusCode).toBe(200)
    expect((await signIn(test, token ?? '')).statusCode).toBe(403)
    expect(
      await createClient(db, { name: 'web', networks: ['::1'], role: 'phone', now: test.clock.now() }),
    ).toBeNull()
  })
})

describe('refusals of strangers', () => {
  it('fill the audit log up to a bound each minute', async () => {
    await using test = await createTestApi()
    for (let time = 0; time < 130; time += 1) {
      await test.api.fastify.inject({ url: '/api/servicos' })
    }
    const refused = (await auditEvents(test.api)).filter((event) => event === 'session_refused')
    expect(refused).toHaveLength(120)
  })

  it("don't hide a right token at a wrong address, which has a bound of its own and is logged past it", async () => {
    await using test = await createTestApi()
    for (let time = 0; time < 121; time += 1) {
      await test.api.fastify.inject({ url: '/api/servicos' })
    }
    for (let time = 0; time < 121; time += 1) {
      await test.api.fastify.inject({
        url: '/api/servicos',
        remoteAddress: '203.0.113.9',
        headers: { authorization: `Bearer ${test.session}` },
      })
    }
    const refused = (await auditEvents(test.api)).filter((event) => event === 'network_refused')
    expect(refused).toHaveLength(120)
    const logged = test.logged
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line['msg'] === 'refusals past the bound of the audit log')
    expect(logged).toMatchObject([
      { event: 'session_refused', client: 'desconhecido', address: '127.0.0.1' },
      { event: 'network_refused', client: 'telefonia', address: '203.0.113.9' },
    ])
  })
})
