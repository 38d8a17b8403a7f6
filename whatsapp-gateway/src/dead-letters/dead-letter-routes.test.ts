import { describe, expect, it } from 'vitest'
import { NotSentError } from '../drivers/driver.ts'
import { eventually } from '../testing/eventually.ts'
import { FakeDriver } from '../testing/fake-driver.ts'
import { adminToken, gatewayToken, startGateway } from '../testing/gateway-under-test.ts'

const phone = '+5545999990001'
const nobody = '00000000-0000-4000-8000-000000000000'

/** A gateway whose driver lets the test end each message as it likes. */
async function start() {
  const driver = new FakeDriver()
  const under = await startGateway({
    environment: { GATEWAY_ADMIN_TOKEN: adminToken },
    parts: { driver },
  })
  const admin = (url: string, payload?: object) =>
    under.request({
      url,
      headers: { authorization: `Bearer ${adminToken}` },
      ...(payload === undefined ? {} : { method: 'POST', payload }),
    })
  const die = async (body: object, error: Error): Promise<string> => {
    const count = driver.handovers.length
    const { id } = (await under.send({ phone, ...body })).json<{ id: string }>()
    await eventually(() => driver.handovers.length).toBe(count + 1)
    driver.last().fail(error)
    await eventually(async () => (await under.request({ url: `/api/messages/${id}` })).json().state).toMatch(
      /failed|unknown/,
    )
    return id
  }
  return { ...under, driver, admin, die }
}

const refused = () => new NotSentError('not_on_whatsapp', { retryable: false })
const vague = () => new Error('socket hang up')
const code = { otp: { code: '48217', expiresAt: '2026-03-10T17:35:00Z' } }

describe('the list of dead letters', () => {
  it('tells what became of each, never what it says nor a whole number', async () => {
    const { admin, die } = await start()
    const failed = await die({ message: 'segredo' }, refused())
    const unknown = await die(code, vague())
    const answer = await admin('/admin/messages')
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.json()).toMatchObject({
      messages: [
        { id: unknown, kind: 'otp', state: 'unknown', reason: 'driver_error', characters: null },
        { id: failed, kind: 'text', state: 'failed', reason: 'not_on_whatsapp', characters: 7, tries: 1 },
      ],
      next: null,
    })
    expect(answer.body).not.toMatch(/segredo|48217|45999990001/)
  })

  it('comes in pages and by states', async () => {
    const { admin, die } = await start()
    const first = await die({ message: 'one' }, refused())
    await die({ message: 'two' }, vague())
    const page = (await admin('/admin/messages?limit=1')).json<{ next: number }>()
    expect((await admin(`/admin/messages?before=${page.next}`)).json()).toMatchObject({
      messages: [{ id: first }],
      next: null,
    })
    expect((await admin('/admin/messages?state=failed,expired')).json()).toMatchObject({
      messages: [{ id: first }],
    })
    expect((await admin('/admin/messages?state=sent')).statusCode).toBe(400)
  })
})

describe('a replay over HTTP', () => {
  it('is sent as a new message with a deadline of its own, once', async () => {
    const { admin, die, driver, logLines } = await start()
    const dead = await die({ message: 'segredo' }, refused())
    const replay = await admin(`/admin/messages/${dead}/replay`, {})
    expect(replay.statusCode).toBe(202)
    const { id, deadline } = replay.json<{ id: string; deadline: string }>()
    expect(deadline).toBe('2026-03-11T17:30:00.000Z')
    await eventually(() => driver.contents).toEqual(['segredo', 'segredo'])
    driver.last().succeed()
    expect((await admin(`/admin/messages/${dead}`)).json()).toMatchObject({
      message: { state: 'failed', replayedAs: id, characters: null },
    })
    expect((await admin(`/admin/messages/${id}`)).json()).toMatchObject({ message: { replayOf: dead } })
    const again = await admin(`/admin/messages/${dead}/replay`, {})
    expect([again.statusCode, again.json()]).toMatchObject([409, { erro: { mensagem: /já foi reenviada/ } }])
    expect(logLines.join('')).not.toMatch(/segredo|45999990001/)
  })

  it('of a code is refused, and of a message without outcome as well unless it is forced', async () => {
    const { admin, die } = await start()
    const deadCode = await die(code, refused())
    const unknown = await die({ message: 'oi' }, vague())
    const words = async (id: string, body: object) => {
      const answer = await admin(`/admin/messages/${id}/replay`, body)
      return [answer.statusCode, answer.json<{ erro?: { mensagem: string } }>().erro?.mensagem]
    }
    expect(await words(deadCode, { force: true })).toEqual([409, expect.stringContaining('Código de acesso')])
    expect(await words(unknown, {})).toEqual([409, expect.stringContaining('chegar duas vezes')])
    expect(await words(unknown, { force: true })).toEqual([202, undefined])
    expect(await words(nobody, {})).toEqual([404, expect.any(String)])
  })

  it('is refused for one that is no dead letter, or was asked for wrongly', async () => {
    const { admin, send, driver } = await start()
    const { id } = (await send({ phone, message: 'oi' })).json<{ id: string }>()
    await eventually(() => driver.handovers.length).toBe(1)
    expect((await admin(`/admin/messages/${id}/replay`, {})).statusCode).toBe(409)
    expect((await admin(`/admin/messages/${id}/replay`, { force: 'sim' })).statusCode).toBe(400)
    expect((await admin('/admin/messages/1/replay', {})).statusCode).toBe(400)
    driver.last().succeed()
  })
})

describe("the gateway's administration", () => {
  it('tells its status', async () => {
    const { admin, die } = await start()
    await die({ message: 'oi' }, refused())
    expect((await admin('/admin/status')).json()).toEqual({
      driver: 'fake',
      state: 'connected',
      loggedIn: true,
      since: '1970-01-01T00:00:00.000Z',
      queueDepth: 0,
      oldestAgeSeconds: 0,
      channels: [
        {
          channel: 'whatsapp',
          driver: 'fake',
          state: 'connected',
          available: true,
          since: '1970-01-01T00:00:00.000Z',
          queueDepth: 0,
          noticesHeld: 0,
        },
      ],
      dead: { failed: 1, expired: 0, unknown: 0 },
    })
  })

  it.each(['/admin/status', '/admin/messages', `/admin/messages/${nobody}`])(
    '%s is for the admin token alone',
    async (url) => {
      const { request } = await start()
      for (const authorization of ['', `Bearer ${gatewayToken}`]) {
        expect((await request({ url, headers: { authorization } })).statusCode).toBe(401)
      }
    },
  )
})
