import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createHttpMessageGateway } from './http-message-gateway.ts'

interface Received {
  url: string | undefined
  headers: IncomingHttpHeaders
  body: unknown
}

let server: Server
let url: string
let received: Received[]
type Answer = { statusCode: number; body: object } | 'none' | 'break'
let answer: Answer
/** Answers to the first requests, before `answer`. */
let answers: Answer[]

beforeEach(async () => {
  received = []
  answers = []
  answer = { statusCode: 202, body: { id: 'm1', status: 'queued' } }
  server = createServer((request, response) => {
    let text = ''
    request.on('data', (chunk: Buffer) => (text += chunk.toString()))
    request.on('end', () => {
      received.push({
        url: request.url,
        headers: request.headers,
        body: text === '' ? null : JSON.parse(text),
      })
      const told = answers.shift() ?? answer
      if (told === 'break') {
        request.socket.destroy()
      } else if (told !== 'none') {
        response.writeHead(told.statusCode, { 'content-type': 'application/json' })
        response.end(JSON.stringify(told.body))
      }
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const code = {
  phone: '+5545999990001',
  email: null,
  code: '0042',
  expiresAt: new Date('2026-11-23T14:05:00Z'),
  idempotencyKey: 'access-code-1',
}

function gateway(options: { timeoutMs?: number } = {}) {
  return createHttpMessageGateway({
    url,
    token: 'token-of-the-gateway',
    retryPausesMs: [1, 1, 1],
    ...options,
  })
}

describe('the gateway over HTTP', () => {
  it('is handed an access code with its expiry, a token and a key', async () => {
    await gateway().sendAccessCode(code)
    expect(received).toEqual([
      {
        url: '/api/send-message',
        headers: expect.objectContaining({
          authorization: 'Bearer token-of-the-gateway',
          'idempotency-key': 'access-code-1',
          'content-type': 'application/json',
        }),
        body: { phone: '+5545999990001', otp: { code: '0042', expiresAt: '2026-11-23T14:05:00.000Z' } },
      },
    ])
  })

  it('is handed a text', async () => {
    await gateway().sendText({ phone: '+5545999990001', email: null, text: 'Olá', idempotencyKey: 'k' })
    expect(received[0]?.body).toEqual({ phone: '+5545999990001', message: 'Olá' })
  })

  it('is handed a notice with its topic', async () => {
    const notice = { phone: null, email: 'a@b.br', text: 'Olá', purpose: 'notice', topic: 't-1' } as const
    await gateway().sendText({ ...notice, idempotencyKey: 'k' })
    expect(received[0]?.body).toEqual({ email: 'a@b.br', message: 'Olá', purpose: 'notice', topic: 't-1' })
  })

  it('is handed both addresses and tells which channel took the message', async () => {
    answer = { statusCode: 202, body: { id: 'm1', status: 'queued', channel: 'email' } }
    expect(await gateway().sendAccessCode({ ...code, email: 'a@b.br' })).toBe('email')
    expect(received[0]?.body).toMatchObject({ phone: '+5545999990001', email: 'a@b.br' })
  })

  it.each([
    ['+5545999990001', null, 'whatsapp'],
    [null, 'a@b.br', 'email'],
    ['+5545999990001', 'a@b.br', 'whatsapp'],
  ])('that names no channel has taken a message to %s and %s by %s', async (phone, email, channel) => {
    expect(await gateway().sendAccessCode({ ...code, phone, email })).toBe(channel)
  })

  it('that refuses an e-mail address gets the message for WhatsApp alone', async () => {
    answers = [{ statusCode: 400, body: {} }]
    expect(await gateway().sendAccessCode({ ...code, email: 'a@b' })).toBe('whatsapp')
    expect(received.map(({ body }) => Object.keys(body as object))).toEqual([
      ['phone', 'otp', 'email'],
      ['phone', 'otp'],
    ])
    expect(new Set(received.map(({ headers }) => headers['idempotency-key'])).size).toBe(1)
  })

  it.each([400, 401, 409, 429, 500, 503])('that answers %i is not asked again', async (statusCode) => {
    answer = { statusCode, body: {} }
    await expect(gateway().sendAccessCode(code)).rejects.toMatchObject({ reason: `http_${statusCode}` })
    expect(received).toHaveLength(1)
  })

  it('that gives no answer in time is not asked again', async () => {
    answer = 'none'
    await expect(gateway({ timeoutMs: 30 }).sendAccessCode(code)).rejects.toMatchObject({ reason: 'timeout' })
    expect(received).toHaveLength(1)
  })

  it('whose connection breaks is asked three times more, under the same key', async () => {
    answer = 'break'
    await expect(gateway().sendAccessCode(code)).rejects.toMatchObject({
      reason: 'connection_lost',
      isSurelyUnsent: false,
    })
    expect(received.map(({ headers }) => headers['idempotency-key'])).toEqual(Array(4).fill('access-code-1'))
  })

  it('that broke a connection may have the message, whatever a later try is told', async () => {
    answers = ['break', { statusCode: 503, body: {} }]
    await expect(gateway().sendAccessCode(code)).rejects.toMatchObject({ isSurelyUnsent: false })
  })

  it('that can never be connected to surely has no message', async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
    await expect(gateway().sendAccessCode(code)).rejects.toMatchObject({
      reason: 'connection',
      isSurelyUnsent: true,
    })
  })

  it.each([
    [400, true],
    [429, true],
    [503, true],
    [500, false],
    [502, false],
    [504, false],
  ])('that answers %i: whether the message surely does not go is %s', async (statusCode, isSurelyUnsent) => {
    answer = { statusCode, body: {} }
    await expect(gateway().sendAccessCode(code)).rejects.toMatchObject({ isSurelyUnsent })
  })

  it.each([
    ['failed', true],
    ['expired', true],
    ['unknown', false],
  ])('that says the message of this key is %s has not accepted it', async (status, isSurelyUnsent) => {
    answer = { statusCode: 200, body: { id: 'm1', status } }
    await expect(gateway().sendAccessCode(code)).rejects.toMatchObject({ reason: status, isSurelyUnsent })
  })

  it.each(['queued', 'sending', 'sent', 'delivered', 'read'])(
    'that says the message of this key is %s has accepted it',
    async (status) => {
      answer = { statusCode: 200, body: { id: 'm1', status } }
      await expect(gateway().sendAccessCode(code)).resolves.toBe('whatsapp')
    },
  )

  it('tells how the message of a key fares, and what went another way in its place', async () => {
    const told = { channel: 'whatsapp', state: 'failed', fallback: { channel: 'email', state: 'sent' } }
    const fallback = { id: 'm2', ...told.fallback }
    answer = { statusCode: 200, body: { id: 'm1', to: '…', ...told, fallback, history: [] } }
    expect(await gateway().findDelivery('access-code-1/2')).toMatchObject(told)
    expect(received[0]).toMatchObject({
      url: '/api/messages/by-key/access-code-1%2F2',
      headers: { authorization: 'Bearer token-of-the-gateway' },
    })
  })

  it.each<[string, Answer]>([
    ['knows no such key', { statusCode: 404, body: {} }],
    ['is of an earlier version', { statusCode: 200, body: { id: 'm1', state: 'sent' } }],
    [
      'names a state that nobody knows',
      { statusCode: 200, body: { channel: 'email', state: 'x', fallback: null } },
    ],
    ['breaks the connection', 'break'],
  ])('that %s tells nothing of a message', async (_what, given) => {
    answer = given
    expect(await gateway().findDelivery('k')).toBeNull()
  })

  it('that gives no answer tells nothing of a message, within a second', async () => {
    answer = 'none'
    const startedAt = performance.now()
    expect(await gateway().findDelivery('k')).toBeNull()
    expect(performance.now() - startedAt).toBeLessThan(2_000)
  })

  it('is available when it is logged in', async () => {
    answer = { statusCode: 200, body: { loggedIn: true } }
    expect(await gateway().isAvailable()).toBe(true)
    answer = { statusCode: 200, body: { loggedIn: false } }
    expect(await gateway().isAvailable()).toBe(false)
    answer = { statusCode: 401, body: { loggedIn: true } }
    expect(await gateway().isAvailable()).toBe(false)
    answer = 'break'
    expect(await gateway().isAvailable()).toBe(false)
  })
})
