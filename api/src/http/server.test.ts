import { describe, expect, it, vi } from 'vitest'
import { createTestApi } from '../testing/test-api.ts'

interface ErrorAnswer {
  erro: { codigo: string; mensagem: string }
}

describe('a request is refused for', () => {
  const json = 'application/json'

  it.each([
    {
      what: 'a body that is no JSON',
      type: json,
      payload: '{"usuario":',
      told: [400, 'REQUISICAO_INVALIDA'],
    },
    { what: 'no body', type: json, payload: '', told: [400, 'REQUISICAO_INVALIDA'] },
    {
      what: 'a poisoned prototype',
      type: json,
      payload: '{"__proto__":{"a":1},"usuario":"1001"}',
      told: [400, 'REQUISICAO_INVALIDA'],
    },
    {
      what: 'a body over 16 KiB',
      type: json,
      payload: JSON.stringify({ usuario: '1'.repeat(17_000) }),
      told: [413, 'CORPO_GRANDE_DEMAIS'],
    },
    {
      what: 'plain text',
      type: 'text/plain',
      payload: '{"usuario":"1001"}',
      told: [415, 'TIPO_NAO_SUPORTADO'],
    },
  ])('$what', async ({ type, payload, told }) => {
    await using test = await createTestApi()
    const answer = await test.api.fastify.inject({
      method: 'POST',
      url: '/api/verificar_usuario',
      headers: { authorization: `Bearer ${test.session}`, 'content-type': type },
      payload,
    })
    expect([answer.statusCode, answer.json<ErrorAnswer>().erro.codigo]).toEqual(told)
  })

  it('too many of them from one address', async () => {
    await using test = await createTestApi({ API_REQUESTS_PER_MINUTE: '2' })
    await test.get('/api/horario_atendimento')
    await test.get('/api/horario_atendimento')
    const limited = await test.get('/api/horario_atendimento')
    expect([limited.statusCode, limited.json<ErrorAnswer>().erro.codigo]).toEqual([
      429,
      'LIMITE_DE_REQUISICOES',
    ])
    expect(Number(limited.headers['retry-after'])).toBeGreaterThan(0)
    expect((await test.get('/healthz')).statusCode).toBe(200)
  })
})

describe('what has no route', () => {
  it('counts for the limit of its address as well', async () => {
    await using test = await createTestApi({ API_REQUESTS_PER_MINUTE: '2' })
    const codes = []
    for (const url of ['/nada', '/api/nada', '/nada']) {
      codes.push((await test.get(url)).statusCode)
    }
    expect(codes).toEqual([404, 404, 429])
    expect((await test.get('/api/horario_atendimento')).statusCode).toBe(429)
  })
})

describe('connections', () => {
  it('open at once are bounded', async () => {
    await using test = await createTestApi()
    expect(test.api.fastify.server.maxConnections).toBe(1_000)
  })
})

describe('a locked database', () => {
  it('is told as 503, worth trying again', async () => {
    await using test = await createTestApi()
    const locked = Object.assign(new Error('database is locked'), { errcode: 5 })
    const spy = vi.spyOn(test.api.db, 'selectFrom').mockImplementation(() => {
      throw locked
    })
    const answer = await test.get('/api/horario_atendimento')
    spy.mockRestore()
    expect([
      answer.statusCode,
      answer.json<ErrorAnswer>().erro.codigo,
      answer.headers['retry-after'],
    ]).toEqual([503, 'SERVICO_INDISPONIVEL', '2'])
  })
})

describe('the log', () => {
  it('tells which client sent a request, and that nobody did before the session', async () => {
    await using test = await createTestApi()
    await test.get('/api/horario_atendimento')
    const lines = test.logged
      .map((line) => JSON.parse(line) as Record<string, unknown>)
      .filter((line) => line['msg'] === 'request answered')
    expect(lines).toMatchObject([
      { route: '/api/autenticar_sessao', statusCode: 200, client: null },
      { route: '/api/horario_atendimento', statusCode: 200, client: 'telefonia' },
    ])
  })
})

