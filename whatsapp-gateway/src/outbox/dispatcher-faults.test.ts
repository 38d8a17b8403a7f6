import { describe, expect, it, vi } from 'vitest'
import { NotSentError } from '../drivers/driver.ts'
import {
  busy,
  joao,
  maria,
  minuteMs,
  quiet,
  sendTimeoutMs,
  startDispatcher,
} from '../testing/dispatcher-under-test.ts'
import { FakeDriver } from '../testing/fake-driver.ts'

describe('a send that fails', () => {
  it('is tried again after growing delays while it is known unsent, then fails', async () => {
    const driver = new FakeDriver()
    const { accept, advance, stateOf, dispatcher } = await startDispatcher(driver)
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
    const { accept, advance } = await startDispatcher(driver)
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
    const { accept, advance, stateOf } = await startDispatcher(driver)
    await accept('m')
    driver.last().fail(new NotSentError('not_on_whatsapp', { retryable: false }))
    await quiet()
    expect(await stateOf('m')).toBe('failed')
    await advance(minuteMs)
    expect(driver.handovers).toHaveLength(1)
  })

  it('is unknown and never sent again when the driver cannot tell', async () => {
    const driver = new FakeDriver()
    const { accept, advance, stateOf } = await startDispatcher(driver)
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
    const { accept, advance, stateOf } = await startDispatcher(driver)
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

describe("the provider's statuses", () => {
  it('move a message forward only, in whatever order they come', async () => {
    const driver = new FakeDriver()
    const { accept, stateOf, dispatcher, time } = await startDispatcher(driver)
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

describe('a store that refuses to work', () => {
  it('loses no answer: it is written when the store works again, and the message is not sent twice', async () => {
    const driver = new FakeDriver()
    const { accept, advance, store, stateOf } = await startDispatcher(driver)
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

  it('that wrote a mark and told a fault holds nothing up: the message is known unsent, and sent later', async () => {
    const driver = new FakeDriver({ answersAtOnce: true })
    const { accept, advance, store, stateOf } = await startDispatcher(driver)
    const real = store.move.bind(store)
    vi.spyOn(store, 'move').mockImplementationOnce(async (move) => {
      await real(move)
      throw new Error('connection lost at the commit')
    })
    await accept('m')
    expect(await stateOf('m')).toBe('sending')
    expect(driver.handovers).toHaveLength(0)
    await advance(1_000)
    expect(await stateOf('m')).toBe('sent')
    expect(driver.handovers).toHaveLength(1)
  })

  it('that wrote no mark and told a fault is asked again, and the message is sent once', async () => {
    const driver = new FakeDriver({ answersAtOnce: true })
    const { accept, advance, store, stateOf } = await startDispatcher(driver)
    vi.spyOn(store, 'move').mockRejectedValueOnce(new Error('connection lost before the commit'))
    await accept('m')
    expect(await stateOf('m')).toBe('queued')
    await advance(1_000)
    expect(await stateOf('m')).toBe('sent')
    expect(driver.handovers).toHaveLength(1)
  })

  it('loses no word of the provider: it is written in its order when the store works again', async () => {
    const driver = new FakeDriver()
    const { accept, advance, store, stateOf, dispatcher, time } = await startDispatcher(driver)
    await accept('ours', maria)
    await accept('theirs', joao)
    const faults = [
      vi.spyOn(store, 'move').mockRejectedValue(new Error('connection lost')),
      vi.spyOn(store, 'findByProviderId').mockRejectedValue(new Error('connection lost')),
    ]
    driver.handovers[1]?.succeed()
    await quiet()
    const told = { state: 'delivered', at: time.now() } as const
    await dispatcher.report({ ...told, identifiedBy: 'message', id: 'ours', providerId: 'fake:ours' })
    await dispatcher.report({ ...told, identifiedBy: 'provider', id: 'fake:theirs' })
    await dispatcher.report({ ...told, identifiedBy: 'provider', id: 'fake:nobody' })
    faults.forEach((fault) => fault.mockRestore())
    await advance(1_000)
    expect([await stateOf('ours'), await stateOf('theirs')]).toEqual(['delivered', 'delivered'])
    expect((await store.history('theirs')).map(({ state }) => state)).toEqual([
      'queued',
      'sending',
      'sent',
      'delivered',
    ])
    expect(await store.findByProviderId('fake:ours')).toMatchObject({ id: 'ours' })
  })

  it('and has not written an answer yet knows its message by the provider’s id all the same', async () => {
    const driver = new FakeDriver()
    const { accept, advance, store, stateOf, dispatcher, time } = await startDispatcher(driver)
    await accept('m')
    vi.spyOn(store, 'move').mockRejectedValueOnce(new Error('disk full'))
    driver.last().succeed()
    await quiet()
    const read = { identifiedBy: 'provider', id: 'fake:m', state: 'read', at: time.now() } as const
    expect(await dispatcher.settle(read)).toBe('moved')
    await advance(1_000)
    expect(await stateOf('m')).toBe('read')
    expect(await dispatcher.settle(read)).toBe('unmoved')
    expect(await dispatcher.settle({ ...read, id: 'fake:nobody' })).toBe('unknown')
  })
})
