import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { createAbsentDriver } from '../drivers/absent-driver.ts'
import { SqliteOutboxStore } from '../outbox/sqlite-outbox-store.ts'
import { FakeDriver } from '../testing/fake-driver.ts'
import { ManualTime } from '../testing/manual-time.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { MessageDesk } from './message-desk.ts'
import { parseMessageRequest } from './message-request.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs

/** A desk whose outbox has so many old messages to forget. */
function openDesk(oldMessages = 0) {
  const store = new SqliteOutboxStore({ path: join(temporaryFolder(), 'outbox.sqlite'), textsMax: 0 })
  onTestFinished(() => store.close())
  let left = oldMessages
  const prune = vi.spyOn(store, 'prune').mockImplementation(async () => {
    const pruned = Math.min(left, 1_000)
    left -= pruned
    return pruned
  })
  const time = new ManualTime()
  const onAccepted = vi.fn<() => void>()
  const desk = new MessageDesk({
    store,
    channels: {
      whatsapp: { driver: new FakeDriver(), isConfigured: true },
      email: { driver: createAbsentDriver(time), isConfigured: false },
    },
    clock: time,
    hashKey: 'key',
    queuedMax: 100,
    retentionDays: 30,
    fallbackAfterMs: 20_000,
    quietUntil: () => null,
    onAccepted,
    onFallbackPlanned: () => {},
    onSuperseded: () => {},
  })
  const accept = () => desk.accept(parseMessageRequest({ phone: '+5545999990001', message: 'oi' }), null)
  return { time, store, prune, accept, onAccepted, left: () => left }
}

describe('old messages', () => {
  it('all go when a message comes, and no more are looked for within the hour', async () => {
    const { time, prune, accept, left } = openDesk(2_500)
    const before = new Date(time.now().getTime() - 30 * dayMs)
    await accept()
    expect(left()).toBe(0)
    expect(prune.mock.calls).toEqual([[before], [before], [before]])
    time.advance(hourMs - 1)
    await accept()
    expect(prune).toHaveBeenCalledTimes(3)
    time.advance(1)
    await accept()
    expect(prune).toHaveBeenCalledTimes(4)
  })

  it('that are very many go with several messages, so that none waits long', async () => {
    const { accept, left } = openDesk(12_500)
    await accept()
    expect(left()).toBe(2_500)
    await accept()
    expect(left()).toBe(0)
  })

  it('are forgotten by one message at a time', async () => {
    const { prune, accept } = openDesk(2_500)
    await Promise.all([accept(), accept(), accept()])
    expect(prune).toHaveBeenCalledTimes(3)
  })
})

describe('a message', () => {
  it('is told to whoever sends once it is written, also when the store told a fault behind that', async () => {
    const { store, accept, onAccepted } = openDesk()
    const write = store.accept.bind(store)
    vi.spyOn(store, 'accept').mockImplementationOnce(async (message, queuedMax) => {
      await write(message, queuedMax)
      throw new Error('connection lost at the commit')
    })
    await expect(accept()).rejects.toThrow('connection lost at the commit')
    expect(onAccepted).toHaveBeenCalledTimes(1)
    await accept()
    expect(onAccepted).toHaveBeenCalledTimes(2)
    expect(await store.backlog(null)).toMatchObject({ depth: 2 })
  })
})
