import { describe, expect, it, vi } from 'vitest'
import { busy, joao, maria, minuteMs, quiet, startDispatcher } from '../testing/dispatcher-under-test.ts'
import { FakeDriver } from '../testing/fake-driver.ts'
import type { SqliteOutboxStore } from './sqlite-outbox-store.ts'

/** Makes the store's next change of state wait until the function given back is called. */
function holdNextMove(store: SqliteOutboxStore): () => void {
  const { promise, resolve } = Promise.withResolvers<void>()
  const move = store.move.bind(store)
  vi.spyOn(store, 'move').mockImplementationOnce(async (wanted) => {
    await promise
    return move(wanted)
  })
  return resolve
}

describe('the dispatcher', () => {
  it('hands a message over at once and marks it sent when the driver has answered', async () => {
    const driver = new FakeDriver()
    const { accept, store, settled } = await startDispatcher(driver)
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
    const openGate = holdNextMove(store)
    const accepted = accept('m')
    await quiet()
    expect(driver.handovers).toHaveLength(0)
    openGate()
    await accepted
    expect(driver.handovers).toHaveLength(1)
  })

  it('keeps the order of one recipient while others go on', async () => {
    const driver = new FakeDriver()
    const { accept } = await startDispatcher(driver)
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
    const { accept } = await startDispatcher(driver)
    for (const digit of [1, 2, 3]) {
      await accept(`m${digit}`, `+554599999000${digit}`)
    }
    expect(driver.contents).toEqual(['m1', 'm2'])
    driver.handovers[0]?.succeed()
    await quiet()
    expect(driver.contents).toEqual(['m1', 'm2', 'm3'])
  })

  it('draws an addition to the pace of a driver that wants to look less like a machine', async () => {
    const pace = { driverIntervalMs: 12_000, driverJitterMs: 6_000 }
    const driver = new FakeDriver({ answersAtOnce: true, pace })
    // Its draw is 1 each time.
    const { accept, advance } = await startDispatcher(driver)
    await advance(12_000)
    await accept('maria-1', maria)
    await accept('joao-1', joao)
    await advance(17_999)
    expect(driver.contents).toEqual(['maria-1'])
    await advance(1)
    expect(driver.contents).toEqual(['maria-1', 'joao-1'])
  })

  it("keeps the driver's pace, for one recipient and for all", async () => {
    const driver = new FakeDriver({
      answersAtOnce: true,
      pace: { recipientIntervalMs: 6_000, driverIntervalMs: 1_000 },
    })
    const { accept, advance, time } = await startDispatcher(driver)
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

  it('writes the answers of a fast driver down before it hands over more than may be under way', async () => {
    const driver = new FakeDriver({ answersAtOnce: true, state: 'logged_out' })
    const { accept, store } = await startDispatcher(driver)
    for (let index = 0; index < 40; index++) {
      await accept(`m${index}`, `+55459999900${10 + index}`)
    }
    const move = vi.spyOn(store, 'move')
    driver.become('connected')
    await quiet()
    let unwritten = 0
    let unwrittenMost = 0
    for (const [{ to }] of move.mock.calls) {
      unwritten += to === 'sending' ? 1 : -1
      unwrittenMost = Math.max(unwrittenMost, unwritten)
    }
    expect(driver.handovers).toHaveLength(40)
    expect(unwrittenMost).toBeLessThanOrEqual(driver.pace.parallelMax)
  })

  it('sleeps without a timer when nothing waits', async () => {
    const driver = new FakeDriver({ answersAtOnce: true })
    const { accept, time } = await startDispatcher(driver)
    await accept('m')
    await quiet()
    expect(time.timerCount).toBe(0)
  })
})

describe('a deadline', () => {
  it('ends a message that waits for its retry: expired, never sent', async () => {
    const driver = new FakeDriver()
    const { accept, advance, stateOf, settled } = await startDispatcher(driver)
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
    const { accept, advance, stateOf } = await startDispatcher(driver)
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

describe('a shutdown', () => {
  it('waits for the message under way and hands over no other', async () => {
    const driver = new FakeDriver()
    const { accept, stateOf, dispatcher, time } = await startDispatcher(driver)
    await accept('first')
    await accept('second')
    const drained = dispatcher.drain(5_000)
    await quiet()
    driver.last().succeed()
    await drained
    expect(await stateOf('first')).toBe('sent')
    expect(await stateOf('second')).toBe('queued')
    expect(driver.contents).toEqual(['first'])
    expect(time.timerCount).toBe(0)
  })

  it('waits as well for a message that is just being handed over', async () => {
    const driver = new FakeDriver()
    const { accept, stateOf, dispatcher, store } = await startDispatcher(driver)
    const openGate = holdNextMove(store)
    const accepted = accept('m')
    await quiet()
    const drained = dispatcher.drain(5_000)
    openGate()
    await accepted
    driver.last().succeed()
    await drained
    expect(await stateOf('m')).toBe('sent')
  })

  it('gives a message up as unknown when its answer does not come in time', async () => {
    const driver = new FakeDriver()
    const { accept, stateOf, dispatcher, time } = await startDispatcher(driver)
    await accept('m')
    const drained = dispatcher.drain(5_000)
    await quiet()
    time.advance(5_000)
    await drained
    expect(await stateOf('m')).toBe('unknown')
  })
})
