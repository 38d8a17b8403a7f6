import { describe, expect, it } from 'vitest'
import { eventually } from '../testing/eventually.ts'
import { FakeDriver } from '../testing/fake-driver.ts'
import { startGateway, type GatewayUnderTest } from '../testing/gateway-under-test.ts'

const maria = '+5545999990001'
const joao = '+5545999990002'

async function sendText(gateway: GatewayUnderTest, phone: string, message: string): Promise<string> {
  const answer = await gateway.send({ phone, message }, { wait: 5_000 })
  return answer.json().id as string
}

describe('GET /api/messages/:id', () => {
  it("tells one message's state and history, the phone masked and the text untold", async () => {
    const gateway = await startGateway()
    const id = await sendText(gateway, maria, 'Chamado 10017 aberto.')
    const answer = await gateway.request({ url: `/api/messages/${id}` })
    const at = '2026-03-10T17:30:00.000Z'
    expect(answer.json()).toEqual({
      id,
      channel: 'whatsapp',
      to: '+55 45 *****-0001',
      state: 'sent',
      tries: 1,
      acceptedAt: at,
      deadline: '2026-03-11T17:30:00.000Z',
      history: ['queued', 'sending', 'sent'].map((state) => ({ state, at, reason: null })),
      fallback: null,
    })
  })

  it('is told by its idempotency key as well, whatever characters that has, and 404 without one', async () => {
    const { send, request } = await startGateway()
    const key = `code/${'x'.repeat(110)}?a=1&b=%#:;`
    const { id } = (await send({ phone: maria, message: 'oi' }, { key, wait: 5_000 })).json<{ id: string }>()
    const byKey = (wanted: string) => request({ url: `/api/messages/by-key/${encodeURIComponent(wanted)}` })
    const byId = await request({ url: `/api/messages/${id}` })
    expect((await byKey(key)).json()).toEqual(byId.json())
    const unknown = await byKey('another-key')
    expect([unknown.statusCode, unknown.json()]).toMatchObject([
      404,
      { erro: { codigo: 'MENSAGEM_NAO_ENCONTRADA' } },
    ])
    const unauthorized = await request({
      url: '/api/messages/by-key/another-key',
      headers: { authorization: 'Bearer x' },
    })
    expect(unauthorized.statusCode).toBe(401)
  })

  it('answers 404 to an id that nobody has, 400 to what is none', async () => {
    const { request } = await startGateway()
    const url = '/api/messages/00000000-0000-4000-8000-000000000000'
    expect((await request({ url })).json()).toMatchObject({ erro: { codigo: 'MENSAGEM_NAO_ENCONTRADA' } })
    expect((await request({ url: '/api/messages/1%20OR%201' })).statusCode).toBe(400)
  })
})

