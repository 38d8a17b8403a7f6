import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { createTicketApiClient } from './client.ts'
import type { TicketApi } from './ticket-api.ts'

type Answer = (request: IncomingMessage, response: ServerResponse) => void

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  await Promise.all(closers.splice(0).map((close) => close()))
})

/** Long enough that a busy machine's slow answer isn't taken for a lost one. */
const unhurried = { totalMs: 10_000, attemptMs: 5_000 }

/** An API that plays `answers` in turn, the last one for ever; sign-ins are counted and always granted. */
async function startApi(
  answers: Answer[],
  budget = unhurried,
  { signsIn } = { signsIn: true },
): Promise<{ client: TicketApi; requests: IncomingMessage[]; signIns: () => number }> {
  const requests: IncomingMessage[] = []
  let signIns = 0
  const server = createServer((request, response) => {
    if (request.url === '/api/autenticar_sessao') {
      signIns += 1
      if (!signsIn) {
        return
      }
      json(200, { status: true, sessao: `s${signIns}`, expira_em: '2026-01-01T00:00:00Z' })(request, response)
      return
    }
    requests.push(request)
    const answer = answers.length > 1 ? answers.shift() : answers[0]
    answer?.(request, response)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(
    () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  )
  const { port } = server.address() as AddressInfo
  const client = createTicketApiClient({ baseUrl: `http://127.0.0.1:${port}`, clientToken: 'token', budget })
  return { client, requests, signIns: () => signIns }
}

function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return (_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
  }
}
const failure = (status: number, codigo: string, headers = {}): Answer =>
  json(status, { status: false, erro: { codigo, mensagem: '…' }, requisicao: 'r' }, headers)
const never: Answer = () => {}
const cutOff: Answer = (_request, response) => response.destroy()
const user = { userCode: '1001', callId: '1.1', callingNumber: null }

describe('ticket API client', () => {
  it('signs in once for many requests', async () => {
    const { client, requests, signIns } = await startApi([json(200, { status: true })])
    expect(await Promise.all([client.verifyUser(user), client.verifyUser(user)])).toEqual([true, true])
    expect(await client.verifyUser(user)).toBe(true)
    expect(signIns()).toBe(1)
    expect(requests[0]?.headers.authorization).toBe('Bearer s1')
  })

  it('signs in again when the session is gone', async () => {
    const { client, signIns } = await startApi([failure(401, 'SESSAO_INVALIDA'), json(200, { status: true })])
    expect(await client.verifyUser(user)).toBe(true)
    expect(signIns()).toBe(2)
  })

  it('does not go on for ever when a new session is refused as well', async () => {
    const { client, requests } = await startApi([failure(401, 'SESSAO_INVALIDA')])
    await expect(client.verifyUser(user)).rejects.toMatchObject({ code: 'SESSAO_INVALIDA' })
    expect(requests).toHaveLength(2)
  })

  it.each([
    ['a cut connection', cutOff],
    ['a slow answer', never],
    ['an answer that is no JSON', (_: IncomingMessage, r: ServerResponse) => r.end('<html>')],
    ['an answer of another shape', json(200, { status: 'yes' })],
    ['a 500', failure(500, 'ERRO_INTERNO')],
    ['a gateway page', (_: IncomingMessage, r: ServerResponse) => r.writeHead(502).end('bad gateway')],
  ] satisfies [string, Answer][])('tries again after %s', async (_name, bad) => {
    const budget = bad === never ? { totalMs: 5_000, attemptMs: 300 } : unhurried
    const { client, requests } = await startApi([bad, json(200, { status: true })], budget)
    expect(await client.verifyUser(user)).toBe(true)
    expect(requests).toHaveLength(2)
  })

  it('asks how a code fares by user and call', async () => {
    const { client, requests } = await startApi([
      json(200, { status: true, situacao: 'a_caminho', canal: 'email' }),
    ])
    const answer = await client.accessCodeStatus({ userCode: '1001', callId: '1795360430.0' })
    expect(answer).toEqual({ status: true, situacao: 'a_caminho', canal: 'email' })
    expect(requests[0]?.url).toBe('/api/situacao_codigo?usuario=1001&chamada=1795360430.0')
  })

  it('gives the API its own refusal at once, without a second try', async () => {
    const { client, requests } = await startApi([failure(409, 'SEM_TELEFONE')])
    const request = { userCode: '1005', callId: '1.1', idempotencyKey: 'k' }
    await expect(client.requestAccessCode(request)).rejects.toMatchObject({
      code: 'SEM_TELEFONE',
      statusCode: 409,
    })
    expect(requests).toHaveLength(1)
    expect(requests[0]?.headers['idempotency-key']).toBe('k')
  })

  it('does not wait past its budget for a Retry-After', async () => {
    const { client, requests } = await startApi([
      failure(503, 'SERVICO_INDISPONIVEL', { 'retry-after': '60' }),
    ])
    await expect(client.verifyUser(user)).rejects.toMatchObject({ code: 'SERVICO_INDISPONIVEL' })
    expect(requests).toHaveLength(1)
  })

  it('ends within its budget when no answer ever comes', async () => {
    const { client } = await startApi([never], { totalMs: 300, attemptMs: 100 })
    const begin = performance.now()
    await expect(client.verifyUser(user)).rejects.toMatchObject({
      code: 'SERVICO_INDISPONIVEL',
      retryable: true,
    })
    expect(performance.now() - begin).toBeLessThan(1_000)
  })

  it('keeps a sign-in that never ends within the budget, and lets a caller who hangs up go at once', async () => {
    const { client } = await startApi([never], { totalMs: 300, attemptMs: 100 }, { signsIn: false })
    const begin = performance.now()
    await expect(client.verifyUser(user)).rejects.toMatchObject({ code: 'SERVICO_INDISPONIVEL' })
    await expect(client.verifyUser(user, AbortSignal.abort(new Error('gone')))).rejects.toThrow('gone')
    expect(performance.now() - begin).toBeLessThan(1_000)
  })

  it('reads no more of an answer than it can use', async () => {
    let sentBytes = 0
    const flood: Answer = (_request, response) => {
      const chunk = Buffer.alloc(256 * 1024, 0x20)
      const more = (): void => {
        while (!response.destroyed && sentBytes < 64 * 1024 * 1024) {
          sentBytes += chunk.length
          if (!response.write(chunk)) {
            response.once('drain', more)
            return
          }
        }
        response.end()
      }
      more()
    }
    const { client } = await startApi([flood], { totalMs: 100, attemptMs: 5_000 })
    await expect(client.verifyUser(user)).rejects.toMatchObject({ code: 'SERVICO_INDISPONIVEL' })
    expect(sentBytes).toBeLessThan(32 * 1024 * 1024)
  })

  it('says "unavailable" when nothing listens', async () => {
    const client = createTicketApiClient({
      baseUrl: 'http://127.0.0.1:1',
      clientToken: 't',
      budget: { totalMs: 200, attemptMs: 100 },
    })
    await expect(client.officeHours()).rejects.toMatchObject({ code: 'SERVICO_INDISPONIVEL' })
  })

  it("stops at once, with the signal's reason, when the caller hangs up", async () => {
    const { client, requests } = await startApi([never], { totalMs: 10_000, attemptMs: 10_000 })
    const hangup = new AbortController()
    const pending = client.verifyUser(user, hangup.signal)
    const reason = new Error('the caller hung up')
    while (requests.length === 0) {
      await new Promise(setImmediate)
    }
    hangup.abort(reason)
    await expect(pending).rejects.toBe(reason)
  })

  it('keeps the catalogue while the API says that it is unchanged', async () => {
    const menu = { texto: 't', url: 'http://x/a.wav', nome_audio: 'a.wav' }
    const catalogue = { status: true, versao: 'v1', menu, categorias: [] }
    const { client, requests } = await startApi([
      json(200, catalogue),
      (_r, response) => response.writeHead(304).end(),
    ])
    expect(await client.catalogue()).toEqual(catalogue)
    expect(await client.catalogue()).toEqual(catalogue)
    expect(requests[1]?.headers['if-none-match']).toBe('"v1"')
  })

  it('asks for menus without audio again', async () => {
    const menu = { texto: 't', url: null, nome_audio: null }
    const { client, requests } = await startApi([
      json(200, { status: true, versao: 'v1', menu, categorias: [] }),
    ])
    await client.catalogue()
    await client.catalogue()
    expect(requests[1]?.headers['if-none-match']).toBeUndefined()
  })
})
