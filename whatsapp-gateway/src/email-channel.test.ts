import { describe, expect, it } from 'vitest'
import { eventually } from './testing/eventually.ts'
import { FakeDriver } from './testing/fake-driver.ts'
import { startGateway } from './testing/gateway-under-test.ts'
import { startSmtpServer } from './testing/smtp-server-under-test.ts'

const email = 'maria@prefeitura.example'
const otp = { code: '48213579', expiresAt: '2026-03-10T17:35:00Z' }

/** A gateway that sends mail to a real server on loopback. */
async function start(password = 'secret-of-mail') {
  const server = await startSmtpServer({ offersTls: false })
  const gateway = await startGateway({
    environment: {
      GATEWAY_SMTP_URL: `smtp://ura:${password}@127.0.0.1:${server.port}?tls=off`,
      GATEWAY_MAIL_FROM: 'Suporte de TI <suporte@prefeitura.example>',
      GATEWAY_RETRY_DELAY_MS: '10',
    },
    parts: { driver: new FakeDriver({ state: 'logged_out' }) },
  })
  const channels = async () =>
    (await gateway.request({ url: '/api/auth/status' })).json<{ channels: { available: boolean }[] }>()
      .channels
  return { ...gateway, server, channels }
}

describe('a gateway with e-mail', () => {
  it('sends a code that its log never tells, nor the address, nor the password', async () => {
    const { server, send, request, channels, logLines } = await start()
    await eventually(async () => (await channels())[1]?.available).toBe(true)
    const answer = await send({ phone: '+5545999990001', email, otp }, { wait: 10_000 })
    expect([answer.statusCode, answer.json()]).toMatchObject([200, { status: 'sent', channel: 'email' }])
    expect(server.mails).toMatchObject([{ to: [email], user: 'ura' }])
    expect(server.mails[0]?.text).toContain(otp.code)
    const { id } = answer.json<{ id: string }>()
    expect((await request({ url: `/api/messages/${id}` })).body).not.toMatch(/48213579|maria@/)
    expect(logLines.length).toBeGreaterThan(3)
    expect(logLines.join('')).not.toMatch(/48213579|maria@|secret-of-mail/)
  })

  it('tries a mail again that the server puts off, and gives up one that it refuses', async () => {
    const { server, send, request, channels } = await start()
    await eventually(async () => (await channels())[1]?.available).toBe(true)
    server.refuse({ recipient: 450 })
    const { id } = (await send({ email, message: 'oi' })).json<{ id: string }>()
    const told = async () => (await request({ url: `/api/messages/${id}` })).json<{ tries: number }>()
    await eventually(async () => (await told()).tries).toBeGreaterThan(0)
    server.refuse({ recipient: 550 })
    const refused = await send({ email: 'joao@prefeitura.example', message: 'oi' }, { wait: 10_000 })
    expect(refused.json()).toMatchObject({ status: 'failed' })
  })

  it('has no e-mail channel to offer while the password is wrong, and names it in log and metric', async () => {
    const { send, request, channels, logLines } = await start('wrong-password')
    await eventually(() => logLines.some((line) => line.includes('e-mail needs a person'))).toBe(true)
    expect(await channels()).toMatchObject([
      { channel: 'whatsapp', available: false },
      { channel: 'email', driver: 'smtp', available: false },
    ])
    expect((await send({ email, otp })).statusCode).toBe(503)
    const { body } = await request({ url: '/metrics' })
    expect(body).toContain('ura_whatsapp_logouts_total{channel="email",state="logged_out"} 1')
    expect(logLines.join('')).not.toContain('wrong-password')
  })
})
