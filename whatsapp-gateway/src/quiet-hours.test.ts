import { describe, expect, it } from 'vitest'
import { quiet } from './testing/dispatcher-under-test.ts'
import { eventually } from './testing/eventually.ts'
import { FakeDriver } from './testing/fake-driver.ts'
import { temporaryFolder } from './testing/temporary-folder.ts'
import { email, phone, startTwoChannels, type TwoChannelGateway } from './testing/two-channel-gateway.ts'

const hourMs = 3_600_000
const otp = (expiresAt: string) => ({ code: '48213579', expiresAt })
const answering = () => new FakeDriver({ answersAtOnce: true, tellsDelivery: true })

/** A notice on a ticket, and the answer's id. */
async function sendNotice({ send }: TwoChannelGateway, message: string, topic?: string): Promise<string> {
  const body = { phone, email, message, purpose: 'notice', ...(topic === undefined ? {} : { topic }) }
  const answer = await send(body)
  expect([answer.statusCode, answer.json()]).toMatchObject([202, { status: 'queued' }])
  return answer.json<{ id: string }>().id
}

/** A gateway whose time, 14:30 in São Paulo at first, has come to that hour of the evening. */
async function startAt(hours: number, options: Parameters<typeof startTwoChannels>[0] = {}) {
  const gateway = await startTwoChannels({ whatsapp: answering(), ...options })
  gateway.time.advance((hours - 14.5) * hourMs)
  await quiet()
  return gateway
}

describe('in quiet hours', () => {
  it('a notice waits for the morning, and may be sent for a day from then', async () => {
    const gateway = await startAt(22)
    const id = await sendNotice(gateway, 'Chamado 10017 em atendimento.')
    await quiet()
    expect(gateway.whatsapp.contents).toEqual([])
    expect(await gateway.told(id)).toMatchObject({
      state: 'queued',
      deadline: '2026-03-12T10:00:00.000Z',
      history: [{ state: 'queued', reason: 'quiet_hours' }],
    })
    gateway.time.advance(9 * hourMs - 1)
    await quiet()
    expect(gateway.whatsapp.contents).toEqual([])
    gateway.time.advance(1)
    await eventually(() => gateway.whatsapp.contents).toEqual(['Chamado 10017 em atendimento.'])
    await eventually(async () => (await gateway.told(id)).state).toBe('sent')
  })

  it('codes and other messages go at once, past notices to the same person', async () => {
    const gateway = await startAt(22)
    await sendNotice(gateway, 'aviso')
    await gateway.send({ phone, otp: otp('2026-03-11T01:05:00Z') })
    await gateway.send({ phone, message: 'resposta' })
    await eventually(() => gateway.whatsapp.contents).toEqual(['48213579', 'resposta'])
    const { queueDepth, oldestAgeSeconds } = (await gateway.request({ url: '/api/auth/status' })).json()
    expect([queueDepth, oldestAgeSeconds]).toEqual([0, 0])
    const { body } = await gateway.request({ url: '/metrics' })
    expect(body).toContain('ura_whatsapp_notices_held{channel="whatsapp"} 1')
  })

  it('several changes of a ticket are told once, the last, and those of another ticket by themselves', async () => {
    const gateway = await startAt(22)
    const first = await sendNotice(gateway, 'em atendimento', 'ticket-10017')
    await sendNotice(gateway, 'outro chamado', 'ticket-10025')
    const last = await sendNotice(gateway, 'resolvido', 'ticket-10017')
    expect(await gateway.told(first)).toMatchObject({
      state: 'superseded',
      history: [{ state: 'queued' }, { state: 'superseded' }],
    })
    gateway.time.advance(9 * hourMs)
    await eventually(() => gateway.whatsapp.contents).toEqual(['outro chamado', 'resolvido'])
    await eventually(async () => (await gateway.told(last)).state).toBe('sent')
    const { body } = await gateway.request({ url: '/metrics' })
    expect(body).toContain('ura_whatsapp_sends_total{channel="whatsapp",result="superseded"} 1')
  })

  it('a notice accepted by day, which WhatsApp could not take until night, waits as well', async () => {
    const whatsapp = new FakeDriver({ tellsDelivery: true })
    const gateway = await startTwoChannels({ whatsapp })
    await gateway.send({ phone, message: 'antes' })
    await eventually(() => whatsapp.contents).toEqual(['antes'])
    const id = await sendNotice(gateway, 'aviso')
    whatsapp.become('logged_out')
    whatsapp.last().succeed()
    await quiet()
    gateway.time.advance(8 * hourMs)
    whatsapp.become('connected')
    await eventually(async () => (await gateway.told(id)).history.at(-1)?.reason).toBe('quiet_hours')
    expect(await gateway.told(id)).toMatchObject({ state: 'queued', deadline: '2026-03-12T10:00:00.000Z' })
    expect(whatsapp.contents).toEqual(['antes'])
    gateway.time.advance(9 * hourMs)
    await eventually(() => whatsapp.contents).toEqual(['antes', 'aviso'])
    whatsapp.last().succeed()
  })

  it('a restart loses no notice that waits', async () => {
    const environment = { DATA_DIR: temporaryFolder() }
    const first = await startAt(22, { environment })
    await sendNotice(first, 'aviso')
    await first.gateway.close()
    const second = await startAt(23, { environment })
    await quiet()
    expect(second.whatsapp.contents).toEqual([])
    second.time.advance(8 * hourMs)
    await eventually(() => second.whatsapp.contents).toEqual(['aviso'])
  })

  it('a notice by e-mail waits too', async () => {
    const mail = answering()
    const gateway = await startAt(22, { mail })
    await gateway.send({ email, message: 'aviso', purpose: 'notice' })
    await quiet()
    expect(mail.contents).toEqual([])
    gateway.time.advance(9 * hourMs)
    await eventually(() => mail.contents).toEqual(['aviso'])
  })
})

