import { systemClock } from '@ura/core/clock'
import { startStallingProxy } from '@ura/core/database/testing/stalling-proxy'
import { createTestDatabase } from '@ura/core/database/testing/test-database'
import { createLogger } from '@ura/core/logger'
import { expect, it, onTestFinished } from 'vitest'
import type { DeliveryStatus } from '../../drivers/driver.ts'
import { eventually } from '../../testing/eventually.ts'
import { FakeDriver } from '../../testing/fake-driver.ts'
import { acceptedAt, newMessage, openMysqlOutbox, settle } from '../../testing/test-outbox.ts'
import { WebhookWorker } from '../../webhooks/webhook-worker.ts'
import { Dispatcher } from '../dispatcher.ts'
import { systemTimers } from '../timers.ts'

const log = createLogger({ service: 'test', level: 'silent' })

it('a status that comes while the server hangs waits in its call, and takes its effect when the server is back', async () => {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  const address = new URL(database.url)
  const proxy = await startStallingProxy(Number(address.port))
  onTestFinished(() => proxy.close())
  address.port = String(proxy.port)
  const store = await openMysqlOutbox({
    databaseUrl: address.href,
    leaseSeconds: 3,
    statementTimeoutMs: 1_500,
  })
  onTestFinished(() => store.close())
  await store.accept(newMessage('m'), 10)
  await settle(store, 'm', 'sent')

  const dispatcher = new Dispatcher({
    channel: 'whatsapp',
    store,
    driver: new FakeDriver({ state: 'logged_out' }),
    clock: systemClock,
    timers: systemTimers,
    log,
    random: () => 0.5,
    retry: { triesMax: 3, delayMs: 1_000, delayMaxMs: 30_000 },
    sendTimeoutMs: 30_000,
    quietUntil: () => null,
    noticeLifeMs: 86_400_000,
    onSettled: () => {},
  })
  const tries: string[] = []
  const worker = new WebhookWorker({
    calls: store.webhookCalls,
    async work(body) {
      tries.push(body)
      // The server stops answering in the middle of the first call's work.
      if (tries.length === 1) {
        proxy.stall()
      }
      const status: DeliveryStatus = {
        identifiedBy: 'message',
        id: 'm',
        state: body === 'read' ? 'read' : 'delivered',
        at: acceptedAt,
      }
      await dispatcher.settle(status)
    },
    clock: systemClock,
    timers: systemTimers,
    log,
    retentionDays: 30,
  })
  onTestFinished(async () => {
    await worker.close()
    await dispatcher.drain(0)
  })
  await store.webhookCalls.keep('delivered', { receivedAt: acceptedAt, waitingMax: 10 })
  await store.webhookCalls.keep('read', { receivedAt: acceptedAt, waitingMax: 10 })
  await worker.wake()
  expect(tries).toEqual(['delivered'])
  proxy.resume()
  await expect
    .poll(async () => (await store.find('m').catch(() => null))?.state, { timeout: 30_000, interval: 50 })
    .toBe('read')
  expect((await store.history('m')).map(({ state }) => state)).toEqual([
    'queued',
    'sending',
    'sent',
    'delivered',
    'read',
  ])
  await eventually(() => store.webhookCalls.next()).toBeNull()
}, 60_000)
