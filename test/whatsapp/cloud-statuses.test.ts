import { describe, expect, it } from 'vitest'
import { changeOf, statusOf, textFrom, webhookBody } from '../support/fake-graph/webhook-calls.ts'
import { CloudGateway, maria, mariaDigits, phoneNumberId, sendTimeoutMs } from './cloud-gateway.ts'

const statuses = 'ura_whatsapp_statuses_total'

describe('a status from the webhook', () => {
  it('takes a message from sent to delivered to read', async () => {
    const gateway = await CloudGateway.start()
    const { id, wamid } = await gateway.sentCode()
    await gateway.status(wamid, 'delivered', { callbackData: id })
    await gateway.until(() => gateway.stateOf(id)).toBe('delivered')
    await gateway.status(wamid, 'read')
    await gateway.until(() => gateway.stateOf(id)).toBe('read')
    expect(await gateway.historyOf(id)).toEqual([
      'queued',
      'sending',
      'sent',
      'delivered provider',
      'read provider',
    ])
  })

  it('that comes twice counts once', async () => {
    const gateway = await CloudGateway.start()
    const { id, wamid } = await gateway.sentCode()
    await gateway.status(wamid, 'delivered', { callbackData: id })
    await gateway.status(wamid, 'delivered', { callbackData: id })
    await gateway.until(() => gateway.counted(statuses, 'unmoved')).toBe(1)
    expect(await gateway.historyOf(id)).toEqual(['queued', 'sending', 'sent', 'delivered provider'])
  })

  it('that comes out of order never takes a message back', async () => {
    const gateway = await CloudGateway.start()
    const { id, wamid } = await gateway.sentCode()
    for (const status of ['read', 'delivered', 'sent']) {
      await gateway.status(wamid, status, { callbackData: id })
    }
    await gateway.until(() => gateway.counted(statuses, 'unmoved')).toBe(2)
    expect(await gateway.stateOf(id)).toBe('read')
  })

  it('may say read without delivered', async () => {
    const gateway = await CloudGateway.start()
    const { id, wamid } = await gateway.sentCode()
    await gateway.status(wamid, 'read', { callbackData: id })
    await gateway.until(() => gateway.stateOf(id)).toBe('read')
    expect(await gateway.historyOf(id)).toEqual(['queued', 'sending', 'sent', 'read provider'])
  })

  it('of a failure comes too late for a message that was delivered', async () => {
    const gateway = await CloudGateway.start()
    const { id, wamid } = await gateway.sentCode()
    await gateway.status(wamid, 'delivered', { callbackData: id })
    await gateway.status(wamid, 'failed', { callbackData: id, errorCode: 131_000 })
    await gateway.until(() => gateway.counted(statuses, 'unmoved')).toBe(1)
    expect(await gateway.stateOf(id)).toBe('delivered')
  })

  it.each([
    [131_026, 'failed recipient_unreachable'],
    [131_047, 'failed window_closed'],
    [130_429, 'failed rate_limited'],
  ])('tells why a message failed: %i', async (errorCode, wanted) => {
    const gateway = await CloudGateway.start()
    const { id, wamid } = await gateway.sentCode()
    await gateway.status(wamid, 'failed', { callbackData: id, errorCode })
    await gateway.until(() => gateway.stateOf(id)).toBe('failed')
    expect((await gateway.historyOf(id)).at(-1)).toBe(wanted)
    expect(await gateway.connection()).toBe('connected')
  })

  it('of a restricted account pauses the channel', async () => {
    const gateway = await CloudGateway.start()
    const { id, wamid } = await gateway.sentCode()
    await gateway.status(wamid, 'failed', { callbackData: id, errorCode: 131_048 })
    await gateway.until(() => gateway.connection()).toBe('banned')
    expect((await gateway.historyOf(id)).at(-1)).toBe('failed channel_paused')
  })

  it('of no message of ours, or of another number, is counted and does nothing', async () => {
    const gateway = await CloudGateway.start()
    await gateway.status('wamid.stranger', 'read', { callbackData: 'somebody-else' })
    const at = gateway.time.now()
    const other = changeOf('999999999', { statuses: [statusOf('wamid.1', 'read', { at })] })
    expect(await gateway.webhook(webhookBody([other]))).toBe(200)
    expect(await gateway.webhook('{"object":"page"}')).toBe(200)
    expect(await gateway.webhook('no JSON')).toBe(200)
    await gateway.until(() => gateway.counted(statuses, 'unknown')).toBe(1)
    await gateway.until(() => gateway.counted(statuses, 'ignored')).toBe(3)
  })
})

describe('a status before the answer to its send', () => {
  it.each([
    ['with our id', true],
    ['without it', false],
  ])('is kept and takes its effect: %s', async (_name, hasCallbackData) => {
    const gateway = await CloudGateway.start()
    gateway.graph.scripts.push({
      kind: 'before-answer',
      work: async ({ wamid, payload }) => {
        const callbackData = String(payload.biz_opaque_callback_data)
        await gateway.status(wamid, 'delivered', hasCallbackData ? { callbackData } : {})
        await gateway.until(() => gateway.counted(statuses, hasCallbackData ? 'moved' : 'unknown')).toBe(1)
      },
    })
    const id = await gateway.sendCode()
    await gateway.until(() => gateway.stateOf(id)).toBe('delivered')
    // The answer's id is known all the same.
    await gateway.status('wamid.1', 'read')
    await gateway.until(() => gateway.stateOf(id)).toBe('read')
    expect(gateway.graph.accepted).toHaveLength(1)
  })
})