describe('by day', () => {
  it('a notice goes at once', async () => {
    const gateway = await startTwoChannels({ whatsapp: answering() })
    const id = await sendNotice(gateway, 'aviso')
    await eventually(() => gateway.whatsapp.contents).toEqual(['aviso'])
    expect((await gateway.told(id)).history[0]).toMatchObject({ state: 'queued', reason: null })
  })

  it('a notice that waits for its turn gives way to a newer one on its topic', async () => {
    const whatsapp = new FakeDriver()
    const gateway = await startTwoChannels({ whatsapp })
    await gateway.send({ phone, message: 'antes' })
    await eventually(() => whatsapp.contents).toEqual(['antes'])
    const older = await sendNotice(gateway, 'em atendimento', 'ticket-10017')
    await sendNotice(gateway, 'resolvido', 'ticket-10017')
    whatsapp.last().succeed()
    await eventually(() => whatsapp.contents).toEqual(['antes', 'resolvido'])
    expect((await gateway.told(older)).state).toBe('superseded')
    whatsapp.last().succeed()
  })

  it('whoever waits for a message that is superseded is answered', async () => {
    const whatsapp = new FakeDriver()
    const gateway = await startTwoChannels({ whatsapp })
    await gateway.send({ phone, message: 'antes' })
    await eventually(() => whatsapp.contents).toEqual(['antes'])
    const notice = { phone, purpose: 'notice', topic: 'ticket-10017' }
    const waiting = gateway.send({ ...notice, message: 'em atendimento' }, { key: 'first', wait: 10_000 })
    await eventually(
      async () => (await gateway.request({ url: '/api/messages/by-key/first' })).statusCode,
    ).toBe(200)
    await gateway.send({ ...notice, message: 'resolvido' })
    const answer = await waiting
    expect([answer.statusCode, answer.json()]).toMatchObject([200, { status: 'superseded' }])
    whatsapp.handovers.forEach((handover) => handover.succeed())
  })
})

describe('without quiet hours', () => {
  it('a notice goes by night', async () => {
    const gateway = await startAt(22, { environment: { GATEWAY_QUIET_HOURS: 'off' } })
    const id = await sendNotice(gateway, 'aviso')
    await eventually(() => gateway.whatsapp.contents).toEqual(['aviso'])
    expect((await gateway.told(id)).history[0]).toMatchObject({ state: 'queued', reason: null })
  })
})
