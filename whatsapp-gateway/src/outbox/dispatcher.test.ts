import { setImmediate as nextTurn } from 'node:timers/promises'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createLogger } from '@ura/core/logger'
import { NotSentError } from '../drivers/driver.ts'
import { FakeDriver } from '../testing/fake-driver.ts'
import { ManualTime } from '../testing/manual-time.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { Dispatcher } from './dispatcher.ts'
import { SqliteOutboxStore } from './sqlite-outbox-store.ts'

const sendTimeoutMs = 30_000
const minuteMs = 60_000
const maria = '+5545999990001'
const joao = '+5545999990002'

async function startDispatcher(driver: FakeDriver) {
  const time = new ManualTime()
  const store = new SqliteOutboxStore({ path: join(temporaryFolder(), 'outbox.sqlite'), textsMax: 0 })
  const settled: string[] = []
  const dispatcher = new Dispatcher({
    store,
    driver,
    clock: time,
    timers: time,
    log: createLogger({ service: 'test', level: 'silent' }),
    random: () => 1,
    retry: { triesMax: 3, delayMs: 1_000, delayMaxMs: 30_000 },
    sendTimeoutMs,
    onSettled: (id) => settled.push(id),
  })
  await driver.start({
    connectionChanged: () => void dispatcher.wake(),
    deliveryReported: (status) => void dispatcher.report(status),
  })
  onTestFinished(async () => store.close().catch(() => {}))
  /** Lets what has just been answered or has fallen due take its effect. */
  const quiet = async (): Promise<void> => {
    await nextTurn()
    await dispatcher.wake()
  }
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
      100,
    )
    await dispatcher.wake()
  }
  const advance = async (ms: number): Promise<void> => {
    time.advance(ms)
    await quiet()
  }
  const stateOf = async (id: string): Promise<string | undefined> => (await store.find(id))?.state
  return { time, store, dispatcher, settled, accept, advance, quiet, stateOf }
}

const busy = () => new NotSentError('busy', { retryable: true })

describe('the dispatcher', () => {
  it('hands a message over at once and marks it sent when the driver has answered', async () => {
    const driver = new FakeDriver()
    const { accept, quiet, store, settled } = await startDispatcher(driver)
    await accept('m')
    expect(driver.contents).toEqual(['m'])
    expect(await store.find('m')).toMatchObject({ state: 'sending', tries: 1 })
    driver.last().succeed()
    await quiet()
    expect(await store.find('m')).toMatchObject({ state: 'sent', providerId: 'fake:m' })
    expect((await store.history('m')).map(({ state }) => state)).toEqual(['queued', 'sending', 'sent'])
    expect(settled).toEqual(['m'])
  })

  it('has the message marked sending on disk before the driver sees it', async () => {
    const driver = new FakeDriver()
    const { accept, store } = await startDispatcher(driver)
    const seen = vi.spyOn(driver, 'send')
    const marked = vi.spyOn(store, 'move')
    await accept('m')
    expect(marked.mock.calls[0]?.[0]).toMatchObject({ id: 'm', to: 'sending' })
    expect(marked.mock.invocationCallOrder[0]).toBeLessThan(seen.mock.invocationCallOrder[0] ?? 0)
  })

  it('keeps the order of one recipient while others go on', async () => {
    const driver = new FakeDriver()
    const { accept, quiet } = await startDispatcher(driver)
    await accept('maria-1', maria)
    await accept('maria-2', maria)
    await accept('joao-1', joao)
    expect(driver.contents).toEqual(['maria-1', 'joao-1'])
    driver.handovers[1]?.succeed()
    await accept('joao-2', joao)
    expect(driver.contents).toEqual(['maria-1', 'joao-1', 'joao-2'])
    driver.handovers[0]?.succeed()
    await quiet()
    expect(driver.contents).toEqual(['maria-1', 'joao-1', 'joao-2', 'maria-2'])
  })

  it('has no more messages under way than the driver bears', async () => {
    const driver = new FakeDriver({ pace: { parallelMax: 2 } })
    const { accept, quiet } = await startDispatcher(driver)
    for (const digit of [1, 2, 3]) {
      await accept(`m${digit}`, `+554599999000${digit}`)
    }
    expect(driver.contents).toEqual(['m1', 'm2'])
    driver.handovers[0]?.succeed()
    await quiet()
    expect(driver.contents).toEqual(['m1', 'm2', 'm3'])
  })

  it("keeps the driver's pace, for one recipient and for all", async () => {
    const driver = new FakeDriver({
      answersAtOnce: true,
      pace: { recipientIntervalMs: 6_000, driverIntervalMs: 1_000 },
    })
    const { accept, advance, quiet, time } = await startDispatcher(driver)
    await advance(1_000)
    await accept('maria-1', maria)
    await accept('maria-2', maria)
    await accept('joao-1', joao)
    await quiet()
    expect(driver.contents).toEqual(['maria-1'])
    await advance(999)
    expect(driver.contents).toEqual(['maria-1'])
    await advance(1)
    expect(driver.contents).toEqual(['maria-1', 'joao-1'])
    await advance(4_999)
    expect(driver.contents).toHaveLength(2)
    await advance(1)
    expect(driver.contents).toEqual(['maria-1', 'joao-1', 'maria-2'])
    await quiet()
    expect(time.timerCount).toBe(0)
  })

  it('sleeps without a timer when nothing waits', async () => {
    const driver = new FakeDriver({ answersAtOnce: true })
    const { accept, quiet, time } = await startDispatcher(driver)
    await accept('m')
    await quiet()
    expect(time.timerCount).toBe(0)
  })
})

