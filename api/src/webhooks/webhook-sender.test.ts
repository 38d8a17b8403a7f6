import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLogger } from '@ura/core/logger'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createFakeClock, type FakeClock } from '../testing/fakes.ts'
import type { TestDatabase } from '@ura/core/database/testing/test-database'
import { openDatabase } from '../database/connection.ts'
import { openMigratedDatabase } from '../database/migrated-database.ts'
import type { Database } from '../database/schema.ts'
import { inTransaction } from '../database/transaction.ts'
import { listDeliveries, pruneDeliveries, replayDead } from './webhook-delivery-repository.ts'
import { addEndpoint, listEndpoints, switchEndpoint } from './webhook-endpoint-repository.ts'
import { announce, type WebhookEventType, webhookEventTypes } from './webhook-outbox.ts'
import { createWebhookSender, nextAttempt, type WebhookSender } from './webhook-sender.ts'
import { newWebhookSecret } from '@ura/core/webhook-signature'
import { borrowMigratedDatabase } from '../testing/migrated-test-database.ts'

interface Received {
  headers: IncomingMessage['headers']
  body: string
}

let database: TestDatabase
let db: Database
let clock: FakeClock
let secret: string
let received: Received[]
let answer: (request: IncomingMessage, response: ServerResponse) => unknown
let url: string
let endServer: () => Promise<void>

beforeEach(async () => {
  clock = createFakeClock()
  database = await borrowMigratedDatabase()
  ;({ db } = await openMigratedDatabase(database.url, { now: clock.now() }))
  received = []
  answer = (_request, response) => response.writeHead(204).end()
  ;({ url, endServer } = await listen((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() })
      answer(request, response)
    })
  }))
  secret = newWebhookSecret()
  await addEndpoint(db, { name: 'console', url, secret, events: webhookEventTypes }, clock.now())
})

afterEach(async () => {
  await endServer()
  await db.destroy()
  await database.drop()
})

