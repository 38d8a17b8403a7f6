import { describe, expect, it } from 'vitest'
import { FakeQrDriver } from '../testing/fake-qr-driver.ts'
import { adminToken, startGateway } from '../testing/gateway-under-test.ts'

const authorization = `Basic ${Buffer.from(`admin:${adminToken}`).toString('base64')}`
const formHeaders = { authorization, 'content-type': 'application/x-www-form-urlencoded' }

async function startAdmin() {
  const driver = new FakeQrDriver()
  const running = await startGateway({
    environment: { GATEWAY_ADMIN_TOKEN: adminToken },
    parts: { driver },
  })
  const page = async () => (await running.request({ url: '/admin/qr', headers: { authorization } })).body
  const token = async () => /name="token" value="([^"]+)"/.exec(await page())?.[1] ?? ''
  const post = async (path: string, options: { token?: string; headers?: Record<string, string> } = {}) =>
    await running.request({
      method: 'POST',
      url: path,
      payload: `token=${options.token ?? (await token())}`,
      headers: { ...formHeaders, ...options.headers },
    })
  return { driver, ...running, page, token, post }
}

describe('the page of a login by QR', () => {
  it('shows the QR with its number, its end and its warning, and how to read it', async () => {
    const { driver, page, request } = await startAdmin()
    const html = await page()
    expect(html).toContain('Aguardando a leitura do QR code desde 10/03/2026, 14:30:00.')
    expect(html).toContain('QR code número 2, válido até 14:31:00')
    expect(html).toContain('Conectar um aparelho')
    const image = await request({ url: '/admin/qr/image.png', headers: { authorization } })
    expect([image.headers['content-type'], image.headers['cache-control']]).toEqual(['image/png', 'no-store'])
    expect(image.rawPayload.equals(driver.png)).toBe(true)
  })

  it.each([
    ['logged_out', true, 'peça um novo', 'Novo QR code'],
    ['starting', false, 'a página se atualiza', 'Novo QR code'],
    ['banned', true, 'recusou esta conta', 'Novo QR code'],
    ['connected', false, 'As mensagens saem', 'Sair da conta'],
    ['degraded', false, 'As mensagens saem', 'Sair da conta'],
  ] as const)('when %s offers what can be done', async (state, waiting, words, button) => {
    const { driver, page, request } = await startAdmin()
    driver.status = { ...driver.status, state, qrAttempt: null, qrExpiresAt: null }
    driver.waiting = waiting
    const html = await page()
    expect(html).toContain(words)
    expect(html.match(/<button id="([^"]+)"/g)).toHaveLength(1)
    expect(html).toContain(button)
    expect((await request({ url: '/admin/qr/image.png', headers: { authorization } })).statusCode).toBe(404)
  })

  it('lets nothing be stored, framed, or loaded from elsewhere, and is for the admin alone', async () => {
    const { request } = await startAdmin()
    for (const url of ['/admin/qr', '/admin/qr/image.png', '/admin/qr/page.js', '/admin/qr/page.css']) {
      const { statusCode, headers } = await request({ url, headers: { authorization } })
      expect([statusCode, headers['cache-control']]).toEqual([200, 'no-store'])
      expect(headers['content-security-policy']).toMatch(
        /^default-src 'none'; script-src 'self';.*frame-ancestors 'none'$/,
      )
      expect((await request({ url })).statusCode).toBe(401)
      expect((await request({ url: `${url}?token=${adminToken}` })).statusCode).toBe(401)
    }
  })
})

describe('the forms', () => {
  it('show another QR and log out, then lead back to the page', async () => {
    const { driver, post } = await startAdmin()
    for (const path of ['/admin/qr/new', '/admin/qr/log-out']) {
      const answer = await post(path)
      expect([answer.statusCode, answer.headers.location]).toEqual([303, '/admin/qr'])
    }
    expect(driver.asked).toEqual(['new QR', 'log out'])
  })

  it('are refused from another site, without the token of the page, or without a password', async () => {
    const { driver, post, token } = await startAdmin()
    const good = await token()
    const refused = [
      await post('/admin/qr/log-out', { token: '' }),
      await post('/admin/qr/log-out', { token: `${good}x` }),
      await post('/admin/qr/log-out', { token: good, headers: { 'sec-fetch-site': 'cross-site' } }),
      await post('/admin/qr/log-out', { token: good, headers: { 'sec-fetch-site': 'same-site' } }),
      await post('/admin/qr/log-out', { token: good, headers: { origin: 'https://evil.example' } }),
      await post('/admin/qr/log-out', { token: good, headers: { origin: 'null' } }),
    ]
    expect(refused.map(({ statusCode }) => statusCode)).toEqual([403, 403, 403, 403, 403, 403])
    expect(refused[0]?.json()).toMatchObject({ erro: { codigo: 'ORIGEM_NAO_PERMITIDA' } })
    expect((await post('/admin/qr/log-out', { headers: { authorization: '' } })).statusCode).toBe(401)
    expect(driver.asked).toEqual([])
  })

  it('need no token of the page from a program with the admin token', async () => {
    const { driver, request } = await startAdmin()
    const answer = await request({
      method: 'POST',
      url: '/admin/qr/new',
      headers: { authorization: `Bearer ${adminToken}` },
    })
    expect([answer.statusCode, driver.asked]).toEqual([303, ['new QR']])
  })

  it('do not exist with a driver that needs no QR', async () => {
    const { request } = await startGateway({ environment: { GATEWAY_ADMIN_TOKEN: adminToken } })
    const headers = { authorization: `Bearer ${adminToken}` }
    expect((await request({ method: 'POST', url: '/admin/qr/new', headers })).statusCode).toBe(404)
  })
})

describe('a logout', () => {
  it('is told by the status, keeps the service alive and is counted', async () => {
    const { driver, request, gateway, logLines } = await startAdmin()
    driver.become('qr')
    expect((await gateway.fastify.inject('/healthz')).statusCode).toBe(200)
    expect((await gateway.fastify.inject('/readyz')).json()).toEqual({ status: true, whatsapp: 'qr' })
    expect((await request({ url: '/api/auth/status' })).json()).toMatchObject({
      loggedIn: false,
      state: 'qr',
      qrAttempt: 2,
      qrExpiresAt: '2026-03-10T17:31:00.000Z',
    })
    expect((await request({ url: '/metrics' })).body).toContain(
      'ura_whatsapp_logouts_total{channel="whatsapp",state="logged_out"} 1',
    )
    expect(logLines.filter((line) => line.includes('WhatsApp needs a person'))).toHaveLength(1)
  })
})