describe('a send that fails', () => {
  it('is tried again after growing delays while it is known unsent, then fails', async () => {
    const driver = new FakeDriver()
    const { accept, advance, quiet, stateOf, dispatcher } = await startDispatcher(driver)
    await accept('m')
    driver.last().fail(busy())
    await quiet()
    expect(await stateOf('m')).toBe('queued')
    await advance(999)
    expect(driver.handovers).toHaveLength(1)
    await advance(1)
    expect(driver.handovers).toHaveLength(2)
    driver.last().fail(busy())
    await quiet()
    await advance(2_000)
    expect(driver.handovers).toHaveLength(3)
    driver.last().fail(busy())
    await quiet()
    expect(await stateOf('m')).toBe('failed')
    expect(dispatcher.lastSendOk).toBe(false)
    await advance(minuteMs)
    expect(driver.handovers).toHaveLength(3)
  })

  it('holds up the later messages of its recipient until its retry has settled', async () => {
    const driver = new FakeDriver()
    const { accept, advance, quiet } = await startDispatcher(driver)
    await accept('first')
    await accept('second')
    driver.last().fail(busy())
    await quiet()
    expect(driver.contents).toEqual(['first'])
    await advance(1_000)
    driver.last().succeed()
    await quiet()
    expect(driver.contents).toEqual(['first', 'first', 'second'])
  })

  it('fails at once when trying again cannot help', async () => {
    const driver = new FakeDriver()
    const { accept, advance, quiet, stateOf } = await startDispatcher(driver)
    await accept('m')
    driver.last().fail(new NotSentError('not_on_whatsapp', { retryable: false }))
    await quiet()
    expect(await stateOf('m')).toBe('failed')
    await advance(minuteMs)
    expect(driver.handovers).toHaveLength(1)
  })

  it('is unknown and never sent again when the driver cannot tell', async () => {
    const driver = new FakeDriver()
    const { accept, advance, quiet, stateOf } = await startDispatcher(driver)
    await accept('m')
    driver.last().fail(new Error('socket hang up'))
    await quiet()
    expect(await stateOf('m')).toBe('unknown')
    await advance(9 * minuteMs)
    expect(driver.handovers).toHaveLength(1)
  })

  it('is unknown after the timeout, and a driver that hangs holds up nobody', async () => {
    const driver = new FakeDriver()
    const { accept, advance, store, stateOf } = await startDispatcher(driver)
    await accept('hangs')
    await accept('next')
    await advance(sendTimeoutMs - 1)
    expect(await stateOf('hangs')).toBe('sending')
    await advance(1)
    expect(driver.handovers[0]?.signal.aborted).toBe(true)
    expect(await stateOf('hangs')).toBe('unknown')
    expect((await store.history('hangs')).at(-1)).toMatchObject({ reason: 'timeout' })
    expect(driver.contents).toEqual(['hangs', 'next'])
  })

  it('is sent after all when the answer comes after the timeout, and still unknown when an error does', async () => {
    const driver = new FakeDriver()
    const { accept, advance, quiet, stateOf } = await startDispatcher(driver)
    await accept('answered-late', maria)
    await accept('refused-late', joao)
    await advance(sendTimeoutMs)
    driver.handovers[0]?.succeed()
    driver.handovers[1]?.fail(busy())
    await quiet()
    expect(await stateOf('answered-late')).toBe('sent')
    expect(await stateOf('refused-late')).toBe('unknown')
    expect(driver.handovers).toHaveLength(2)
  })
})

