import { setImmediate as nextTurn } from 'node:timers/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { createLogger } from '@ura/core/logger'
import { NotSentError } from '../drivers/driver.ts'
import { Dispatcher } from '../outbox/dispatcher.ts'
import { quietUntil } from '../outbox/quiet-hours.ts'
import { SqliteOutboxStore } from '../outbox/sqlite-outbox-store.ts'
import type { FakeDriver } from './fake-driver.ts'
import { ManualTime } from './manual-time.ts'
import { temporaryFolder } from './temporary-folder.ts'

export const sendTimeoutMs = 30_000
export const minuteMs = 60_000
/** Of São Paulo; the time of these tests begins at 14:30 there. */
export const nightHours = { startsAt: '21:00', endsAt: '07:00' }
export const maria = '+5545999990001'
export const joao = '+5545999990002'

/** Lets what has been answered or has fallen due take its effect, without waking the dispatcher. */
export async function quiet(): Promise<void> {
  for (let turns = 0; turns < 10; turns++) {
    await nextTurn()
  }
}

/** A dispatcher on a real outbox, with a time that stands still; three tries, 1 s and 2 s apart. */
export async function startDispatcher(driver: FakeDriver, random: () => number = () => 1) {
  const time = new ManualTime()
  const store = new SqliteOutboxStore({ path: join(temporaryFolder(), 'outbox.sqlite'), textsMax: 0 })
  const settled: string[] = []
  const dispatcher = new Dispatcher({
    channel: 'whatsapp',
    store,
    driver,
    clock: time,
    timers: time,
    log: createLogger({ service: 'test', level: 'silent' }),
    random,
    retry: { triesMax: 3, delayMs: 1_000, delayMaxMs: 30_000 },
    sendTimeoutMs,
    quietUntil: (instant) => quietUntil(instant, nightHours, 'America/Sao_Paulo'),
    noticeLifeMs: 24 * 60 * minuteMs,
    onSettled: (id) => settled.push(id),
  })
  await driver.start({
    connectionChanged: () => void dispatcher.wake(),
    deliveryReported: (status) => void dispatcher.report(status),
    messageReceived: async () => {},
  })
  onTestFinished(async () => store.close().catch(() => {}))
  const accept = async (id: string, to = maria, lifeMs = 10 * minuteMs): Promise<void> => {
    await store.accept(
      {
        id,
        to,
        idempotencyKey: null,
        bodyHash: 'hash',
        content: { kind: 'text', text: id },
        acceptedAt: time.now(),
        deadline: time.in(lifeMs),
      },
      10_000,
    )
    await dispatcher.wake()
  }
  const advance = async (ms: number): Promise<void> => {
    time.advance(ms)
    await quiet()
  }
  const stateOf = async (id: string): Promise<string | undefined> => (await store.find(id))?.state
  return { time, store, dispatcher, settled, accept, advance, stateOf }
}

/** The error of a driver that knows that nothing left and may be asked again. */
export const busy = () => new NotSentError('busy', { retryable: true })