async function listen(listener: RequestListener): Promise<{ url: string; endServer: () => Promise<void> }> {
  const server = createServer(listener)
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hooks`,
    endServer: async (): Promise<void> => {
      server.closeAllConnections()
      await new Promise((done) => server.close(done))
    },
  }
}

async function deliver(sender: WebhookSender): Promise<void> {
  await sender.begin()
  await sender.idle()
}

function senderOn(connection: Database, privateNetworks = ['127.0.0.0/8', '::1/128'], timeoutMs = 10_000) {
  const log = createLogger({ service: 'api', level: 'silent' })
  return createWebhookSender({ db: connection, clock, log, privateNetworks, timeoutMs })
}

const open = (protocol: string, type: WebhookEventType = 'ticket.opened') =>
  inTransaction(db, (trx) => announce(trx, { type, at: clock.now(), data: { protocol } }))

async function states(): Promise<[string, number, string | null][]> {
  const [endpoint] = await listEndpoints(db)
  const deliveries = await listDeliveries(db, endpoint?.id ?? 0, { state: null, max: 100 })
  return deliveries.toReversed().map(({ state, attempts, lastResult }) => [state, attempts, lastResult])
}

const protocols = () =>
  received.map(({ body }) => (JSON.parse(body) as { data: { protocol: string } }).data.protocol)

describe('an event', () => {
  it('is delivered once, signed as Standard Webhooks says', async () => {
    await open('10017')
    const sender = senderOn(db)
    await deliver(sender)
    await deliver(sender)
    expect(received).toHaveLength(1)
    const { headers, body } = received[0] ?? { headers: {}, body: '' }
    expect(JSON.parse(body)).toEqual({
      type: 'ticket.opened',
      timestamp: clock.now().toISOString(),
      data: { protocol: '10017' },
    })
    const [id, timestamp] = [headers['webhook-id'], headers['webhook-timestamp']]
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64')
    const signature = createHmac('sha256', key)
      .update(`${String(id)}.${String(timestamp)}.${body}`)
      .digest('base64')
    expect(headers['webhook-signature']).toBe(`v1,${signature}`)
    expect(timestamp).toBe(String(clock.now().getTime() / 1000))
    expect(await states()).toEqual([['delivered', 1, 'http_204']])
  })

  it('is owed exactly when its transaction is written', async () => {
    const failing = inTransaction(db, async (trx) => {
      await announce(trx, { type: 'ticket.opened', at: clock.now(), data: {} })
      throw new Error('no')
    })
    await expect(failing).rejects.toThrow('no')
    expect(await states()).toEqual([])
  })

  it('goes to those alone that asked for its type', async () => {
    await db.updateTable('webhook_endpoints').set({ events: 'ticket.noted' }).execute()
    await open('10017')
    await open('10025', 'ticket.noted')
    await deliver(senderOn(db))
    expect(protocols()).toEqual(['10025'])
  })
})

describe('an endpoint that fails', () => {
  it.each([
    ['http_500', (_request: IncomingMessage, response: ServerResponse) => response.writeHead(500).end()],
    ['connection', (request: IncomingMessage) => request.socket.destroy()],
    ['timeout', () => undefined],
  ])('(%s) is tried again later, in order, under the same id', async (result, failing) => {
    const healthy = answer
    answer = failing
    for (const protocol of ['1', '2', '3']) {
      await open(protocol)
    }
    const sender = senderOn(db, ['127.0.0.0/8'], result === 'timeout' ? 50 : 10_000)
    await deliver(sender)
    await deliver(sender)
    expect(await states()).toEqual([
      ['pending', 1, result],
      ['pending', 0, null],
      ['pending', 0, null],
    ])
    answer = healthy
    clock.advance({ seconds: 6 })
    await deliver(sender)
    expect(protocols()).toEqual(['1', '1', '2', '3'])
    expect(received[1]?.headers['webhook-id']).toBe(received[0]?.headers['webhook-id'])
  })

  it('for a day gets dead letters, which can be replayed', async () => {
    answer = (_request, response) => response.writeHead(503).end()
    await open('1')
    const sender = senderOn(db)
    for (let hours = 0; hours < 30; hours += 1) {
      await deliver(sender)
      clock.advance({ hours: 1 })
    }
    const [dead] = await states()
    expect(dead?.[0]).toBe('dead')
    expect(dead?.[1]).toBeGreaterThan(10)
    answer = (_request, response) => response.writeHead(200).end()
    const [endpoint] = await listEndpoints(db)
    expect(await replayDead(db, endpoint?.id ?? 0, clock.now())).toBe(1)
    await deliver(sender)
    expect(await states()).toEqual([['delivered', 1, 'http_200']])
    clock.advance({ hours: 24 * 8 })
    await pruneDeliveries(db, clock.now())
    expect(await states()).toEqual([])
  })

  it('has what was delivered forgotten after 7 days, and what was given up after 30', async () => {
    const settledBefore = { delivered: [6.9, 7.1], dead: [29.9, 30.1] }
    const rows = Object.entries(settledBefore).flatMap(([state, ages]) =>
      ages.map((days) => ({ state, days })),
    )
    for (const { state, days } of rows) {
      await open(`${days}`)
      await db
        .updateTable('webhook_deliveries')
        .set({ state, last_result: `${days}`, settled_at_ms: clock.now().getTime() - days * 86_400_000 })
        .where('state', '=', 'pending')
        .execute()
    }
    await open('pending')
    await pruneDeliveries(db, clock.now())
    expect(await states()).toEqual([
      ['delivered', 0, '6.9'],
      ['dead', 0, '29.9'],
      ['pending', 0, null],
    ])
  })
})

describe('an endpoint that is gone for good (410)', () => {
  const isOff = async () => (await listEndpoints(db)).map(({ switchedOffAt }) => switchedOffAt !== null)

  it('is switched off: nothing else is sent, nothing new is owed; the audit log and the log say so', async () => {
    answer = (_request, response) => response.writeHead(410).end()
    await open('1')
    await open('2')
    const logged: string[] = []
    const log = createLogger({
      service: 'api',
      level: 'warn',
      destination: { write: (line: string) => void logged.push(line) },
    })
    const sender = createWebhookSender({ db, clock, log, privateNetworks: ['127.0.0.0/8'] })
    await deliver(sender)
    clock.advance({ hours: 1 })
    await deliver(sender)
    await open('3')
    expect(protocols()).toEqual(['1'])
    expect(await isOff()).toEqual([true])
    expect(await states()).toEqual([
      ['pending', 1, 'http_410'],
      ['pending', 0, null],
    ])
    expect(await db.selectFrom('audit_log').select(['event', 'actor', 'detail']).execute()).toEqual([
      {
        event: 'webhook_switched_off',
        actor: 'sistema',
        detail: '{"webhook":"console","result":"http_410"}',
      },
    ])
    expect(logged.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { endpoint: 'console', result: 'http_410', msg: 'webhook endpoint is gone and was switched off' },
    ])
  })

  it('gets what it was owed, in order, when it is switched on', async () => {
    answer = (_request, response) => response.writeHead(410).end()
    await open('1')
    await open('2')
    await deliver(senderOn(db))
    answer = (_request, response) => response.writeHead(204).end()
    clock.advance({ hours: 48 })
    const [endpoint] = await listEndpoints(db)
    expect(await switchEndpoint(db, endpoint?.id ?? 0, null)).toBe(true)
    expect(await switchEndpoint(db, endpoint?.id ?? 0, null)).toBe(false)
    await open('3')
    await deliver(senderOn(db))
    expect(protocols()).toEqual(['1', '1', '2', '3'])
  })

  it('is not written to any more, not even by an instance that was about to', async () => {
    await open('1')
    await open('2')
    answer = async (_request, response) => {
      const [endpoint] = await listEndpoints(db)
      await switchEndpoint(db, endpoint?.id ?? 0, clock.now())
      response.writeHead(204).end()
    }
    await deliver(senderOn(db))
    expect(protocols()).toEqual(['1'])
  })
})

describe('an endpoint that answers slowly', () => {
  it('keeps no other waiting, and is not called twice at once', async () => {
    const slow = Promise.withResolvers<void>()
    const paths: string[] = []
    answer = async (request, response) => {
      paths.push(request.url ?? '')
      await (request.url === '/slow' ? slow.promise : null)
      response.writeHead(204).end()
    }
    await db
      .updateTable('webhook_endpoints')
      .set({ name: 'slow', url: new URL('/slow', url).href })
      .execute()
    const quick = { name: 'quick', url: new URL('/quick', url).href, secret, events: webhookEventTypes }
    await addEndpoint(db, quick, clock.now())
    const sender = senderOn(db)
    for (const protocol of ['1', '2', '3']) {
      await open(protocol)
      await vi.waitFor(async () => {
        await sender.begin()
        expect(paths.filter((path) => path === '/quick')).toHaveLength(Number(protocol))
      })
    }
    expect(paths.filter((path) => path === '/slow')).toHaveLength(1)
    slow.resolve()
    await sender.idle()
    expect(paths.filter((path) => path === '/slow')).toHaveLength(3)
  })
})

describe('several instances', () => {
  it('deliver each event once and in order', async () => {
    const others = [openDatabase(database.url), openDatabase(database.url)]
    const expected = Array.from({ length: 12 }, (_, index) => String(index))
    for (const protocol of expected) {
      await open(protocol)
    }
    answer = (_request, response) => void setTimeout(() => response.writeHead(200).end(), 5)
    const senders = [db, ...others].map((connection) => senderOn(connection))
    await Promise.all(senders.map(deliver))
    await Promise.all(senders.map(deliver))
    await Promise.all(others.map((connection) => connection.destroy()))
    expect(protocols()).toEqual(expected)
  })

  it('take over from one that died with the lease, once it has run out', async () => {
    await db
      .updateTable('webhook_endpoints')
      .set({ lease_token: 'dead', leased_until_ms: clock.now().getTime() + 60_000 })
      .execute()
    await open('1')
    await deliver(senderOn(db))
    expect(received).toHaveLength(0)
    clock.advance({ seconds: 61 })
    await deliver(senderOn(db))
    expect(received).toHaveLength(1)
  })

  it('end with the delivery under way when they close', async () => {
    await open('1')
    await open('2')
    const sender = senderOn(db)
    answer = (_request, response) => {
      void sender.close()
      response.writeHead(200).end()
    }
    await deliver(sender)
    expect(await states()).toEqual([
      ['delivered', 1, 'http_200'],
      ['pending', 0, null],
    ])
  })
})

describe('an endpoint at an address that is not public', () => {
  it('is tried again later, as any that fails', async () => {
    await open('1')
    await deliver(senderOn(db, ['192.168.0.0/16']))
    expect(received).toHaveLength(0)
    expect(await states()).toEqual([['pending', 1, 'address_not_allowed']])
  })
})

describe('the time of the next attempt', () => {
  it('grows threefold from 5 s to 2 h, less up to a half by chance, and ends with the day', () => {
    const now = clock.now()
    const giveUpAt = new Date(now.getTime() + 24 * 3_600_000)
    const pausesMs = Array.from({ length: 12 }, (_, attempts) => {
      const at = nextAttempt({ attempts, giveUpAt }, 'http_500', now)
      return at === null ? 0 : at.getTime() - now.getTime()
    })
    for (const [attempts, pauseMs] of pausesMs.entries()) {
      const longestMs = Math.min(5_000 * 3 ** attempts, 7_200_000)
      expect(pauseMs).toBeGreaterThanOrEqual(longestMs / 2)
      expect(pauseMs).toBeLessThanOrEqual(longestMs)
    }
    expect(nextAttempt({ attempts: 12, giveUpAt: now }, 'http_500', now)).toBeNull()
  })
})
