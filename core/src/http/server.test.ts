import { once } from 'node:events'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { text } from 'node:stream/consumers'
import { describe, expect, it, onTestFinished } from 'vitest'
import { HelpdeskError } from '../errors.ts'
import { codeSchema, type LogLine, startServer } from './testing/start-server.ts'

const uuid = /^[0-9a-f-]{36}$/

/** What the server answers to these bytes until it closes the connection. */
async function answerTo(socket: Socket, bytes: string): Promise<string> {
  socket.write(bytes)
  return await text(socket)
}

async function connectTo({ server }: ReturnType<typeof startServer>): Promise<Socket> {
  if (!server.server.listening) {
    await server.listen({ port: 0, host: '127.0.0.1' })
  }
  const socket = connect((server.server.address() as AddressInfo).port, '127.0.0.1')
  onTestFinished(() => void socket.destroy())
  return socket
}

describe('a request of the wrong shape', () => {
  it.each([
    { what: 'is no JSON', payload: '{"code":', told: [400, 'REQUISICAO_INVALIDA', undefined] },
    { what: 'is a list', payload: '[]', told: [400, 'REQUISICAO_INVALIDA', undefined] },
    { what: 'lacks a field', payload: '{}', told: [400, 'REQUISICAO_INVALIDA', 'code'] },
    { what: 'has an object for a text', payload: '{"code":{}}', told: [400, 'REQUISICAO_INVALIDA', 'code'] },
    {
      what: 'has one field too many',
      payload: '{"code":"1","x":1}',
      told: [400, 'REQUISICAO_INVALIDA', 'x'],
    },
    {
      what: 'poisons the prototype',
      payload: '{"code":"1","__proto__":{"a":1}}',
      told: [400, 'REQUISICAO_INVALIDA', undefined],
    },
    {
      what: 'has over 16 KiB',
      payload: JSON.stringify({ code: '1'.repeat(16_384) }),
      told: [413, 'CORPO_GRANDE_DEMAIS', undefined],
    },
  ])('is refused when its body $what', async ({ payload, told }) => {
    const { post } = startServer()
    const answer = await post(payload)
    const { erro } = answer.json()
    expect([answer.statusCode, erro.codigo, erro.campo]).toEqual(told)
  })

  it.each(['application/x-www-form-urlencoded', 'text/plain', 'text/xml', 'nonsense'])(
    'is refused as %s',
    async (type) => {
      const { post } = startServer()
      const answer = await post('{"code":"1"}', { 'content-type': type })
      expect([answer.statusCode, answer.json().erro.codigo]).toEqual([415, 'TIPO_NAO_SUPORTADO'])
    },
  )

  it('is told which field is wrong, in words', async () => {
    const { post } = startServer()
    expect((await post('{"code":"123456789"}')).json().erro).toEqual({
      codigo: 'REQUISICAO_INVALIDA',
      mensagem: 'O campo "code" é inválido ou está ausente.',
      campo: 'code',
    })
    const header = await post('{"code":"1"}', { 'idempotency-key': '123456789' })
    expect(header.json().erro.campo).toBe('Idempotency-Key')
  })

  it.each(['/nada', '/codes', '/failing/1/../../etc/passwd'])('has no route at %s', async (url) => {
    const { server } = startServer()
    const answer = await server.inject(url)
    expect([answer.statusCode, answer.json().erro.codigo]).toEqual([404, 'ROTA_NAO_ENCONTRADA'])
  })

  it.each([
    ["can't be decoded", '/failing/%zz'],
    ['is too long', `/failing/${'x'.repeat(201)}`],
  ])('has an address that %s', async (_what, url) => {
    const { server, logged } = startServer()
    const answer = await server.inject({ url, headers: { 'x-request-id': 'r-1' } })
    expect([answer.statusCode, answer.json().erro.codigo]).toEqual([400, 'REQUISICAO_INVALIDA'])
    expect([answer.json().requisicao, answer.headers['x-request-id']]).toEqual(['r-1', 'r-1'])
    expect(logged('request answered')).toMatchObject([{ requestId: 'r-1', route: null, statusCode: 400 }])
  })
})

