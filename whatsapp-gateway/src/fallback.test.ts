import { describe, expect, it } from 'vitest'
import { NotSentError } from './drivers/driver.ts'
import { eventually } from './testing/eventually.ts'
import { FakeDriver } from './testing/fake-driver.ts'
import { quiet } from './testing/dispatcher-under-test.ts'
import { startGateway } from './testing/gateway-under-test.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { email, phone, startTwoChannels, type TwoChannelGateway } from './testing/two-channel-gateway.ts'

const otp = { code: '48213579', expiresAt: '2026-03-10T17:35:00Z' }
const both = { phone, email, otp }

/** Sends a code by both ways and waits until WhatsApp's driver has it. */
async function sendCode({ send, whatsapp }: TwoChannelGateway, body: object = both): Promise<string> {
  const { id } = (await send(body)).json<{ id: string }>()
  await eventually(() => whatsapp.handovers.length).toBe(1)
  return id
}

describe('a message', () => {
  it('goes by WhatsApp when it may go by both', async () => {
    const { send, whatsapp, mail, told } = await startTwoChannels()
    const answer = await send({ phone, email, message: 'oi' })
    expect([answer.statusCode, answer.json()]).toMatchObject([202, { status: 'queued', channel: 'whatsapp' }])
    await eventually(() => whatsapp.contents).toEqual(['oi'])
    expect(mail.contents).toEqual([])
    expect(await told(answer.json<{ id: string }>().id)).toMatchObject({
      channel: 'whatsapp',
      to: '+55 45 *****-0001',
      fallback: null,
    })
    whatsapp.last().succeed()
  })

  it.each([
    ['that names only an address', { email, otp }, 'connected'],
    ['while WhatsApp is logged out', both, 'logged_out'],
    ['that is a text, while WhatsApp is logged out', { phone, email, message: '48213579' }, 'logged_out'],
  ] as const)('%s goes by e-mail', async (_, body, state) => {
    const gateway = await startTwoChannels({ whatsapp: new FakeDriver({ state }) })
    const { send, whatsapp, mail, told } = gateway
    const answer = await send(body, { key: 'k' })
    expect([answer.statusCode, answer.json()]).toMatchObject([202, { channel: 'email' }])
    await eventually(() => mail.contents).toEqual(['48213579'])
    expect(mail.last().message.to).toBe(email)
    mail.last().succeed()
    const { id } = answer.json<{ id: string }>()
    await eventually(async () => (await told(id)).state).toBe('sent')
    expect(await told(id)).toMatchObject({ channel: 'email', to: 'm***@prefeitura.example', fallback: null })
    // The key tells one request, whichever way it went.
    whatsapp.become('connected')
    expect((await send(body, { key: 'k' })).json()).toMatchObject({ id, channel: 'email' })
    expect(whatsapp.contents).toEqual([])
  })

  it.each([
    ['an address alone', { email, otp }],
    ['both', both],
  ])('is refused with 503 only when no channel that it names can take it: %s', async (_, body) => {
    const whatsapp = new FakeDriver({ state: 'qr' })
    const { send } = await startTwoChannels({ whatsapp, mail: new FakeDriver({ state: 'logged_out' }) })
    const answer = await send(body)
    expect([answer.statusCode, answer.json()]).toMatchObject([
      503,
      { erro: { codigo: 'WHATSAPP_INDISPONIVEL' }, state: body === both ? 'qr' : 'logged_out' },
    ])
  })

  it('to an address alone is refused by a gateway without e-mail', async () => {
    const { send, request } = await startGateway()
    expect((await send({ email, otp })).statusCode).toBe(503)
    expect((await request({ url: '/api/auth/status' })).json()).toMatchObject({
      channels: [{ channel: 'whatsapp', driver: 'console', available: true }],
    })
  })

  it('has its channels told by the status and counted by the metrics', async () => {
    const { send, request, mail } = await startTwoChannels()
    await send({ email, message: 'oi' })
    await eventually(() => mail.handovers.length).toBe(1)
    mail.become('logged_out')
    expect((await request({ url: '/api/auth/status' })).json()).toMatchObject({
      loggedIn: true,
      channels: [
        { channel: 'whatsapp', driver: 'fake', available: true },
        { channel: 'email', driver: 'fake', available: false },
      ],
    })
    const { body } = await request({ url: '/metrics' })
    for (const line of [
      'ura_whatsapp_queue_depth{channel="email"} 1',
      'ura_whatsapp_queue_depth{channel="whatsapp"} 0',
      'ura_whatsapp_logged_in{channel="email"} 0',
      'ura_whatsapp_logouts_total{channel="email",state="logged_out"} 1',
    ]) {
      expect(body).toContain(line)
    }
    mail.last().succeed()
  })
})

