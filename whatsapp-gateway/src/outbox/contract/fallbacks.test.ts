import { describe, expect, it } from 'vitest'
import { createTestOutbox, later, newMessage } from '../../testing/test-outbox.ts'
import type { NewMessage, PlannedFallback } from '../outbox-store.ts'

const email = 'maria@prefeitura.example'
const code = { kind: 'otp', code: '48213579', expiresAt: later(60_000) } as const
const dueAt = later(20_000)

/** An outbox with one code to a person who has an e-mail address too. */
async function start(fields: Partial<NewMessage> & { unless?: PlannedFallback['unless'] } = {}) {
  const { unless = 'delivered', ...rest } = fields
  const outbox = await createTestOutbox()
  const store = await outbox.open()
  const message = newMessage('first', { content: code, fallback: { to: email, dueAt, unless }, ...rest })
  await store.accept(message, 10)
  const take = (ms: number, newId = 'second', isPossible = true) =>
    store.takeFallback({ now: later(ms), newId, isPossible })
  const moveTo = async (
    ...states: ('sending' | 'sent' | 'delivered' | 'failed' | 'unknown' | 'queued')[]
  ) => {
    for (const to of states) {
      await store.move({ id: 'first', to, at: later(100) })
    }
  }
  return { outbox, store, take, moveTo }
}

describe('a planned fallback', () => {
  it('is the same code by e-mail, linked to the first message, with its deadline', async () => {
    const { store, take, moveTo } = await start()
    await moveTo('sending', 'sent')
    expect(await take(19_999)).toBeNull()
    expect(await store.nextFallbackAt()).toEqual(dueAt)
    expect(await take(20_000)).toMatchObject({ first: { id: 'first' }, second: { id: 'second' } })
    expect(await store.find('second')).toMatchObject({
      channel: 'email',
      to: email,
      content: code,
      state: 'queued',
      acceptedAt: dueAt,
      deadline: later(60_000),
      fallbackOf: 'first',
    })
    expect(await store.findFallbackOf('first')).toMatchObject({ id: 'second' })
    expect(await store.findFallbackOf('second')).toBeNull()
    expect((await store.history('second')).map(({ reason }) => reason)).toEqual(['fallback'])
    const pacing = { now: later(20_001), recipientIntervalMs: 0 }
    expect(await store.nextReady({ channel: 'email', ...pacing })).toMatchObject({ id: 'second' })
    expect(await store.nextReady({ channel: 'whatsapp', ...pacing })).toBeNull()
  })

  it('happens once, also when it is asked for by several at the same time and after a restart', async () => {
    const { outbox, store, take, moveTo } = await start()
    await moveTo('sending', 'unknown')
    const taken = await Promise.all([take(200, 'one'), take(200, 'two')])
    expect(taken.map((each) => each?.second?.id)).toEqual(['one', undefined])
    await store.move({ id: 'first', to: 'failed', at: later(300) })
    await store.close()
    const reopened = await outbox.open()
    const again = { now: later(30_000), newId: 'three', isPossible: true }
    expect(await reopened.takeFallback(again)).toBeNull()
    expect(await reopened.nextFallbackAt()).toBeNull()
    expect(await reopened.find('one')).toMatchObject({ state: 'queued', content: code })
  })

  it.each(['failed', 'unknown'] as const)('is due at once when the first message is %s', async (end) => {
    const { store, take, moveTo } = await start()
    await moveTo('sending', end)
    expect(await store.nextFallbackAt()).toEqual(later(100))
    expect(await take(100)).toMatchObject({ second: { to: email } })
  })

  it('waits for its time while the first message is tried again', async () => {
    const { store, take, moveTo } = await start()
    await moveTo('sending', 'queued')
    expect(await store.nextFallbackAt()).toEqual(dueAt)
    expect(await take(20_000)).toMatchObject({ second: { id: 'second' } })
    // The first one may still go: it is the same code.
    expect(await store.find('first')).toMatchObject({ state: 'queued', content: code })
  })

  it('is needless once the first message has been delivered', async () => {
    const { store, take, moveTo } = await start()
    await moveTo('sending', 'sent', 'delivered')
    expect(await store.nextFallbackAt()).toBeNull()
    expect(await take(20_000)).toBeNull()
    expect((await store.find('first'))?.content).toBeNull()
  })

  it('is needless once it has been sent, with a driver that hears no more than that', async () => {
    const { store, moveTo } = await start({ unless: 'sent' })
    await moveTo('sending', 'sent')
    expect(await store.nextFallbackAt()).toBeNull()
    expect((await store.find('first'))?.content).toBeNull()
  })

  it('comes back with a failure that is told after the sending', async () => {
    const { take, moveTo } = await start()
    await moveTo('sending', 'sent', 'failed')
    expect(await take(100)).toMatchObject({ second: { to: email } })
  })

  it('keeps the code until it is decided, and not longer, whatever comes of it', async () => {
    for (const isPossible of [true, false]) {
      const { store, take, moveTo } = await start()
      await moveTo('sending', 'sent')
      expect((await store.find('first'))?.content).toEqual(code)
      expect(await take(20_000, 'second', isPossible)).toMatchObject({
        second: isPossible ? { id: 'second' } : null,
      })
      expect((await store.find('first'))?.content).toBeNull()
    }
  })

  it('comes to nothing once the code has expired', async () => {
    const { store, take, moveTo } = await start({ deadline: later(20_000) })
    await moveTo('sending', 'sent')
    expect(await take(20_000)).toMatchObject({ first: { id: 'first' }, second: null })
    expect(await store.findFallbackOf('first')).toBeNull()
    expect(await store.nextFallbackAt()).toBeNull()
  })

  it('is taken in however many wait, and a late delivery of the first message only settles that one', async () => {
    const { store, take, moveTo } = await start()
    await moveTo('sending', 'unknown')
    for (let number = 1; number <= 10; number += 1) {
      await store.accept(newMessage(`m${number}`), 10)
    }
    expect(await take(200)).toMatchObject({ second: { id: 'second' } })
    await moveTo('delivered')
    expect(await store.find('first')).toMatchObject({ state: 'delivered' })
    expect(await store.find('second')).toMatchObject({ state: 'queued', content: code })
  })

  it('interrupted by a crash before its send is still to be sent; during it, it is unknown', async () => {
    const { outbox, store, take, moveTo } = await start()
    await moveTo('sending', 'failed')
    await take(200)
    await store.close()
    const second = await outbox.open()
    expect(await second.recoverInterrupted(later(300))).toBe(0)
    await second.move({ id: 'second', to: 'sending', at: later(400) })
    await second.close()
    const third = await outbox.open()
    expect(await third.recoverInterrupted(later(500))).toBe(1)
    expect(await third.find('second')).toMatchObject({ state: 'unknown', content: null })
  })
})

