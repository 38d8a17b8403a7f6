import { describe, expect, it } from 'vitest'
import { eventually } from '../testing/eventually.ts'
import { FakeDriver } from '../testing/fake-driver.ts'
import { gatewayToken, startGateway } from '../testing/gateway-under-test.ts'

const phone = '+5545999990001'
const text = { phone, message: 'Chamado 10017 aberto.' }
const otp = { phone, otp: { code: '4821', expiresAt: '2026-03-10T17:35:00Z' } }

describe('POST /api/send-message', () => {
  it('answers 202 with an id, and the message goes out', async () => {
    const { send, request, printed } = await startGateway()
    const answer = await send(text)
    expect(answer.statusCode).toBe(202)
    expect(answer.json()).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      status: 'queued',
      channel: 'whatsapp',
    })
    const repeated = await request({ url: `/api/messages/${answer.json().id}` })
    expect(repeated.statusCode).toBe(200)
    await eventually(() => printed).toMatchObject([{ to: phone, text: text.message }])
  })

  it('answers 200 with the final state when asked to wait and it settles in time', async () => {
    const { send } = await startGateway()
    const answer = await send(otp, { wait: 10_000 })
    expect(answer.statusCode).toBe(200)
    expect(answer.json()).toMatchObject({ status: 'sent' })
  })

  it('answers 202 with the present state when the wait is over first', async () => {
    const driver = new FakeDriver()
    const { send } = await startGateway({ parts: { driver } })
    const answer = await send(text, { wait: 20 })
    expect(answer.statusCode).toBe(202)
    expect(answer.json()).toMatchObject({ status: 'sending' })
    driver.last().succeed()
  })

  it.each([
    ['phone', { phone: 'abc', message: 'oi' }, 'TELEFONE_INVALIDO'],
    ['phone', { phone: 'ligue 45999990001 agora', message: 'oi' }, 'TELEFONE_INVALIDO'],
    ['phone', { message: 'oi' }, 'REQUISICAO_INVALIDA'],
    ['phone', { phone: 45_999_990_001, message: 'oi' }, 'REQUISICAO_INVALIDA'],
    ['message', { phone }, 'REQUISICAO_INVALIDA'],
    ['message', { phone, message: ' \n ' }, 'REQUISICAO_INVALIDA'],
    ['message', { phone, message: 'a'.repeat(4_097) }, 'REQUISICAO_INVALIDA'],
    ['message', { phone, message: 'limpa a tela \u001b[2J' }, 'REQUISICAO_INVALIDA'],
    ['message', { ...otp, message: 'oi' }, 'REQUISICAO_INVALIDA'],
    ['otp.code', { phone, otp: { ...otp.otp, code: '12a4' } }, 'REQUISICAO_INVALIDA'],
    ['otp.expiresAt', { phone, otp: { code: '1234' } }, 'REQUISICAO_INVALIDA'],
    [
      'otp.expiresAt',
      { phone, otp: { ...otp.otp, expiresAt: '2026-03-10T17:29:59Z' } },
      'REQUISICAO_INVALIDA',
    ],
    ['extra', { ...text, extra: 1 }, 'REQUISICAO_INVALIDA'],
  ])('answers 400 and names %s', async (field, body, code) => {
    const { send, printed } = await startGateway()
    const answer = await send(body)
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ status: false, erro: { codigo: code, campo: field } })
    expect(answer.json().requisicao).toBe(answer.headers['x-request-id'])
    expect(printed).toEqual([])
  })

  it('takes the longest text, accents and emoji included', async () => {
    const { send } = await startGateway()
    expect((await send({ phone, message: `${'ç'.repeat(4_095)}🙂` })).statusCode).toBe(202)
  })

  it.each(['10001', '-1', 'abc'])('answers 400 to wait=%s', async (wait) => {
    const { request } = await startGateway()
    const url = `/api/send-message?wait=${wait}`
    const answer = await request({ method: 'POST', url, payload: text })
    expect(answer.json()).toMatchObject({ erro: { codigo: 'REQUISICAO_INVALIDA', campo: 'wait' } })
  })

  it('answers 400, 413 or 415 to a body that is not JSON, too large or not called JSON', async () => {
    const { request } = await startGateway()
    const post = (payload: string, type = 'application/json') =>
      request({ method: 'POST', url: '/api/send-message', payload, headers: { 'content-type': type } })
    expect((await post('{"phone": 1234')).json()).toMatchObject({ erro: { codigo: 'REQUISICAO_INVALIDA' } })
    expect((await post('x'.repeat(16_385))).json()).toMatchObject({ erro: { codigo: 'CORPO_GRANDE_DEMAIS' } })
    expect((await post('<a/>', 'text/xml')).json()).toMatchObject({ erro: { codigo: 'TIPO_NAO_SUPORTADO' } })
  })

  it.each([
    '',
    'Bearer',
    `Bearer ${gatewayToken}x`,
    `Bearer ${gatewayToken} x`,
    `Token ${gatewayToken}`,
    `Basic ${btoa(`:${gatewayToken}`)}`,
  ])('answers 401 to the credentials "%s", whatever the body', async (authorization) => {
    const { request, printed } = await startGateway()
    const answer = await request({
      method: 'POST',
      url: '/api/send-message',
      payload: '{',
      headers: { authorization, 'content-type': 'application/json' },
    })
    expect(answer.statusCode).toBe(401)
    expect(answer.json()).toMatchObject({ erro: { codigo: 'NAO_AUTENTICADO' } })
    expect(printed).toEqual([])
  })

  it('answers 429 with Retry-After when as many messages wait as may', async () => {
    const driver = new FakeDriver()
    const environment = { GATEWAY_QUEUED_MAX: '2' }
    const { send } = await startGateway({ parts: { driver }, environment })
    await send(text)
    await eventually(() => driver.handovers.length).toBe(1)
    await send(text)
    await send(text)
    const answer = await send(text)
    expect(answer.statusCode).toBe(429)
    expect(answer.headers['retry-after']).toBe('30')
    expect(answer.json()).toMatchObject({ erro: { codigo: 'LIMITE_DE_REQUISICOES' } })
    driver.last().fail(new Error('the test is over'))
    await eventually(() => driver.handovers.length).toBe(2)
    driver.last().fail(new Error('the test is over'))
    await eventually(() => driver.handovers.length).toBe(3)
    driver.last().fail(new Error('the test is over'))
  })

  it.each(['starting', 'qr', 'logged_out', 'banned'] as const)(
    'answers 503 with the state %s',
    async (state) => {
      const { send } = await startGateway({ parts: { driver: new FakeDriver({ state }) } })
      const answer = await send(text)
      expect(answer.statusCode).toBe(503)
      expect(answer.headers['retry-after']).toBe('30')
      expect(answer.json()).toMatchObject({ status: false, erro: { codigo: 'WHATSAPP_INDISPONIVEL' }, state })
    },
  )

  it('takes messages while the connection is degraded', async () => {
    const driver = new FakeDriver({ state: 'degraded', answersAtOnce: true })
    const { send } = await startGateway({ parts: { driver } })
    expect((await send(text, { wait: 1_000 })).json()).toMatchObject({ status: 'sent' })
  })
})

