import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createApi } from '@ura/api/app'
import { readApiConfiguration } from '@ura/api/config'
import { systemClock } from '@ura/core/clock'
import { createLogger } from '@ura/core/logger'
import { createGateway, type Gateway } from '@ura/whatsapp-gateway/app'
import { readGatewayConfiguration } from '@ura/whatsapp-gateway/config'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { freeTcpPorts } from '../../scripts/real-parts/free-port.ts'
import { toneSynthesizer } from '../support/tone-synthesizer.ts'
import { clientToken, signIn } from './api-process.ts'

const gatewayToken = 'token-of-the-gateway-in-fault-tests'
const messagesMs = 60_000

interface LogLine {
  service: string
  msg: string
  requestId?: string
  route?: string
}

let folder: string
let logged: LogLine[]
let gatewayPort: number

beforeEach(async () => {
  // The one timer whose minute would be waited for: of the owed messages.
  vi.useFakeTimers({ toFake: ['setInterval'] })
  folder = await mkdtemp(join(tmpdir(), 'ura-gateway-gone-'))
  logged = []
  ;[gatewayPort = 0] = await freeTcpPorts(1)
})

afterEach(async () => {
  vi.useRealTimers()
  await rm(folder, { recursive: true, force: true })
})

const environment = () => ({
  DATA_DIR: folder,
  API_PORT: '0',
  API_SECRET: 'secret-of-the-api-in-fault-tests',
  GATEWAY_PORT: String(gatewayPort),
  GATEWAY_URL: `http://127.0.0.1:${gatewayPort}`,
  GATEWAY_TOKEN: gatewayToken,
  HELPDESK_API_TOKEN: clientToken,
  SAMPLE_USERS: 'true',
})

function logOf(service: string) {
  const write = (line: string) => void logged.push(JSON.parse(line) as LogLine)
  return createLogger({ service, level: 'debug', destination: { write } })
}

async function startGateway(): Promise<Gateway> {
  const gateway = await createGateway(readGatewayConfiguration(environment()), {
    clock: systemClock,
    log: logOf('gateway'),
  })
  await gateway.listen()
  return gateway
}

async function startApi() {
  const api = await createApi(readApiConfiguration(environment()), {
    clock: systemClock,
    log: logOf('api'),
    synthesizer: toneSynthesizer(),
  })
  const { url } = await api.listen()
  const session = await signIn(url)
  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    fetch(`${url}${path}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${session}`, 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    })
  return { url, post, close: () => api.close() }
}

describe('without the gateway', () => {
  it('codes are refused clearly, tickets are opened, and what is owed goes out when it is back', async () => {
    const first = await startGateway()
    const api = await startApi()
    await first.close()

    const code = await api.post('/api/solicitar_codigo', { usuario: '1001' })
    expect([code.status, code.headers.get('retry-after')]).toEqual([503, '30'])
    expect(await code.json()).toMatchObject({ erro: { codigo: 'WHATSAPP_INDISPONIVEL' } })
    const ticket = await api.post('/api/novo_chamado', { usuario: '1001', servico: '1-1' })
    const { protocolo } = (await ticket.json()) as { protocolo: string }
    expect(ticket.status).toBe(201)
    const ready = await fetch(`${api.url}/readyz`)
    expect([ready.status, await ready.json()]).toMatchObject([
      200,
      { status: true, whatsapp: 'indisponivel', motivos: { whatsapp: expect.any(String) } },
    ])
    await expect
      .poll(() => logged.some(({ msg }) => msg === 'ticket notice was not accepted by the gateway'), {
        timeout: 10_000,
      })
      .toBe(true)

    const second = await startGateway()
    await vi.advanceTimersByTimeAsync(messagesMs)
    const messages = async () => {
      const answer = await fetch(`http://127.0.0.1:${gatewayPort}/api/messages`, {
        headers: { authorization: `Bearer ${gatewayToken}` },
      })
      return JSON.stringify(await answer.json())
    }
    await expect.poll(messages, { timeout: 10_000 }).toContain(`Chamado ${protocolo} aberto`)
    // The code that was refused is over: nobody gets it late.
    expect((await messages()).match(/Chamado|código/g)).toEqual(['Chamado'])
    expect((await api.post('/api/solicitar_codigo', { usuario: '1001' })).status).toBe(202)
    await api.close()
    await second.close()
  }, 30_000)
})

describe('the id of a request', () => {
  it('is in its answer, and in the log lines of API and gateway that it led to', async () => {
    const gateway = await startGateway()
    const api = await startApi()
    const requestId = 'follow-me.1'
    const answer = await api.post('/api/solicitar_codigo', { usuario: '1001' }, { 'x-request-id': requestId })
    expect([answer.status, answer.headers.get('x-request-id')]).toEqual([202, requestId])
    const ticketId = 'follow-me.2'
    await api.post('/api/novo_chamado', { usuario: '1001', servico: '1-1' }, { 'x-request-id': ticketId })
    const answered = (id: string) =>
      logged
        .filter(({ msg, requestId: its }) => msg === 'request answered' && its === id)
        .map(({ service, route }) => `${service} ${route}`)
        .toSorted()
    await expect
      .poll(() => answered(requestId))
      .toEqual(['api /api/solicitar_codigo', 'gateway /api/send-message'])
    await expect
      .poll(() => answered(ticketId))
      .toEqual(['api /api/novo_chamado', 'gateway /api/send-message'])
    const refused = await api.post(
      '/api/novo_chamado',
      { usuario: '1001' },
      { 'x-request-id': 'follow-me.3' },
    )
    expect(await refused.json()).toMatchObject({ requisicao: 'follow-me.3' })
    await api.close()
    await gateway.close()
  }, 30_000)
})