describe('GET /api/messages', () => {
  it('lets the newest code be read, worded as a phone would show it', async () => {
    const { send, request } = await startGateway()
    await send({ phone: maria, otp: { code: '4821', expiresAt: '2026-03-10T17:35:00Z' } }, { wait: 5_000 })
    const answer = await request({ url: `/api/messages?to=${encodeURIComponent(maria)}` })
    expect(answer.json().messages).toEqual([
      {
        id: expect.any(String),
        to: maria,
        text: 'Seu código de acesso é 4821. Ele vale até 14:35. Não o informe a ninguém.',
        state: 'sent',
        acceptedAt: '2026-03-10T17:30:00.000Z',
      },
    ])
  })

  it('gives messages in order of acceptance, of one recipient or all, after an earlier answer or the newest', async () => {
    const gateway = await startGateway()
    await sendText(gateway, maria, '1')
    const { next } = (await gateway.request({ url: '/api/messages' })).json() as { next: number }
    await sendText(gateway, joao, '2')
    await sendText(gateway, maria, '3')
    const texts = async (query: string): Promise<string[]> => {
      const answer = await gateway.request({ url: `/api/messages${query}` })
      return (answer.json().messages as { text: string }[]).map(({ text }) => text)
    }
    const abroad = '+12025550123'
    expect(await texts('')).toEqual(['1', '2', '3'])
    // The plus sign is unescaped, as people type it.
    expect(await texts(`?to=${maria}`)).toEqual(['1', '3'])
    expect(await texts(`?after=${next}`)).toEqual(['2', '3'])
    expect(await texts(`?to=45999990001&after=${next}`)).toEqual(['3'])
    await sendText(gateway, abroad, '4')
    expect(await texts(`?to=${abroad}`)).toEqual(['4'])
  })

  it('gives the newest 100, or the first 100 after a place', async () => {
    const gateway = await startGateway()
    for (let index = 0; index < 103; index++) {
      await gateway.send({ phone: maria, message: `${index}` })
    }
    const newest = (await gateway.request({ url: '/api/messages' })).json().messages as { text: string }[]
    expect([newest.length, newest[0]?.text, newest.at(-1)?.text]).toEqual([100, '3', '102'])
    const all = await gateway.request({ url: '/api/messages?after=0' })
    const first = all.json() as { messages: { text: string }[]; next: number }
    expect([first.messages.length, first.messages.at(-1)?.text]).toEqual([100, '99'])
    const rest = await gateway.request({ url: `/api/messages?after=${first.next}` })
    expect((rest.json().messages as { text: string }[]).map(({ text }) => text)).toEqual([
      '100',
      '101',
      '102',
    ])
  })

  it('goes on where a reader was, although the message read last is forgotten by then', async () => {
    const gateway = await startGateway()
    await sendText(gateway, maria, 'old')
    const { next } = (await gateway.request({ url: '/api/messages' })).json() as { next: number }
    gateway.time.advance(31 * 24 * 60 * 60_000)
    await sendText(gateway, maria, 'new')
    const answer = await gateway.request({ url: `/api/messages?after=${next}` })
    expect(answer.json()).toMatchObject({ messages: [{ text: 'new' }] })
  })

  it('answers 400 to a phone or a place that is none', async () => {
    const { request } = await startGateway()
    expect((await request({ url: '/api/messages?to=abc' })).json()).toMatchObject({ erro: { campo: 'to' } })
    const url = '/api/messages?after=-1'
    expect((await request({ url })).json()).toMatchObject({ erro: { campo: 'after' } })
  })

  it('does not exist with a driver that keeps no transcript', async () => {
    const { request } = await startGateway({ parts: { driver: new FakeDriver() } })
    expect((await request({ url: '/api/messages' })).json()).toMatchObject({
      erro: { codigo: 'ROTA_NAO_ENCONTRADA' },
    })
  })
})

describe('GET /api/auth/status', () => {
  it('tells the connection and the queue', async () => {
    const driver = new FakeDriver()
    const { request, send, time } = await startGateway({ parts: { driver } })
    const status = async () => (await request({ url: '/api/auth/status' })).json()
    expect(await status()).toEqual({
      loggedIn: true,
      driver: 'fake',
      state: 'connected',
      since: '1970-01-01T00:00:00.000Z',
      qrAttempt: null,
      qrExpiresAt: null,
      lastSendOk: null,
      queueDepth: 0,
      oldestAgeSeconds: 0,
      channels: [{ channel: 'whatsapp', driver: 'fake', available: true }],
    })
    const sent = send({ phone: maria, message: 'oi' }, { wait: 5_000 })
    await eventually(() => driver.handovers.length).toBe(1)
    time.advance(7_400)
    expect(await status()).toMatchObject({ queueDepth: 1, oldestAgeSeconds: 7 })
    driver.last().succeed()
    await sent
    expect(await status()).toMatchObject({ lastSendOk: true, queueDepth: 0 })
    driver.become('logged_out')
    expect(await status()).toMatchObject({ loggedIn: false, state: 'logged_out' })
  })

  it('needs the token', async () => {
    const { request } = await startGateway()
    for (const url of ['/api/auth/status', '/api/messages', '/api/messages/x']) {
      expect((await request({ url, headers: { authorization: 'Bearer x' } })).statusCode).toBe(401)
    }
  })
})