describe('an error of the table', () => {
  it('is answered as it is, with the time to wait', async () => {
    const failure = new HelpdeskError('LIMITE_DE_CODIGOS', { retryAfterSeconds: 90, field: 'usuario' })
    const { server, logged } = startServer({ failure })
    const answer = await server.inject('/failing/1')
    expect(answer.statusCode).toBe(429)
    expect(answer.headers).toMatchObject({
      'retry-after': '90',
      'content-type': 'application/json; charset=utf-8',
    })
    expect(answer.json()).toEqual({
      status: false,
      erro: {
        codigo: 'LIMITE_DE_CODIGOS',
        mensagem: 'Limite de códigos de acesso atingido. Tente mais tarde.',
        campo: 'usuario',
      },
      requisicao: answer.headers['x-request-id'],
    })
    expect(logged('request failed')).toEqual([])
  })

  it('asks for a bearer token with 401, and only then', async () => {
    const asked = async (failure: HelpdeskError): Promise<unknown> =>
      (await startServer({ failure }).server.inject('/failing/1')).headers['www-authenticate']
    expect(await asked(new HelpdeskError('NAO_AUTENTICADO'))).toBe('Bearer')
    expect(await asked(new HelpdeskError('SESSAO_INVALIDA'))).toBe('Bearer')
    expect(await asked(new HelpdeskError('ORIGEM_NAO_PERMITIDA'))).toBeUndefined()
  })

  it('leaves it to a route to ask for something else with 401', async () => {
    const { server } = startServer()
    server.get('/page', async (_request, reply) => {
      reply.header('www-authenticate', 'Basic realm="x"')
      throw new HelpdeskError('NAO_AUTENTICADO')
    })
    expect((await server.inject('/page')).headers['www-authenticate']).toBe('Basic realm="x"')
  })

  it('stands for a failure that the service foresees, whose cause is logged', async () => {
    const locked = new Error('database is locked')
    const { server, logged } = startServer({
      failure: locked,
      knownError: (error) =>
        error === locked
          ? new HelpdeskError('SERVICO_INDISPONIVEL', { retryAfterSeconds: 2, cause: error })
          : undefined,
    })
    const answer = await server.inject('/failing/1')
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '2'])
    expect(logged('request not served')).toMatchObject([
      { level: 'warn', errorCode: 'SERVICO_INDISPONIVEL', err: { stack: expect.stringContaining('locked') } },
    ])
  })
})

describe('an unforeseen failure', () => {
  it.each([
    new Error('no such table: calls'),
    Object.assign(new Error('upstream answered'), { statusCode: 502 }),
    'a text',
    null,
    undefined,
  ])('is told as a constant, and logged with the request id: %s', async (failure) => {
    const { server, logged } = startServer({ failure })
    const answer = await server.inject({ url: '/failing/1', headers: { 'x-request-id': 'r-1' } })
    expect(answer.statusCode).toBe(500)
    expect(answer.json()).toEqual({
      status: false,
      erro: { codigo: 'ERRO_INTERNO', mensagem: 'Erro interno. Informe o número da requisição.' },
      requisicao: 'r-1',
    })
    expect(logged('request failed')).toMatchObject([{ level: 'error', requestId: 'r-1' }])
  })

  it('is logged with what went wrong and without what the request held', async () => {
    const failure = Object.assign(new Error('no such table: calls'), { request: { body: 'segredo' } })
    const { server, lines, logged } = startServer({ failure })
    await server.inject({ url: '/failing/1', headers: { authorization: 'Bearer segredo' } })
    expect(logged('request failed')).toMatchObject([
      { err: { stack: expect.stringContaining('no such table') } },
    ])
    expect(lines.join('')).not.toContain('segredo')
  })

  it('is also an answer that breaks its own schema', async () => {
    const { server } = startServer()
    server.get('/wrong', { schema: { response: { 200: codeSchema.response[200] } } }, async () =>
      JSON.parse('{"length":"long"}'),
    )
    const answer = await server.inject('/wrong')
    expect([answer.statusCode, answer.json().erro.codigo]).toEqual([500, 'ERRO_INTERNO'])
  })
})

