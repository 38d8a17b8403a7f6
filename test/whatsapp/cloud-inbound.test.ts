import { createClient } from '@ura/api/authentication/client-repository'
import { createTestApi, type TestApi } from '@ura/api/testing/test-api'
import { describe, expect, it, onTestFinished } from 'vitest'
import { changeOf, textFrom, webhookBody } from '../support/fake-graph/webhook-calls.ts'
import { CloudGateway, mariaDigits, phoneNumberId } from './cloud-gateway.ts'

const received = 'ura_whatsapp_received_total'
/** Sample user 1001 has +5545999990001 on file, 1002 has +5545999990002. */
const owner = mariaDigits
const colleague = '5545999990002'
const stranger = '5545988887777'

interface Desk {
  gateway: CloudGateway
  testApi: TestApi
  /** Of a ticket that user 1001 opened. */
  protocol: string
  /** Waits for the so-manieth message with this outcome. */
  worked: (result: string, count?: number) => Promise<void>
  /** Texts that went out so far. */
  texts: () => string[]
}

/** The real ticket API with one ticket, and the gateway with a token of the role `read` for it. */
async function startDesk(): Promise<Desk> {
  const testApi = await createTestApi()
  onTestFinished(() => testApi[Symbol.asyncDispose]())
  const { url } = await testApi.api.listen()
  const networks = ['127.0.0.0/8']
  const { api, clock } = testApi
  const token = await createClient(api.db, { name: 'gateway', networks, role: 'read', now: clock.now() })
  const opened = await testApi.post('/api/novo_chamado', { usuario: '1001', servico: '2-2' })
  const { protocolo: protocol } = opened.json<{ protocolo: string }>()
  const gateway = await CloudGateway.start({
    TICKET_API_URL: url,
    GATEWAY_TICKET_API_TOKEN: token ?? '',
  })
  return {
    gateway,
    testApi,
    protocol,
    worked: (result, count = 1) => gateway.until(() => gateway.counted(received, result)).toBe(count),
    texts: () => gateway.graph.accepted.map(({ payload }) => String(payload.text?.body)),
  }
}

describe('"chamado <protocolo>" by WhatsApp', () => {
  it('is answered with the status, quoting the question, to the person who opened it', async () => {
    const { gateway, protocol, worked, texts } = await startDesk()
    const question = await gateway.write(`  CHAMADO  ${protocol}?`)
    await worked('answered')
    await gateway.until(() => gateway.graph.accepted.length).toBe(1)
    expect(texts()[0]).toMatch(
      new RegExp(`^Chamado ${protocol} \\(.+\\): aberto, desde 23/11/2026, 11:00\\.$`),
    )
    expect(gateway.graph.accepted[0]).toMatchObject({
      to: owner,
      payload: { context: { message_id: question } },
    })
  })

  it('reaches who has an account without the ninth digit', async () => {
    const { gateway, protocol, texts } = await startDesk()
    await gateway.write(protocol, '554599990001')
    await gateway.until(() => gateway.graph.accepted.length).toBe(1)
    expect(texts()[0]).toContain('aberto')
    expect(gateway.graph.accepted[0]?.to).toBe('554599990001')
  })

  it("sounds the same for another's ticket, for none, and for a number that nobody has on file", async () => {
    const { gateway, protocol, texts } = await startDesk()
    await gateway.write(`chamado ${protocol}`, colleague)
    await gateway.write(`chamado ${protocol}`, stranger)
    await gateway.write('chamado 999999', owner)
    await gateway.until(() => gateway.graph.accepted.length).toBe(3)
    const withoutNumber = texts().map((text) => text.replace(/\d+/, 'N'))
    expect(new Set(withoutNumber).size).toBe(1)
    expect(withoutNumber[0]).toContain('Não encontramos')
  })

  it('waits for an API that is away, and is answered when it is back or told that it can not be', async () => {
    const { gateway, testApi, texts } = await startDesk()
    await testApi.api.close()
    await gateway.write('chamado 10017')
    for (let seconds = 0; seconds < 90; seconds += 1) {
      gateway.time.advance(1_000)
      await gateway.connection()
    }
    await gateway.until(() => gateway.graph.accepted.length).toBe(1)
    expect(texts()[0]).toContain('Não foi possível consultar')
  })

  it('is answered 20 times an hour', async () => {
    const { gateway, protocol, worked } = await startDesk()
    for (let index = 0; index < 21; index += 1) {
      await gateway.write(`chamado ${protocol}`)
    }
    await worked('limited')
    expect(await gateway.counted(received, 'answered')).toBe(20)
  })
})