describe('an e-mail', () => {
  it('is blanked when it settles, whatever is kept for a transcript, and is not in that', async () => {
    const outbox = await createTestOutbox()
    const store = await outbox.open({ textsMax: 10 })
    await store.accept(newMessage('mail', { channel: 'email', to: email, content: code }), 10)
    await store.accept(newMessage('text'), 10)
    const texts = async () =>
      (await store.transcript({ to: null, after: null, limit: 10 })).map(({ id }) => id)
    expect(await texts()).toEqual(['text'])
    await store.move({ id: 'mail', to: 'sending', at: later(1) })
    await store.move({ id: 'mail', to: 'sent', at: later(2) })
    expect((await store.find('mail'))?.content).toBeNull()
    expect(await store.backlog('email')).toEqual({ depth: 0, waitingSince: null })
    expect(await store.backlog(null)).toMatchObject({ depth: 1 })
  })

  it('expires with its own channel only', async () => {
    const outbox = await createTestOutbox()
    const store = await outbox.open()
    await store.accept(newMessage('mail', { channel: 'email', to: email }), 10)
    const now = later(60_000)
    expect(await store.expireOverdue({ channel: 'whatsapp', now })).toEqual([])
    expect(await store.expireOverdue({ channel: 'email', now })).toEqual(['mail'])
  })
})