describe('a deadline', () => {
  it('ends a message that waits for its retry: expired, never sent', async () => {
    const driver = new FakeDriver()
    const { accept, advance, quiet, stateOf, settled } = await startDispatcher(driver)
    await accept('m', maria, 500)
    driver.last().fail(busy())
    await quiet()
    await advance(500)
    expect(await stateOf('m')).toBe('expired')
    expect(settled).toEqual(['m'])
    await advance(minuteMs)
    expect(driver.handovers).toHaveLength(1)
  })

  it('ends a message that waits behind another, at its very millisecond', async () => {
    const driver = new FakeDriver()
    const { accept, advance, stateOf } = await startDispatcher(driver)
    await accept('slow')
    await accept('behind', maria, 5_000)
    await advance(4_999)
    expect(await stateOf('behind')).toBe('queued')
    await advance(1)
    expect(await stateOf('behind')).toBe('expired')
    driver.last().succeed()
    await advance(1)
    expect(driver.contents).toEqual(['slow'])
  })

  it('passes while WhatsApp is logged out: what is left goes out after the login', async () => {
    const driver = new FakeDriver({ state: 'logged_out' })
    const { accept, advance, quiet, stateOf } = await startDispatcher(driver)
    await accept('short', maria, 1_000)
    await accept('long', maria)
    await advance(2_000)
    expect(driver.handovers).toHaveLength(0)
    expect(await stateOf('short')).toBe('expired')
    driver.become('connected')
    await quiet()
    expect(driver.contents).toEqual(['long'])
  })
})

describe("the provider's statuses", () => {
  it('move a message forward only, in whatever order they come', async () => {
    const driver = new FakeDriver()
    const { accept, quiet, stateOf, dispatcher, time } = await startDispatcher(driver)
    await accept('m')
    const report = (state: 'sent' | 'delivered' | 'read' | 'failed', identifiedBy: 'message' | 'provider') =>
      dispatcher.report({
        identifiedBy,
        id: identifiedBy === 'message' ? 'm' : 'fake:m',
        state,
        at: time.now(),
      })
    await report('delivered', 'message')
    expect(await stateOf('m')).toBe('delivered')
    driver.last().succeed()
    await quiet()
    await report('failed', 'provider')
    expect(await stateOf('m')).toBe('delivered')
    await report('read', 'provider')
    await report('sent', 'provider')
    expect(await stateOf('m')).toBe('read')
  })

  it('settle a message whose send was never answered', async () => {
    const driver = new FakeDriver()
    const { accept, advance, stateOf, dispatcher, time } = await startDispatcher(driver)
    await accept('m')
    await advance(sendTimeoutMs)
    await dispatcher.report({ identifiedBy: 'message', id: 'm', state: 'delivered', at: time.now() })
    expect(await stateOf('m')).toBe('delivered')
  })
})

describe('a shutdown', () => {
  it('waits for the message under way and hands over no other', async () => {
    const driver = new FakeDriver()
    const { accept, stateOf, dispatcher, time } = await startDispatcher(driver)
    await accept('first')
    await accept('second')
    const drained = dispatcher.drain(5_000)
    await nextTurn()
    driver.last().succeed()
    await drained
    expect(await stateOf('first')).toBe('sent')
    expect(await stateOf('second')).toBe('queued')
    expect(driver.contents).toEqual(['first'])
    expect(time.timerCount).toBe(0)
  })

  it('gives a message up as unknown when its answer does not come in time', async () => {
    const driver = new FakeDriver()
    const { accept, stateOf, dispatcher, time } = await startDispatcher(driver)
    await accept('m')
    const drained = dispatcher.drain(5_000)
    await nextTurn()
    await nextTurn()
    time.advance(5_000)
    await drained
    expect(await stateOf('m')).toBe('unknown')
  })
})

describe('a store that refuses to work', () => {
  it('loses no answer: it is written when the store works again, and the message is not sent twice', async () => {
    const driver = new FakeDriver()
    const { accept, advance, quiet, store, stateOf } = await startDispatcher(driver)
    await accept('m')
    const move = vi.spyOn(store, 'move').mockRejectedValue(new Error('disk full'))
    driver.last().succeed()
    await quiet()
    expect(await stateOf('m')).toBe('sending')
    move.mockRestore()
    await advance(1_000)
    expect(await stateOf('m')).toBe('sent')
    expect(driver.handovers).toHaveLength(1)
  })
})
