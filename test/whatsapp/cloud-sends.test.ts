import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { describe, expect, it } from 'vitest'
import {
  accessCode,
  appSecret,
  CloudGateway,
  graphToken,
  maria,
  mariaDigits,
  verifyToken,
} from './cloud-gateway.ts'

describe('an access code', () => {
  it('goes as the authentication template, twice, and in no log line', async () => {
    const gateway = await CloudGateway.start()
    const { id } = await gateway.sentCode()
    const parameters = [{ type: 'text', text: accessCode }]
    expect(gateway.graph.accepted[0]?.payload).toEqual({
      messaging_product: 'whatsapp',
      recipient_type: 'individual',
      to: mariaDigits,
      type: 'template',
      biz_opaque_callback_data: id,
      template: {
        name: 'access_code',
        language: { code: 'pt_BR' },
        components: [
          { type: 'body', parameters },
          { type: 'button', sub_type: 'url', index: '0', parameters },
        ],
      },
    })
    const log = gateway.logLines.join('')
    for (const secret of [accessCode, mariaDigits, graphToken, appSecret, verifyToken]) {
      expect(log).not.toContain(secret)
    }
  })

  it.each([
    ['another name', { WHATSAPP_CLOUD_CODE_TEMPLATE: 'unheard_of' }, 132_001],
    ['another language', { WHATSAPP_CLOUD_TEMPLATE_LANGUAGE: 'en_US' }, 132_001],
    ['other parameters', { WHATSAPP_CLOUD_CODE_TEMPLATE: 'two_words' }, 132_000],
  ])(
    'whose template at Meta has %s fails at once, and the log names the setting',
    async (_name, settings, code) => {
      const gateway = await CloudGateway.start(settings)
      const id = await gateway.sendCode()
      await gateway.until(() => gateway.stateOf(id)).toBe('failed')
      expect((await gateway.historyOf(id)).at(-1)).toBe('failed configuration')
      expect(gateway.graph.refusals).toEqual([code])
      expect(gateway.logLines.join('')).toContain('"setting":"WHATSAPP_CLOUD_CODE_TEMPLATE"')
    },
  )

  it('for who has no WhatsApp fails at once with a reason (131026)', async () => {
    const gateway = await CloudGateway.start()
    gateway.graph.scripts.push({ kind: 'error', code: 131_026 })
    const id = await gateway.sendCode()
    await gateway.until(() => gateway.stateOf(id)).toBe('failed')
    expect((await gateway.historyOf(id)).at(-1)).toBe('failed recipient_unreachable')
  })

  it('is not sent once it has expired, whatever held it up', async () => {
    const gateway = await CloudGateway.start()
    gateway.graph.scripts.push({ kind: 'error', code: 130_429, retryAfterSeconds: 3_600 })
    const id = await gateway.sendCode()
    await gateway.until(() => gateway.graph.refusals.length).toBe(1)
    await gateway.until(() => gateway.stateOf(id)).toBe('queued')
    gateway.time.advance(5 * 60_000)
    await gateway.until(() => gateway.stateOf(id)).toBe('expired')
    expect(gateway.graph.accepted).toEqual([])
  })
})

describe('a text', () => {
  it('goes as it is to who wrote within 24 h, and as a template to others', async () => {
    const gateway = await CloudGateway.start()
    await gateway.write('bom dia')
    await gateway.until(() => gateway.counted('ura_whatsapp_received_total', 'ignored')).toBe(1)
    const inside = await gateway.sendText('Chamado 10017 aberto.')
    await gateway.until(() => gateway.stateOf(inside)).toBe('sent')
    gateway.time.advance(24 * 60 * 60_000)
    const outside = await gateway.sendText('Chamado 10017:\n resolvido.')
    await gateway.until(() => gateway.stateOf(outside)).toBe('sent')
    expect(gateway.graph.accepted.map(({ payload }) => payload.text?.body ?? payload.template)).toEqual([
      'Chamado 10017 aberto.',
      {
        name: 'ticket_notice',
        language: { code: 'pt_BR' },
        components: [{ type: 'body', parameters: [{ type: 'text', text: 'Chamado 10017: resolvido.' }] }],
      },
    ])
    expect(gateway.graph.refusals).toEqual([])
  })

  it('goes as a template when only we think that the window is open (131047)', async () => {
    const gateway = await CloudGateway.start()
    await gateway.write('bom dia')
    gateway.graph.scripts.push({ kind: 'error', code: 131_047 })
    const id = await gateway.sendText('Chamado 10017 aberto.')
    await gateway.until(() => gateway.stateOf(id)).toBe('sent')
    expect(gateway.graph.accepted.map(({ payload }) => payload.type)).toEqual(['template'])
  })

  it('outside the window is not sent without a template, with a reason', async () => {
    const gateway = await CloudGateway.start({ WHATSAPP_CLOUD_NOTICE_TEMPLATE: '' })
    const id = await gateway.sendText('Chamado 10017 aberto.')
    await gateway.until(() => gateway.stateOf(id)).toBe('failed')
    expect((await gateway.historyOf(id)).at(-1)).toBe('failed window_closed')
    expect([gateway.graph.accepted, gateway.graph.refusals]).toEqual([[], []])
  })
})