describe('hostile text', () => {
  const attacks = [
    "' OR '1'='1",
    "1001'; DROP TABLE users; --",
    '1001" --',
    '%27%20OR%201=1',
    '\u0000',
    '１００１',
  ]

  it.each(attacks)('%j as any field leaves the tables as they were', async (attack) => {
    await using test = await createTestApi()
    const answers = await Promise.all([
      test.post('/api/verificar_usuario', { usuario: attack }),
      test.post('/api/novo_chamado', { usuario: '1001', servico: attack }),
      test.post('/api/verificar_codigo', { user: '1001', codigo: attack }),
      test.post('/api/verificar_chamado', { usuario: '1001', chamado: attack }),
      test.post('/api/remover_audio', { audio: attack }),
      test.get(`/api/ligacoes/${encodeURIComponent(attack)}`),
      test.get('/api/servicos', { authorization: `Bearer ${attack.replaceAll(/[^\x20-\x7e]/g, '')}` }),
    ])
    expect(answers.map((answer) => answer.statusCode)).toEqual([400, 422, 400, 400, 400, 400, 401])
    expect((await test.post('/api/verificar_usuario', { usuario: '1001' })).json()).toEqual({ status: true })
    expect(await test.api.db.selectFrom('users').select('code').execute()).toHaveLength(6)
    expect(await test.api.db.selectFrom('tickets').select('id').execute()).toEqual([])
  })
})

describe('for those who run the service', () => {
  it('/healthz and /readyz answer without a session', async () => {
    await using test = await createTestApi()
    expect((await test.get('/healthz', { authorization: '' })).json()).toEqual({ status: true })
    const ready = await test.get('/readyz', { authorization: '' })
    expect([ready.statusCode, ready.json()]).toEqual([
      200,
      { status: true, banco: 'ok', whatsapp: 'ok', voz: 'ok' },
    ])
  })

  it('/readyz is outside the limit of requests, and asks the gateway once in two seconds', async () => {
    await using test = await createTestApi({ API_REQUESTS_PER_MINUTE: '1' })
    const asked = vi.spyOn(test.gateway, 'isAvailable')
    const answers = await Promise.all(Array.from({ length: 5 }, () => test.get('/readyz')))
    expect(answers.map((answer) => answer.statusCode)).toEqual([200, 200, 200, 200, 200])
    expect(asked).toHaveBeenCalledTimes(1)
    test.gateway.fault = 'connection'
    test.clock.advance({ seconds: 2 })
    expect((await test.get('/readyz')).json()).toMatchObject({ whatsapp: 'indisponivel' })
    expect(asked).toHaveBeenCalledTimes(2)
  })

  it('/readyz without a database is 503 and tells when to ask again', async () => {
    await using test = await createTestApi()
    const spy = vi.spyOn(test.api.db, 'getExecutor').mockImplementation(() => {
      throw new Error('disk I/O error')
    })
    const answer = await test.get('/readyz')
    spy.mockRestore()
    expect([answer.statusCode, answer.json()]).toMatchObject([
      503,
      { status: false, banco: 'indisponivel', motivos: { banco: 'O banco de dados respondeu com um erro.' } },
    ])
    expect(answer.headers['retry-after']).toBe('5')
  })

  it('/readyz tells a missing gateway and speech, and is ready all the same', async () => {
    await using test = await createTestApi()
    test.gateway.fault = 'connection'
    test.speech.isDown = true
    const ready = await test.get('/readyz')
    expect([ready.statusCode, ready.json()]).toEqual([
      200,
      {
        status: true,
        banco: 'ok',
        whatsapp: 'indisponivel',
        voz: 'indisponivel',
        motivos: {
          whatsapp: 'O gateway não responde, recusa o token ou não está conectado ao WhatsApp.',
          voz: 'A síntese de voz falhou várias vezes seguidas.',
        },
      },
    ])
  })

  it('/metrics counts, for its own networks alone', async () => {
    await using test = await createTestApi({ METRICS_NETWORKS: '10.0.0.0/8' })
    await test.post('/api/novo_chamado', { usuario: '1001', servico: '1-1' })
    const metrics = await test.api.fastify.inject({ url: '/metrics', remoteAddress: '10.0.0.1' })
    expect(metrics.headers['content-type']).toContain('text/plain')
    expect(metrics.body).toContain('ura_tickets_opened_total 1\n')
    expect(metrics.body).toContain('route="/api/novo_chamado",status="201"')
    expect((await test.get('/metrics')).statusCode).toBe(403)
  })
})