describe('an answer that is lost after Meta took the message', () => {
  it('by a timeout: unknown, until a status with our id tells; never sent again', async () => {
    const gateway = await CloudGateway.start()
    gateway.graph.scripts.push({ kind: 'accept-and-hang' })
    const id = await gateway.sendCode()
    await gateway.until(() => gateway.graph.accepted.length).toBe(1)
    gateway.time.advance(sendTimeoutMs)
    await gateway.until(() => gateway.stateOf(id)).toBe('unknown')
    expect((await gateway.historyOf(id)).at(-1)).toBe('unknown timeout')
    await gateway.status('wamid.1', 'sent', { callbackData: id })
    await gateway.until(() => gateway.stateOf(id)).toBe('sent')
    await gateway.status('wamid.1', 'delivered')
    await gateway.until(() => gateway.stateOf(id)).toBe('delivered')
    gateway.time.advance(10 * 60_000)
    expect(gateway.graph.accepted).toHaveLength(1)
  })

  it.each(['accept-and-break', 'accept-and-502'] as const)('by %s: the same', async (kind) => {
    const gateway = await CloudGateway.start()
    gateway.graph.scripts.push({ kind })
    const id = await gateway.sendCode()
    await gateway.until(() => gateway.stateOf(id)).toBe('unknown')
    await gateway.status('wamid.1', 'failed', { callbackData: id, errorCode: 131_026 })
    await gateway.until(() => gateway.stateOf(id)).toBe('failed')
    expect(gateway.graph.accepted).toHaveLength(1)
  })
})

describe('a call of the webhook', () => {
  it('with several entries, changes, messages and statuses is worked through whole', async () => {
    const gateway = await CloudGateway.start()
    const people = [maria, '+5545999990002', '+5545999990003']
    const ids: string[] = []
    for (const person of people) {
      ids.push(await gateway.sendCode(person))
    }
    await gateway.until(() => gateway.graph.accepted.length).toBe(3)
    const at = gateway.time.now()
    const of = (wamid: string, status: string): object => statusOf(wamid, status, { at })
    const text = (id: string): object => textFrom(mariaDigits, { id, body: 'oi', at })
    const change = (value: Parameters<typeof changeOf>[1]): object => changeOf(phoneNumberId, value)
    await gateway.webhook(
      webhookBody(
        [
          change({ statuses: [of('wamid.1', 'delivered'), of('wamid.2', 'delivered')] }),
          change({ messages: [text('wamid.in.a'), text('wamid.in.b')] }),
        ],
        [change({ messages: [text('wamid.in.c')], statuses: [of('wamid.3', 'read')] })],
      ),
    )
    await gateway.until(() => gateway.counted('ura_whatsapp_received_total', 'ignored')).toBe(3)
    const states = await Promise.all(ids.map((id) => gateway.stateOf(id)))
    expect(states).toEqual(['delivered', 'delivered', 'read'])
  })

  it('that Meta has not signed is refused and does nothing', async () => {
    const gateway = await CloudGateway.start()
    const { id, wamid } = await gateway.sentCode()
    const statusesOfIt = [statusOf(wamid, 'read', { callbackData: id, at: gateway.time.now() })]
    const body = webhookBody([changeOf(phoneNumberId, { statuses: statusesOfIt })])
    for (const signature of [`sha256=${'0'.repeat(64)}`, 'sha256=', 'sha1=00', null]) {
      expect(await gateway.webhook(body, { signature })).toBe(401)
    }
    expect(await gateway.counted('ura_whatsapp_webhook_calls_total', 'bad_signature')).toBe(4)
    expect(await gateway.stateOf(id)).toBe('sent')
  })

  it('with a message that has no `from` keeps it unanswered, and the rest takes its effect', async () => {
    const gateway = await CloudGateway.start()
    const { id, wamid } = await gateway.sentCode()
    const at = gateway.time.now()
    const messages = [textFrom(null, { id: 'wamid.in.1', body: 'chamado 1', at })]
    const statusesOfIt = [statusOf(wamid, 'delivered', { at })]
    await gateway.webhook(webhookBody([changeOf(phoneNumberId, { messages, statuses: statusesOfIt })]))
    await gateway.until(() => gateway.counted('ura_whatsapp_received_total', 'ignored')).toBe(1)
    expect(await gateway.stateOf(id)).toBe('delivered')
  })
})

describe('the address of the webhook', () => {
  it('is proved to Meta by the verify token', async () => {
    const gateway = await CloudGateway.start()
    const ask = (token: string): Promise<Response> =>
      fetch(
        `${gateway.url}/webhooks/whatsapp?hub.mode=subscribe&hub.verify_token=${token}&hub.challenge=1158201444`,
      )
    const answered = await ask('verify-token-of-the-tests')
    expect([answered.status, await answered.text()]).toEqual([200, '1158201444'])
    expect(answered.headers.get('content-type')).toMatch('text/plain')
    expect((await ask('another-token-of-somebody')).status).toBe(401)
    expect((await fetch(`${gateway.url}/webhooks/whatsapp`)).status).toBe(400)
  })
})