describe("Meta's limits", () => {
  it('of the number are waited for as long as Meta says (130429)', async () => {
    const gateway = await CloudGateway.start()
    gateway.graph.scripts.push({ kind: 'error', code: 130_429, statusCode: 429, retryAfterSeconds: 60 })
    const id = await gateway.sendCode()
    await gateway.until(() => gateway.graph.refusals.length).toBe(1)
    await gateway.until(() => gateway.stateOf(id)).toBe('queued')
    const refusedAt = gateway.time.now()
    gateway.time.advance(50_000)
    await gateway.until(() => gateway.stateOf(id)).toBe('queued')
    gateway.time.advance(10_000)
    await gateway.until(() => gateway.stateOf(id)).toBe('sent')
    const waitedMs = (gateway.graph.accepted[0]?.at.getTime() ?? 0) - refusedAt.getTime()
    expect(waitedMs).toBeGreaterThan(55_000)
    expect(await gateway.historyOf(id)).toContain('queued rate_limited')
  })

  it('of one pair are waited for (131056)', async () => {
    const gateway = await CloudGateway.start()
    gateway.graph.scripts.push({ kind: 'error', code: 131_056 })
    const id = await gateway.sendCode()
    await gateway.until(() => gateway.graph.refusals.length).toBe(1)
    gateway.time.advance(7_000)
    await gateway.until(() => gateway.stateOf(id)).toBe('sent')
    expect(await gateway.historyOf(id)).toContain('queued rate_limited')
  })

  it('are kept by themselves: 6 s between two messages to one person', async () => {
    const gateway = await CloudGateway.start()
    await gateway.sendCode()
    const second = await gateway.sendCode()
    await gateway.until(() => gateway.graph.accepted.length).toBe(1)
    gateway.time.advance(5_000)
    expect(await gateway.stateOf(second)).toBe('queued')
    gateway.time.advance(8_000)
    await gateway.until(() => gateway.stateOf(second)).toBe('sent')
    const [one, other] = gateway.graph.accepted.map(({ at }) => at.getTime())
    expect((other ?? 0) - (one ?? 0)).toBeGreaterThanOrEqual(6_000)
  })
})

describe('a channel that Meta has closed', () => {
  it('for a bad token: logged out, messages wait, and a probe brings it back (190)', async () => {
    const gateway = await CloudGateway.start()
    gateway.graph.tokenIsGood = false
    const id = await gateway.sendCode()
    await gateway.until(() => gateway.connection()).toBe('logged_out')
    expect(await gateway.stateOf(id)).toBe('queued')
    expect((await gateway.send({ phone: maria, message: 'oi' })).statusCode).toBe(503)
    expect(gateway.logLines.join('')).toContain('"msg":"WhatsApp channel paused"')
    gateway.graph.tokenIsGood = true
    gateway.time.advance(60_000)
    await gateway.until(() => gateway.stateOf(id)).toBe('sent')
    await gateway.until(() => gateway.connection()).toBe('connected')
  })

  it('for its quality: banned, and one message alone tries it after a pause (131048)', async () => {
    const gateway = await CloudGateway.start()
    gateway.graph.scripts.push({ kind: 'error', code: 131_048 }, { kind: 'error', code: 131_048 })
    await gateway.sendText('um')
    await gateway.until(() => gateway.connection()).toBe('banned')
    gateway.time.advance(5 * 60_000)
    await gateway.until(() => gateway.graph.refusals.length).toBe(2)
    await gateway.until(() => gateway.connection()).toBe('banned')
    // Twice as long the second time.
    gateway.time.advance(5 * 60_000)
    for (let rounds = 0; rounds < 5; rounds += 1) {
      expect(await gateway.connection()).toBe('banned')
    }
    gateway.time.advance(5 * 60_000)
    await gateway.until(() => gateway.connection()).toBe('connected')
    expect(gateway.graph.accepted).toHaveLength(1)
  })

  it('keeps a message until its deadline and no longer', async () => {
    const gateway = await CloudGateway.start()
    gateway.graph.scripts.push({ kind: 'error', code: 131_031 })
    const id = await gateway.sendCode()
    await gateway.until(() => gateway.connection()).toBe('banned')
    gateway.time.advance(4 * 60_000)
    expect(await gateway.stateOf(id)).toBe('queued')
    gateway.time.advance(60_000)
    await gateway.until(() => gateway.stateOf(id)).toBe('expired')
    expect(gateway.graph.accepted).toEqual([])
  })

  it('is told at the start when the token is refused', async () => {
    const gateway = await CloudGateway.start(
      { WHATSAPP_CLOUD_TOKEN: 'a-token-that-was-revoked' },
      'logged_out',
    )
    expect(gateway.logLines.join('')).toContain('the Cloud API refuses WHATSAPP_CLOUD_TOKEN')
  })

  it('by nobody answering: messages wait for the connection', async () => {
    const gateway = await CloudGateway.start({ WHATSAPP_CLOUD_GRAPH_URL: await deafAddress() }, 'degraded')
    const id = await gateway.sendCode()
    await gateway.until(async () => (await gateway.historyOf(id)).at(-1)).toBe('queued graph_unreachable')
    gateway.time.advance(5 * 60_000)
    await gateway.until(() => gateway.stateOf(id)).toBe('expired')
    expect(await gateway.historyOf(id)).not.toContain('failed graph_unreachable')
  })
})

/** An address of this machine that nobody listens on. */
async function deafAddress(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return `http://127.0.0.1:${port}`
}