describe('the request id', () => {
  it.each([
    { given: 'call-1.step_2', told: /^call-1\.step_2$/ },
    { given: 'a b', told: uuid },
  ])('of $given is in the header and in the body of the answer', async ({ given, told }) => {
    const answer = await startServer().server.inject({ url: '/nada', headers: { 'x-request-id': given } })
    expect(answer.headers['x-request-id']).toMatch(told)
    expect(answer.json().requisicao).toBe(answer.headers['x-request-id'])
  })
})

describe('the log', () => {
  it('has one line a request, with its route and not its address, and what the service adds', async () => {
    const { server, lines } = startServer({
      failure: new HelpdeskError('CHAMADO_NAO_ENCONTRADO'),
      logFields: (request) => ({ from: request.ip }),
    })
    await server.inject({ url: '/failing/4821?phone=4821', headers: { 'x-request-id': 'r-1' } })
    expect(lines.map((line) => JSON.parse(line) as LogLine)).toEqual([
      {
        level: 'info',
        time: expect.any(String),
        service: 'test',
        requestId: 'r-1',
        method: 'GET',
        route: '/failing/:id',
        statusCode: 404,
        durationMs: expect.any(Number),
        from: '127.0.0.1',
        msg: 'request answered',
      },
    ])
  })
})

describe('connections', () => {
  it('are cut when a request takes too long to arrive', async () => {
    const started = startServer({ requestTimeoutMs: 50 })
    const head =
      'POST /codes HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 12\r\n\r\n{'
    const answer = await answerTo(await connectTo(started), head)
    expect(answer).toMatch(/^HTTP\/1\.1 408 Request Timeout\r\n/)
    expect(answer).toContain('"codigo":"REQUISICAO_INVALIDA"')
  })

  it('are answered and cut when they carry no HTTP, and nothing of what came is logged', async () => {
    const started = startServer()
    const bytes = 'GET / HTTP/1.1\r\nAuthorization: Bearer segredo\r\nno header\r\n\r\n'
    const answer = await answerTo(await connectTo(started), bytes)
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\n/)
    const body = JSON.parse(answer.split('\r\n\r\n')[1] ?? '') as { requisicao: string }
    expect(started.logged('request not understood')).toMatchObject([{ requestId: body.requisicao }])
    expect(started.lines.join('')).not.toMatch(/segredo|rawPacket/)
  })

  it('are refused past their limit', async () => {
    const started = startServer({ connectionsMax: 1 })
    const first = await connectTo(started)
    await once(started.server.server, 'connection')
    const second = await connectTo(started)
    await once(second.resume(), 'close')
    expect(first.destroyed).toBe(false)
  })

  it.each([
    { trustedProxies: undefined, ip: '127.0.0.1' },
    { trustedProxies: ['10.0.0.0/8'], ip: '127.0.0.1' },
    { trustedProxies: ['127.0.0.0/8'], ip: '192.0.2.7' },
  ])(
    'come from where a proxy says only when it is one of $trustedProxies',
    async ({ trustedProxies, ip }) => {
      const addresses: string[] = []
      const { server } = startServer({
        ...(trustedProxies === undefined ? {} : { trustedProxies }),
        logFields: (request) => ({ ip: addresses.push(request.ip) }),
      })
      await server.inject({ url: '/nada', headers: { 'x-forwarded-for': '192.0.2.7' } })
      expect(addresses).toEqual([ip])
    },
  )
})
