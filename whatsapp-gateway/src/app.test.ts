import { join } from 'node:path'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { SqliteOutboxStore } from './outbox/sqlite-outbox-store.ts'
import { eventually } from './testing/eventually.ts'
import { FakeDriver } from './testing/fake-driver.ts'
import { fullDiskError } from './testing/full-disk-error.ts'
import { adminToken, gatewayToken, startGateway } from './testing/gateway-under-test.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'

const phone = '+5545999990001'

describe('the gateway over HTTP', () => {
  it('sends a code and lets it be read', async () => {
    const { gateway } = await startGateway()
    const { url } = await gateway.listen()
    const headers = { authorization: `Bearer ${gatewayToken}`, 'content-type': 'application/json' }
    const sent = await fetch(`${url}/api/send-message?wait=5000`, {
      method: 'POST',
      headers: { ...headers, 'idempotency-key': 'code-1', 'x-request-id': 'call-1' },
      body: JSON.stringify({ phone, otp: { code: '4821', expiresAt: '2026-03-10T17:35:00Z' } }),
    })
    expect(sent.status).toBe(200)
    expect(sent.headers.get('x-request-id')).toBe('call-1')
    const listed = await fetch(`${url}/api/messages?to=${phone}`, { headers })
    expect(await listed.json()).toMatchObject({ messages: [{ text: expect.stringContaining('4821') }] })
    expect((await fetch(`${url}/healthz`)).status).toBe(200)
  })

  it('tells Prometheus, token in hand, how deep the queue is and what became of messages', async () => {
    const { gateway, request, send } = await startGateway()
    await send({ phone, message: 'oi' }, { wait: 5_000 })
    const { body } = await request({ url: '/metrics' })
    expect(body).toContain('ura_whatsapp_sends_total{channel="whatsapp",result="sent"} 1')
    expect(body).toContain('ura_whatsapp_queue_depth{channel="whatsapp"} 0')
    expect(body).toContain('ura_whatsapp_queue_oldest_age_seconds{channel="whatsapp"} 0')
    expect(body).toContain('ura_whatsapp_logged_in{channel="whatsapp"} 1')
    expect((await gateway.fastify.inject({ url: '/metrics' })).statusCode).toBe(401)
  })

  it('closes only when the message under way is finished, and answers who waits for it', async () => {
    const driver = new FakeDriver()
    const { gateway } = await startGateway({ parts: { driver } })
    const { url } = await gateway.listen()
    const waiting = fetch(`${url}/api/send-message?wait=10000`, {
      method: 'POST',
      headers: { authorization: `Bearer ${gatewayToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ phone, message: 'oi' }),
    })
    await eventually(() => driver.handovers.length).toBe(1)
    const closed = gateway.close()
    driver.last().succeed()
    expect(await (await waiting).json()).toMatchObject({ status: 'sent' })
    await closed
    await expect(fetch(`${url}/healthz`)).rejects.toThrow('fetch failed')
  })
})

describe('a logout with messages waiting', () => {
  it('holds them back until the login', async () => {
    const driver = new FakeDriver()
    const { send } = await startGateway({ parts: { driver } })
    await send({ phone, message: 'first' })
    await eventually(() => driver.contents).toEqual(['first'])
    await send({ phone, message: 'second' })
    driver.become('logged_out')
    driver.last().succeed()
    expect((await send({ phone, message: 'third' })).statusCode).toBe(503)
    expect(driver.contents).toEqual(['first'])
    driver.become('connected')
    await eventually(() => driver.contents).toEqual(['first', 'second'])
    driver.last().succeed()
  })
})

describe('a fault of the outbox', () => {
  afterEach(() => {
    vi.restoreAllMocks()
  })

  it('is a 503 to come back after', async () => {
    const { send, logLines } = await startGateway()
    vi.spyOn(SqliteOutboxStore.prototype, 'accept').mockRejectedValueOnce(fullDiskError())
    const answer = await send({ phone, message: 'oi' })
    expect([answer.statusCode, answer.headers['retry-after']]).toEqual([503, '5'])
    expect(answer.json()).toMatchObject({ erro: { codigo: 'SERVICO_INDISPONIVEL' } })
    expect(logLines.join('')).toContain('database or disk is full')
    expect((await send({ phone, message: 'oi' })).statusCode).toBe(202)
  })

  it('that is a mistake of ours stays a 500', async () => {
    const { send } = await startGateway()
    vi.spyOn(SqliteOutboxStore.prototype, 'accept').mockRejectedValueOnce(new Error('a mistake'))
    expect((await send({ phone, message: 'oi' })).statusCode).toBe(500)
  })
})

describe('a driver that does not start', () => {
  it('leaves the outbox to the next gateway', async () => {
    const folder = temporaryFolder()
    const driver = new FakeDriver()
    vi.spyOn(driver, 'start').mockImplementation(async (events) => {
      events.connectionChanged()
      throw new Error('no browser')
    })
    const start = startGateway({ parts: { driver }, environment: { DATA_DIR: folder } })
    await expect(start).rejects.toThrow('no browser')
    const path = join(folder, 'whatsapp-gateway.sqlite')
    const store = new SqliteOutboxStore({ path, textsMax: 0 })
    expect(await store.backlog(null)).toMatchObject({ depth: 0 })
    await store.close()
  })
})

describe('the driver venom', () => {
  it('does not start where nobody could see its QR', async () => {
    const start = startGateway({ environment: { WHATSAPP_DRIVER: 'venom' } })
    await expect(start).rejects.toThrow('GATEWAY_ADMIN_TOKEN')
  })
})

describe('health', () => {
  it('is good and tells the state of WhatsApp, also while logged out', async () => {
    const { gateway } = await startGateway({ parts: { driver: new FakeDriver({ state: 'logged_out' }) } })
    expect((await gateway.fastify.inject('/healthz')).statusCode).toBe(200)
    const ready = await gateway.fastify.inject('/readyz')
    expect([ready.statusCode, ready.json()]).toEqual([200, { status: true, whatsapp: 'logged_out' }])
  })
})

describe('the admin page', () => {
  const environment = { GATEWAY_ADMIN_TOKEN: adminToken }

  it('says in Portuguese that the console driver has no QR code, and is not stored', async () => {
    const { request } = await startGateway({ environment })
    const basic = Buffer.from(`admin:${adminToken}`).toString('base64')
    for (const authorization of [`Bearer ${adminToken}`, `Basic ${basic}`]) {
      const page = await request({ url: '/admin/qr', headers: { authorization } })
      expect(page.statusCode).toBe(200)
      expect(page.headers['cache-control']).toBe('no-store')
      expect(page.body).toContain('não usa QR code')
      expect(page.body).toContain('Conectado desde 10/03/2026, 14:30:00.')
    }
  })

  it("refuses everyone else, the gateway's own token included", async () => {
    const { request } = await startGateway({ environment })
    const basic = ['Basic', `Basic ${btoa('admin:wrong')}`, `Basic ${btoa(adminToken)}`]
    for (const authorization of ['', `Bearer ${gatewayToken}`, ...basic]) {
      const page = await request({ url: '/admin/qr', headers: { authorization } })
      expect(page.statusCode).toBe(401)
      expect(page.headers['www-authenticate']).toMatch(/^Basic /)
      expect(page.headers['cache-control']).toBe('no-store')
    }
  })

  it('does not exist without an admin token', async () => {
    const { request } = await startGateway()
    expect((await request({ url: '/admin/qr' })).statusCode).toBe(404)
  })
})

describe('the log', () => {
  it('never holds a code, a text, a whole phone number or a token, whatever happens', async () => {
    const { send, request, logLines } = await startGateway({ environment: { LOG_LEVEL: 'trace' } })
    const expiresAt = '2026-03-10T17:35:00Z'
    await send({ phone, otp: { code: '48217', expiresAt } }, { key: 'k', wait: 5_000 })
    await send({ phone, otp: { code: '48217', expiresAt: 'ontem' } })
    await send({ phone, otp: { code: '48217', expiresAt }, message: '48217' }, { key: 'k' })
    await send({ phone, message: 'segredo 48217' }, { key: 'k' })
    await request({
      method: 'POST',
      url: '/api/send-message',
      payload: '{"code":"48217"',
      headers: { 'content-type': 'application/json' },
    })
    await request({ url: `/api/messages?to=${phone}` })
    await request({ url: `/nowhere/${phone}?code=48217` })
    const log = logLines.join('')
    expect(logLines.length).toBeGreaterThan(8)
    expect(log).toContain('+55 45 *****-0001')
    for (const secret of ['48217', 'segredo', '45999990001', gatewayToken]) {
      expect(log).not.toContain(secret)
    }
  })

  it('tells nothing of what a failing driver was given', async () => {
    const driver = new FakeDriver()
    const { send, logLines } = await startGateway({ parts: { driver } })
    const answer = send({ phone, message: 'segredo' }, { wait: 5_000 })
    await eventually(() => driver.handovers.length).toBe(1)
    driver.last().fail(new Error(`could not send "segredo" to ${phone}`))
    expect((await answer).json()).toMatchObject({ status: 'unknown' })
    const log = logLines.join('')
    expect(log).toContain('message not sent')
    expect(log).not.toMatch(/segredo|45999990001/)
  })
})
