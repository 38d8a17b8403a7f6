import { once } from 'node:events'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createLogger } from '@ura/core/logger'
import { signedHeaders } from '@ura/core/webhook-signature'
import { describe, expect, it, onTestFinished } from 'vitest'
import { eventually } from '../testing/eventually.ts'
import { ManualTime } from '../testing/manual-time.ts'
import { type Alert, AlertWebhook } from './alert-webhook.ts'

const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
const alert = (text: string): Alert => ({
  type: 'whatsapp.logged_out',
  text,
  at: new Date('2026-03-10T17:30:00Z'),
  data: { driver: 'venom', state: 'qr' },
})

/** An alert address that answers each call with the next status, 200 when none is left; 0 = never. */
async function startReceiver(statuses: number[], options: { signed?: boolean } = {}) {
  const calls: { headers: IncomingHttpHeaders; body: string }[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => (body += chunk.toString()))
    request.on('end', () => {
      calls.push({ headers: request.headers, body })
      const status = statuses.shift() ?? 200
      if (status !== 0) {
        response.writeHead(status, { location: '/elsewhere' }).end()
      }
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const time = new ManualTime()
  const webhook = new AlertWebhook({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/alert`,
    secret: options.signed === false ? undefined : secret,
    clock: time,
    timers: time,
    log: createLogger({ service: 'test', level: 'silent' }),
  })
  onTestFinished(async () => {
    await webhook.close()
    server.closeAllConnections()
    server.close()
  })
  const texts = () => calls.map(({ body }) => (JSON.parse(body) as { text: string }).text)
  return { webhook, calls, time, texts }
}

describe('alerts', () => {
  it('are posted as signed Standard Webhooks with a sentence for people', async () => {
    const { webhook, calls, time } = await startReceiver([])
    webhook.send(alert('Desconectado'))
    await eventually(() => calls.length).toBe(1)
    const { headers, body } = calls[0]!
    expect(JSON.parse(body)).toEqual({
      type: 'whatsapp.logged_out',
      timestamp: '2026-03-10T17:30:00.000Z',
      text: 'Desconectado',
      data: { driver: 'venom', state: 'qr' },
    })
    const id = String(headers['webhook-id'])
    expect(headers).toMatchObject(signedHeaders(secret, { id, at: time.now(), body }))
  })

  it('are tried again under the same id, a redirect included, and stay in order', async () => {
    const { webhook, calls, time, texts } = await startReceiver([500, 302])
    webhook.send(alert('first'))
    webhook.send(alert('second'))
    for (const [index, pauseMs] of [5_000, 10_000].entries()) {
      await eventually(() => [calls.length, time.timerCount]).toEqual([index + 1, 1])
      time.advance(pauseMs)
    }
    await eventually(texts).toEqual(['first', 'first', 'first', 'second'])
    expect(new Set(calls.map(({ headers }) => headers['webhook-id'])).size).toBe(2)
  })

  it('are given up after twelve tries', async () => {
    const { webhook, calls, time, texts } = await startReceiver(Array.from({ length: 12 }, () => 503))
    webhook.send(alert('lost'))
    for (let tries = 1; tries <= 11; tries += 1) {
      await eventually(() => [calls.length, time.timerCount]).toEqual([tries, 1])
      time.advance(10 * 60_000)
    }
    await eventually(() => calls.length).toBe(12)
    webhook.send(alert('next'))
    await eventually(() => texts().at(-1)).toBe('next')
    expect(time.timerCount).toBe(0)
  })

  it('hold up nobody: of many that wait the newest stay, and closing waits for no answer', async () => {
    const { webhook, calls } = await startReceiver([0], { signed: false })
    webhook.send(alert('unanswered'))
    await eventually(() => calls.length).toBe(1)
    expect(calls[0]?.headers).not.toHaveProperty('webhook-signature')
    for (let count = 1; count <= 100; count += 1) {
      webhook.send(alert(String(count)))
    }
    await webhook.close()
    expect(calls).toHaveLength(1)
  })
})