describe('a code that WhatsApp does not deliver', () => {
  it('goes by e-mail after 20 seconds, once, and a late delivery only settles the first message', async () => {
    const gateway = await startTwoChannels()
    const { time, whatsapp, mail, told, logLines } = gateway
    const id = await sendCode(gateway)
    whatsapp.last().succeed()
    await eventually(async () => (await told(id)).state).toBe('sent')
    time.advance(19_999)
    await quiet()
    expect(mail.contents).toEqual([])
    time.advance(1)
    await eventually(() => mail.contents).toEqual([otp.code])
    const { fallback } = await told(id)
    expect(fallback).toMatchObject({ channel: 'email', state: 'sending' })
    expect(await told(fallback?.id ?? '')).toMatchObject({ channel: 'email', to: 'm***@prefeitura.example' })
    mail.last().succeed()
    whatsapp.report({ id, state: 'delivered' })
    await eventually(async () => (await told(id)).state).toBe('delivered')
    expect(await told(id)).toMatchObject({ fallback: { id: fallback?.id, state: 'sent' } })
    time.advance(120_000)
    await quiet()
    expect(mail.contents).toEqual([otp.code])
    expect(logLines.join('')).not.toMatch(/48213579|maria@|45999990001/)
  })

  it.each([
    ['failed', new NotSentError('recipient_unreachable', { retryable: false })],
    ['unknown', new Error('socket hang up')],
  ])('goes at once when its message is %s', async (state, error) => {
    const gateway = await startTwoChannels()
    const { whatsapp, mail, told } = gateway
    const id = await sendCode(gateway)
    whatsapp.last().fail(error)
    await eventually(() => mail.contents).toEqual([otp.code])
    expect(await told(id)).toMatchObject({ state, fallback: { channel: 'email' } })
    mail.last().succeed()
  })

  it('goes while WhatsApp, logged out since, still has it in its queue', async () => {
    const gateway = await startTwoChannels()
    const { send, time, whatsapp, mail, told } = gateway
    const first = await sendCode(gateway, { phone, message: 'under way' })
    const { id } = (await send(both)).json<{ id: string }>()
    whatsapp.become('logged_out')
    whatsapp.last().succeed()
    await eventually(async () => (await told(first)).state).toBe('sent')
    time.advance(20_000)
    await eventually(() => mail.contents).toEqual([otp.code])
    expect(await told(id)).toMatchObject({ state: 'queued' })
    mail.last().succeed()
  })

  it('goes after the time that is configured', async () => {
    const gateway = await startTwoChannels({ environment: { GATEWAY_FALLBACK_SECONDS: '5' } })
    const { time, whatsapp, mail } = gateway
    await sendCode(gateway)
    time.advance(5_000)
    await eventually(() => mail.contents).toEqual([otp.code])
    expect(whatsapp.contents).toEqual([otp.code])
    whatsapp.last().succeed()
    mail.last().succeed()
  })
})

describe('nothing goes by e-mail', () => {
  /** Past every fallback's time. */
  async function wait({ time }: TwoChannelGateway): Promise<void> {
    time.advance(60_000)
    await quiet()
  }

  it('when WhatsApp has delivered the code', async () => {
    const gateway = await startTwoChannels()
    const id = await sendCode(gateway)
    gateway.whatsapp.last().succeed()
    gateway.whatsapp.report({ id, state: 'delivered' })
    await eventually(async () => (await gateway.told(id)).state).toBe('delivered')
    await wait(gateway)
    expect(gateway.mail.contents).toEqual([])
  })

  it('when WhatsApp has sent it, by a driver that hears no more', async () => {
    const gateway = await startTwoChannels({ whatsapp: new FakeDriver() })
    const id = await sendCode(gateway)
    gateway.whatsapp.last().succeed()
    await eventually(async () => (await gateway.told(id)).state).toBe('sent')
    await wait(gateway)
    expect(gateway.mail.contents).toEqual([])
  })

  it.each([
    ['for a text that failed', { phone, email, message: 'oi' }],
    ['for a person without an address', { phone, otp }],
    ['for a code that has expired by then', { ...both, otp: { ...otp, expiresAt: '2026-03-10T17:30:15Z' } }],
  ])('%s', async (_, body) => {
    const gateway = await startTwoChannels()
    const id = await sendCode(gateway, body)
    if ('otp' in body && 'email' in body) {
      gateway.whatsapp.last().succeed()
    } else {
      gateway.whatsapp.last().fail(new NotSentError('recipient_unreachable', { retryable: false }))
    }
    await eventually(async () => (await gateway.told(id)).state).toMatch(/failed|sent/)
    await wait(gateway)
    expect(gateway.mail.contents).toEqual([])
    expect(await gateway.told(id)).toMatchObject({ fallback: null })
  })
})

describe('a gateway that starts again', () => {
  it('carries out the fallback that fell due meanwhile, once', async () => {
    const environment = { DATA_DIR: temporaryFolder() }
    const first = await startTwoChannels({ environment })
    const id = await sendCode(first)
    first.whatsapp.last().succeed()
    await eventually(async () => (await first.told(id)).state).toBe('sent')
    await first.gateway.close()

    const second = await startTwoChannels({ environment })
    await quiet()
    expect(second.mail.contents).toEqual([])
    second.time.advance(20_000)
    await eventually(() => second.mail.contents).toEqual([otp.code])
    second.mail.last().succeed()
    await eventually(async () => (await second.told(id)).fallback?.state).toBe('sent')
    await second.gateway.close()

    const third = await startTwoChannels({ environment })
    third.time.advance(60_000)
    await quiet()
    expect(third.mail.contents).toEqual([])
  })

  it('without e-mail ends the fallback that was planned, and lets expire what waited for it', async () => {
    const environment = { DATA_DIR: temporaryFolder() }
    const mail = new FakeDriver()
    const first = await startTwoChannels({ environment, mail })
    const id = await sendCode(first)
    const waiting = (await first.send({ email, message: 'oi' })).json<{ id: string }>()
    await eventually(() => mail.handovers.length).toBe(1)
    mail.last().fail(new NotSentError('smtp_450', { retryable: true, untilDeadline: true }))
    await eventually(async () => (await first.told(waiting.id)).state).toBe('queued')
    first.whatsapp.last().succeed()
    await eventually(async () => (await first.told(id)).state).toBe('sent')
    await first.gateway.close()

    const second = await startGateway({ environment, hasManualTimers: true })
    const told = async (of: string) => (await second.request({ url: `/api/messages/${of}` })).json()
    second.time.advance(24 * 3_600_000)
    await eventually(async () => (await told(waiting.id)).state).toBe('expired')
    expect(await told(id)).toMatchObject({ state: 'sent', fallback: null })
  })
})
