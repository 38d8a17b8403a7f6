import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type RunningDatabaseServer, startDatabaseServer } from '../../scripts/real-parts/database-process.ts'
import { findDatabaseServers, runOnServer } from '../faults/real-database.ts'
import { changeOf, statusOf, textFrom, webhookBody } from '../support/fake-graph/webhook-calls.ts'
import { CloudGateway, mariaDigits, phoneNumberId } from './cloud-gateway.ts'

const servers = await findDatabaseServers()
/** What needs no ticket API: whoever asks for no protocol gets the help text. */
const answering = { GATEWAY_TICKET_API_TOKEN: 'token-of-the-gateway-in-tests' }
const statuses = 'ura_whatsapp_statuses_total'
const received = 'ura_whatsapp_received_total'
/** What one person's next message waits for. */
const recipientIntervalMs = 6_000

describe.each(servers)('the Cloud API with its outbox on $name', ({ kind, root }) => {
  let server: RunningDatabaseServer
  beforeAll(async () => {
    server = await startDatabaseServer({ kind, root, durability: 'durable' })
  })
  afterAll(() => server.destroy())

  async function startGateway(database: string): Promise<CloudGateway> {
    await runOnServer(server.url, `create database ${database}`)
    return await CloudGateway.start({ ...answering, GATEWAY_DATABASE_URL: `${server.url}${database}` })
  }

  it('sends codes, hears of them and answers each message once, also over a restart', async () => {
    const gateway = await startGateway('restarted')
    const { id, wamid } = await gateway.sentCode()
    await gateway.status(wamid, 'delivered', { callbackData: id })
    await gateway.until(() => gateway.stateOf(id)).toBe('delivered')
    const at = gateway.time.now()
    const messages = [textFrom(mariaDigits, { id: 'wamid.same', body: 'oi', at })]
    const question = webhookBody([changeOf(phoneNumberId, { messages })])
    gateway.graph.wrote(mariaDigits)
    expect([await gateway.webhook(question), await gateway.webhook(question)]).toEqual([200, 200])
    await gateway.until(() => gateway.counted(received, 'repeated')).toBe(1)
    gateway.time.advance(recipientIntervalMs)
    await gateway.until(() => gateway.graph.accepted.length).toBe(2)
    expect(gateway.graph.accepted[1]?.payload).toMatchObject({ type: 'text' })

    const restarted = await gateway.restart()
    expect(await restarted.webhook(question)).toBe(200)
    await restarted.until(() => restarted.counted(received, 'repeated')).toBe(1)
    await restarted.status(wamid, 'read')
    await restarted.until(() => restarted.stateOf(id)).toBe('read')
    restarted.time.advance(10_000)
    expect(await restarted.counted(received, 'helped')).toBe(0)
    expect(gateway.graph.accepted).toHaveLength(2)
  })

  it('loses no status and no message when the server is killed: what is refused, Meta brings again', async () => {
    const gateway = await startGateway('killed')
    const { id, wamid } = await gateway.sentCode()
    const at = gateway.time.now()
    gateway.graph.wrote(mariaDigits)
    const call = webhookBody([
      changeOf(phoneNumberId, { statuses: [statusOf(wamid, 'delivered', { at, callbackData: id })] }),
      changeOf(phoneNumberId, { messages: [textFrom(mariaDigits, { id: 'wamid.one', body: 'oi', at })] }),
    ])
    // Answered, and then maybe not worked through.
    expect(await gateway.webhook(call)).toBe(200)
    await server.kill()
    expect(await gateway.webhook(webhookBody([]))).toBe(503)
    await server.start()
    await gateway.until(() => gateway.webhook(call)).toBe(200)
    await gateway.until(() => gateway.stateOf(id)).toBe('delivered')
    await gateway.until(() => gateway.counted(statuses, 'unmoved')).toBe(1)
    await gateway.until(() => gateway.counted(received, 'repeated')).toBe(1)
    gateway.time.advance(recipientIntervalMs)
    await gateway.until(() => gateway.graph.accepted.length).toBe(2)
    gateway.time.advance(10_000)
    expect(await gateway.connection()).toBe('connected')
    expect(gateway.graph.accepted.map(({ payload }) => payload.type)).toEqual(['template', 'text'])
  })
})
