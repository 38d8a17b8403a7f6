import { join } from 'node:path'
import { createLogger } from '@ura/core/logger'
import { expect, it, onTestFinished } from 'vitest'
import { SqliteOutboxStore } from '../outbox/sqlite-outbox-store.ts'
import { fullDiskError } from '../testing/full-disk-error.ts'
import { ManualTime } from '../testing/manual-time.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { WebhookWorker } from './webhook-worker.ts'

function startWorker(work: (body: string) => Promise<void>, path = join(temporaryFolder(), 'outbox.sqlite')) {
  const time = new ManualTime()
  const store = new SqliteOutboxStore({ path, textsMax: 0 })
  onTestFinished(async () => store.close().catch(() => {}))
  const worker = new WebhookWorker({
    calls: store.webhookCalls,
    work,
    clock: time,
    timers: time,
    log: createLogger({ service: 'test', level: 'silent' }),
    retentionDays: 30,
  })
  const keep = (body: string, waitingMax = 10): Promise<boolean> =>
    store.webhookCalls.keep(body, { receivedAt: time.now(), waitingMax })
  return { time, worker, keep, path, store, calls: store.webhookCalls }
}

it('works calls through in their order, each once', async () => {
  const worked: string[] = []
  const { worker, keep } = startWorker(async (body) => void worked.push(body))
  await keep('one')
  await keep('two')
  await worker.wake()
  await worker.wake()
  expect(worked).toEqual(['one', 'two'])
})

it('goes on with what an earlier run had answered and not worked through', async () => {
  const earlier = startWorker(async () => {})
  await earlier.keep('one')
  await earlier.store.close()
  const worked: string[] = []
  const { worker } = startWorker(async (body) => void worked.push(body), earlier.path)
  await worker.wake()
  expect(worked).toEqual(['one'])
})

it('takes no more calls than may wait', async () => {
  const { keep } = startWorker(async () => {})
  expect([await keep('one', 1), await keep('two', 1)]).toEqual([true, false])
})

it('keeps a call for as long as the disk is full, and those behind it', async () => {
  const worked: string[] = []
  let isFull = true
  const { worker, keep, time } = startWorker(async (body) => {
    if (isFull) {
      throw fullDiskError()
    }
    worked.push(body)
  })
  await keep('one')
  await keep('two')
  for (let tries = 0; tries < 10; tries += 1) {
    await worker.wake()
  }
  isFull = false
  time.advance(1_000)
  await worker.wake()
  expect(worked).toEqual(['one', 'two'])
})

it('sets aside a call that breaks us three times, and goes on with the next', async () => {
  const worked: string[] = []
  const { worker, keep, time, calls } = startWorker(async (body) => {
    if (body === 'bad') {
      throw new TypeError('broken')
    }
    worked.push(body)
  })
  await keep('bad')
  await keep('good')
  for (let tries = 0; tries < 3; tries += 1) {
    await worker.wake()
    time.advance(1_000)
  }
  await worker.wake()
  expect(worked).toEqual(['good'])
  expect(await calls.next()).toBeNull()
})