describe('a process that is too busy or too large', () => {
  it('refuses requests and says when to come again, but still tells those who run it how it is', async () => {
    await using test = await createTestApi({ API_MEMORY_MAX_MEGABYTES: '1' })
    // Memory is looked at once a second.
    await expect
      .poll(async () => (await test.get('/api/horario_atendimento')).statusCode, { timeout: 4_000 })
      .toBe(503)
    const refused = await test.get('/api/horario_atendimento')
    expect([
      refused.statusCode,
      refused.json<ErrorAnswer>().erro.codigo,
      refused.headers['retry-after'],
    ]).toEqual([503, 'SERVICO_INDISPONIVEL', '5'])
    const statuses = []
    for (const url of ['/healthz', '/readyz', '/metrics']) {
      statuses.push((await test.get(url)).statusCode)
    }
    expect(statuses).toEqual([200, 200, 200])
  })
})

describe('/docs', () => {
  it('describes every endpoint as OpenAPI 3.1, from the schemas that validate', async () => {
    await using test = await createTestApi()
    const document = (await test.get('/docs/json')).json<{
      openapi: string
      paths: Record<string, Record<string, { security?: unknown; responses: object; requestBody?: unknown }>>
    }>()
    expect(document.openapi).toBe('3.1.0')
    expect(Object.keys(document.paths).toSorted()).toEqual([
      '/api/autenticar_sessao',
      '/api/avaliar_atendimento',
      '/api/confirmar_ramal',
      '/api/encerrar_sessao',
      '/api/falar_informacao',
      '/api/get_user_to_speech',
      '/api/horario_atendimento',
      '/api/identificar_ramal',
      '/api/informacoes',
      '/api/ligacoes/{chamada}',
      '/api/novo_chamado',
      '/api/registrar_ligacao',
      '/api/remover_audio',
      '/api/servicos',
      '/api/situacao_codigo',
      '/api/solicitar_codigo',
      '/api/v1/announcements',
      '/api/v1/announcements/{id}',
      '/api/v1/callbacks',
      '/api/v1/callbacks/{callId}/{round}',
      '/api/v1/calls',
      '/api/v1/calls/{callId}',
      '/api/v1/satisfaction',
      '/api/v1/services',
      '/api/v1/services/{code}',
      '/api/v1/tickets',
      '/api/v1/tickets/{protocol}',
      '/api/v1/tickets/{protocol}/events',
      '/api/v1/tickets/{protocol}/notes',
      '/api/v1/tickets/{protocol}/voice-note',
      '/api/v1/users',
      '/api/v1/users/{code}',
      '/api/verificar_chamado',
      '/api/verificar_codigo',
      '/api/verificar_usuario',
      '/audio/{name}',
      '/healthz',
      '/metrics',
      '/readyz',
    ])
    expect(document.paths['/api/novo_chamado']?.['post']).toMatchObject({
      security: [{ sessao: [] }],
      responses: { 200: {}, 201: {}, 400: {}, 503: {} },
      requestBody: { required: true },
    })
    expect(JSON.stringify(document)).toContain('^[0-9]{1,12}$')
  })

  it('tells which answers are no JSON', async () => {
    await using test = await createTestApi()
    const { paths } = (await test.get('/docs/json')).json<{
      paths: Record<string, { get: { responses: Record<string, { content: object }> } }>
    }>()
    const typesOf = (path: string, status: string) =>
      Object.keys(paths[path]?.get.responses[status]?.content ?? {})
    expect(typesOf('/audio/{name}', '200')).toEqual(['audio/x-wav', 'audio/vnd.wave'])
    expect(typesOf('/audio/{name}', '403')).toEqual(['application/json'])
    expect(typesOf('/metrics', '200')).toEqual(['text/plain'])
    expect(typesOf('/metrics', '403')).toEqual(['application/json'])
  })

  it('shows a page that loads nothing from elsewhere', async () => {
    await using test = await createTestApi()
    const page = await test.get('/docs/')
    expect(page.statusCode).toBe(200)
    expect(page.body).not.toMatch(/(?:src|href)="https?:/)
    expect(page.headers['content-security-policy']).not.toContain('upgrade-insecure-requests')
    expect((await test.get('/docs/static/swagger-ui-bundle.js')).statusCode).toBe(200)
  })
})