describe('another message by WhatsApp', () => {
  it('is answered with a help text, once an hour for each person', async () => {
    const { gateway, worked, texts } = await startDesk()
    await gateway.write('oi')
    await gateway.write('tudo bem?')
    await gateway.write('bom dia', colleague)
    await worked('helped', 2)
    await worked('limited')
    gateway.time.advance(61 * 60_000)
    await gateway.write('oi de novo')
    await worked('helped', 3)
    await gateway.until(() => gateway.graph.accepted.length).toBe(3)
    expect(texts().every((text) => text.includes('chamado 10017'))).toBe(true)
  })

  it('that is a reaction, a system message, of a group or our own gets no answer', async () => {
    const { gateway, worked } = await startDesk()
    const base = textFrom(owner, { id: '', body: 'oi', at: gateway.time.now() })
    const messages = [
      { ...base, id: 'a', type: 'reaction', reaction: { message_id: 'x', emoji: '👍' } },
      { ...base, id: 'b', type: 'system', system: { body: 'changed number' } },
      { ...base, id: 'c', group_id: 'g' },
      { ...base, id: 'd', from: '554533330000' },
      { ...base, id: 'e', type: 'unsupported' },
    ]
    await gateway.webhook(webhookBody([changeOf(phoneNumberId, { messages })]))
    await worked('ignored', 5)
    expect(gateway.graph.accepted).toEqual([])
  })

  it('that is a picture gets the help text', async () => {
    const { gateway, worked } = await startDesk()
    const base = textFrom(owner, { id: 'a', body: '', at: gateway.time.now() })
    const messages = [{ ...base, type: 'image', image: { id: '1' } }]
    await gateway.webhook(webhookBody([changeOf(phoneNumberId, { messages })]))
    await worked('helped')
    expect(await gateway.counted(received, 'helped')).toBe(1)
  })

  it('that comes a day late is not answered and opens no window', async () => {
    const { gateway, worked } = await startDesk()
    const at = new Date(gateway.time.now().getTime() - 25 * 60 * 60_000)
    const messages = [textFrom(owner, { id: 'late', body: 'oi', at })]
    await gateway.webhook(webhookBody([changeOf(phoneNumberId, { messages })]))
    await worked('stale')
    const id = await gateway.sendText('Chamado 10017 aberto.')
    await gateway.until(() => gateway.stateOf(id)).toBe('sent')
    expect(gateway.graph.accepted.map(({ payload }) => payload.type)).toEqual(['template'])
  })
})

describe('a message that comes again', () => {
  it('is kept once and answered once, also after a restart', async () => {
    const { gateway, worked } = await startDesk()
    const at = gateway.time.now()
    const body = webhookBody([
      changeOf(phoneNumberId, { messages: [textFrom(owner, { id: 'wamid.same', body: 'oi', at })] }),
    ])
    gateway.graph.wrote(owner)
    await gateway.webhook(body)
    await gateway.webhook(body)
    await worked('repeated')
    await gateway.until(() => gateway.graph.accepted.length).toBe(1)
    const restarted = await gateway.restart()
    await restarted.webhook(body)
    await restarted.until(() => restarted.counted(received, 'repeated')).toBe(1)
    restarted.time.advance(10_000)
    expect(await restarted.counted(received, 'helped')).toBe(0)
    expect(gateway.graph.accepted).toHaveLength(1)
  })
})

it('texts of people and their numbers are in no log line', async () => {
  const { gateway, worked } = await startDesk()
  await gateway.write('uma frase que ninguém mais escreve')
  await worked('helped')
  await gateway.until(() => gateway.graph.accepted.length).toBe(1)
  const log = gateway.logLines.join('')
  expect(log).not.toContain('uma frase')
  expect(log).not.toContain(owner)
})
