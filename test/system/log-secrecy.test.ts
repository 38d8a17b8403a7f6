import { randomUUID } from 'node:crypto'
import { startSmtpServer } from '@ura/whatsapp-gateway/testing/smtp-server-under-test'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { recordFigure } from '../../scripts/test/figures.ts'
import { HelpdeskSystem } from '../support/helpdesk-system.ts'
import { distinctiveDigits, linesWithCode } from '../support/log-search.ts'
import { TestClock } from '../support/test-clock.ts'

/** Every way of an access code through the three services, each line of all logs (at `debug`) searched for each of them. */
let system: HelpdeskSystem
beforeEach(async () => {
  system = await HelpdeskSystem.start()
})
afterEach(() => system.stop())

/** Expects that no code is in any line, and that there was something to look through. */
function expectSecrecy(codes: readonly string[], keyed: readonly string[] = []): void {
  expect(codes.length).toBeGreaterThan(0)
  expect(codes.every((code) => code.length === distinctiveDigits)).toBe(true)
  expect(system.logLines.length).toBeGreaterThan(10)
  const found = [...codes, ...keyed].flatMap((code) => linesWithCode(system.logLines, code))
  expect(found).toEqual([])
}

const call = (keys: string) =>
  system.telephone.call(keys, { newestCode: system.newestCode, linkedId: randomUUID() })

async function post(path: string, body: string, headers: Record<string, string> = {}): Promise<Response> {
  return await fetch(`${system.apiUrl}${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  })
}

async function session(): Promise<Record<string, string>> {
  const answer = await post('/api/autenticar_sessao', '{}', { authorization: `Bearer ${system.clientToken}` })
  return { authorization: `Bearer ${((await answer.json()) as { sessao: string }).sessao}` }
}

describe('the log', () => {
  it('holds no access code after calls that key it right, wrong, again and ahead of the question', async () => {
    const wrong = '90817263'
    await call('1 1001# {code} 1 2 2')
    await call(`1 1002# ${wrong} {code} 1 2 2`)
    await call(`1 1003# * {code} 1 2 2`)
    await call(`1 1001# ${wrong} ${wrong} ${wrong}`)
    await expect.poll(() => system.sentCodes.length).toBeGreaterThanOrEqual(4)
    await expect.poll(() => system.activity()).toEqual({ calls: 0, records: 0 })
    const codes = system.sentCodes
    expectSecrecy(codes, [wrong])
    recordFigure(
      'access codes looked for in all logs',
      `${codes.length} codes of ${distinctiveDigits} digits in ${system.logLines.length} lines of three services: in none`,
    )
  })

  it('holds no access code after requests that carry it where it does not belong', async () => {
    const authorization = await session()
    const key = { ...authorization, 'idempotency-key': randomUUID() }
    expect((await post('/api/solicitar_codigo', '{"usuario":"1001"}', key)).status).toBe(202)
    await expect.poll(() => system.sentCodes.length).toBe(1)
    const [code = ''] = system.sentCodes
    const bodies = [
      `{"usuario":"1001","codigo":"${code}"`,
      `{"usuario":"1001","codigo":${code}}`,
      `{"usuario":"${code}","codigo":"${code}"}`,
      `{"usuario":"1001","codigo":"${code}","extra":"${code}"}`,
      code,
      `"${code}"`,
    ]
    for (const body of bodies) {
      await post('/api/verificar_codigo', body, authorization)
      await post('/api/novo_chamado', body, authorization)
      await fetch(`${system.gatewayUrl}/api/send-message`, {
        method: 'POST',
        headers: { authorization: `Bearer ${system.gatewayToken}`, 'content-type': 'application/json' },
        body,
      })
    }
    for (const base of [system.apiUrl, system.gatewayUrl]) {
      await fetch(`${base}/api/${code}?codigo=${code}`, { headers: { authorization: `Bearer ${code}` } })
      await fetch(`${base}/api/%${code}`)
    }
    expectSecrecy([code])
  })

  it('holds no access code, address or password when a code goes by e-mail', async () => {
    const mailServer = await startSmtpServer({ offersTls: false })
    await system.stop()
    const clock = new TestClock()
    system = await HelpdeskSystem.start({
      clock,
      environment: {
        GATEWAY_SMTP_URL: `smtp://ura:secret-of-mail@127.0.0.1:${mailServer.port}?tls=off`,
        GATEWAY_MAIL_FROM: 'suporte@prefeitura.example',
      },
    })
    const code = '70415926'
    const otp = { code, expiresAt: new Date(clock.now().getTime() + 300_000).toISOString() }
    const send = () =>
      fetch(`${system.gatewayUrl}/api/send-message`, {
        method: 'POST',
        headers: { authorization: `Bearer ${system.gatewayToken}`, 'content-type': 'application/json' },
        body: JSON.stringify({ email: 'maria@prefeitura.example', otp }),
      })
    await expect.poll(async () => (await send()).status).toBe(202)
    await expect.poll(() => mailServer.mails.length).toBeGreaterThan(0)
    expect(mailServer.mails[0]?.text).toContain(code)
    mailServer.refuse({ data: 554 })
    await send()
    await expect
      .poll(() => system.logLines.some((line) => line.includes('did not take the message')))
      .toBe(true)
    expectSecrecy([code])
    expect(system.logLines.join('')).not.toMatch(/maria@|secret-of-mail/)
  })

  it('holds no access code when the gateway is away or knows the message already', async () => {
    const authorization = await session()
    const key = { ...authorization, 'idempotency-key': randomUUID() }
    await post('/api/solicitar_codigo', '{"usuario":"1001"}', key)
    await post('/api/solicitar_codigo', '{"usuario":"1001"}', key)
    await expect.poll(() => system.sentCodes.length).toBe(1)
    const codes = system.sentCodes
    await system.stopGateway()
    const refused = await post('/api/solicitar_codigo', '{"usuario":"1002"}', {
      ...authorization,
      'idempotency-key': randomUUID(),
    })
    expect(refused.status).toBe(503)
    await post('/api/verificar_codigo', JSON.stringify({ usuario: '1001', codigo: codes[0] }), authorization)
    expectSecrecy(codes)
  }, 30_000)
})