describe('an idempotency key', () => {
  it('gives the same id and the present state, and sends once', async () => {
    const { send, printed } = await startGateway()
    const first = await send(otp, { key: 'code-1', wait: 1_000 })
    const second = await send({ ...otp, phone: '45 99999-0001' }, { key: 'code-1' })
    expect(second.statusCode).toBe(200)
    expect(second.json()).toEqual(first.json())
    expect(printed).toHaveLength(1)
  })

  it('sends once however many ask at the same time', async () => {
    const { send, printed } = await startGateway()
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => send(otp, { key: 'code-1', wait: 5_000 })),
    )
    expect(new Set(answers.map((answer) => answer.json().id)).size).toBe(1)
    expect(answers.map(({ statusCode }) => statusCode)).toEqual(Array.from({ length: 50 }, () => 200))
    expect(printed).toHaveLength(1)
  })

  it('answers 409 to another body, and sends nothing for it', async () => {
    const { send, printed } = await startGateway()
    await send(otp, { key: 'code-1', wait: 1_000 })
    for (const body of [
      text,
      { ...otp, phone: '+5545999990002' },
      { phone, otp: { ...otp.otp, code: '4822' } },
    ]) {
      const answer = await send(body, { key: 'code-1' })
      expect(answer.statusCode).toBe(409)
      expect(answer.json()).toMatchObject({ erro: { codigo: 'CHAVE_REUTILIZADA' } })
    }
    expect(printed).toHaveLength(1)
  })

  it('is answered while logged out and after the code has expired', async () => {
    const driver = new FakeDriver({ answersAtOnce: true })
    const { send, time } = await startGateway({ parts: { driver } })
    const first = await send(otp, { key: 'code-1', wait: 1_000 })
    driver.become('logged_out')
    time.advance(10 * 60_000)
    expect((await send(otp, { key: 'code-1' })).json()).toEqual(first.json())
  })

  it('that is empty, too long or no plain text is refused', async () => {
    const { send } = await startGateway()
    for (const key of ['', ' ', 'a'.repeat(129), 'a b']) {
      expect((await send(text, { key })).json()).toMatchObject({ erro: { campo: 'Idempotency-Key' } })
    }
  })

  it('is not needed: two like messages without one are two messages', async () => {
    const { send, printed } = await startGateway()
    await send(text, { wait: 1_000 })
    await send(text, { wait: 1_000 })
    expect(printed).toHaveLength(2)
  })
})
