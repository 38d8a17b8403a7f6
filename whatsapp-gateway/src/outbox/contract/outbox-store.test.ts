import { describe, expect, it } from 'vitest'
import type { Channel } from '../channel.ts'
import { acceptedAt, createTestOutbox, later, newMessage, settle } from '../../testing/test-outbox.ts'

const channel: Channel = 'whatsapp'
const pacing = { channel, now: later(1), recipientIntervalMs: 0 } as const

async function openStore(options: { textsMax?: number } = {}) {
  const outbox = await createTestOutbox()
  return await outbox.open(options)
}

describe('an outbox', () => {
  it('gives back what it accepted, also to its next opening', async () => {
    const outbox = await createTestOutbox()
    const store = await outbox.open()
    const expiresAt = later(60_000)
    await store.accept(newMessage('m', { content: { kind: 'otp', code: '4821', expiresAt } }), 10)
    await store.close()
    const reopened = await outbox.open()
    expect(await reopened.find('m')).toMatchObject({
      place: 1,
      state: 'queued',
      to: '+5545999990001',
      content: { kind: 'otp', code: '4821', expiresAt },
      acceptedAt,
    })
    expect(await reopened.history('m')).toEqual([{ state: 'queued', at: acceptedAt, reason: null }])
  })

  it('gives back any text that may be sent, to the last character', async () => {
    const store = await openStore()
    const text = `Olá, João! 🖨️ "\\' %_ \t\n${'ç'.repeat(4_000)}`
    await store.accept(newMessage('m', { content: { kind: 'text', text } }), 10)
    expect((await store.find('m'))?.content).toEqual({ kind: 'text', text })
  })

  it('takes a key once and no more messages than may wait', async () => {
    const store = await openStore()
    expect(await store.accept(newMessage('a', { idempotencyKey: 'k' }), 1)).toMatchObject({
      outcome: 'accepted',
      message: { id: 'a', state: 'queued', tries: 0, replayOf: null },
    })
    expect(await store.accept(newMessage('b', { idempotencyKey: 'k' }), 1)).toMatchObject({
      outcome: 'repeated',
      message: { id: 'a' },
    })
    expect(await store.accept(newMessage('c'), 1)).toEqual({ outcome: 'full' })
  })

  it('has room again as soon as one that waited is handed over, and none when its retry waits', async () => {
    const store = await openStore()
    await store.accept(newMessage('a'), 1)
    await store.move({ id: 'a', to: 'sending', at: later(1) })
    expect(await store.accept(newMessage('b'), 1)).toMatchObject({ outcome: 'accepted' })
    await store.move({ id: 'b', to: 'expired', at: later(1) })
    await store.move({ id: 'a', to: 'queued', at: later(2), dueAt: later(3) })
    expect(await store.accept(newMessage('c'), 1)).toEqual({ outcome: 'full' })
  })

  it('takes a key once when it is asked by many at the same time, and keys apart by case', async () => {
    const store = await openStore()
    const outcomes = await Promise.all(
      ['k', 'k', 'k', 'K'].map((idempotencyKey, index) =>
        store.accept(newMessage(`m${index}`, { idempotencyKey }), 10),
      ),
    )
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['accepted', 'repeated', 'repeated', 'accepted'])
  })

  it('has one message of a recipient ready at a time, the oldest, until it is settled', async () => {
    const store = await openStore()
    await store.accept(newMessage('a1'), 10)
    await store.accept(newMessage('a2'), 10)
    await store.accept(newMessage('b1', { to: '+5545999990002' }), 10)
    const nextId = async () => (await store.nextReady(pacing))?.id ?? null
    expect(await nextId()).toBe('a1')
    await store.move({ id: 'a1', to: 'sending', at: later(1) })
    expect(await nextId()).toBe('b1')
    await store.move({ id: 'b1', to: 'sending', at: later(1) })
    expect(await nextId()).toBeNull()
    await store.move({ id: 'a1', to: 'unknown', at: later(1) })
    expect(await nextId()).toBe('a2')
  })

  it('keeps the pace of a recipient, and tells when it is over', async () => {
    const store = await openStore()
    await store.accept(newMessage('a1'), 10)
    await store.accept(newMessage('a2'), 10)
    await settle(store, 'a1', 'sent')
    const paced = (ms: number) => ({ channel, now: later(ms), recipientIntervalMs: 6_000 })
    // Since its answer: when in between the provider took it is not known.
    expect(await store.nextReady(paced(6_001))).toBeNull()
    expect(await store.nextWakeAt(paced(6_001))).toEqual(later(6_002))
    expect(await store.nextReady(paced(6_002))).toMatchObject({ id: 'a2' })
  })

  it('holds a retry back until it is due', async () => {
    const store = await openStore()
    await store.accept(newMessage('m'), 10)
    await store.move({ id: 'm', to: 'sending', at: later(1) })
    await store.move({ id: 'm', to: 'queued', at: later(2), dueAt: later(1_000), reason: 'busy' })
    expect(await store.nextReady({ ...pacing, now: later(999) })).toBeNull()
    expect(await store.nextWakeAt({ ...pacing, now: later(999) })).toEqual(later(1_000))
    expect(await store.nextReady({ ...pacing, now: later(1_000) })).toMatchObject({ id: 'm', tries: 1 })
    expect((await store.history('m')).map(({ state, reason }) => [state, reason])).toEqual([
      ['queued', null],
      ['sending', null],
      ['queued', 'busy'],
    ])
  })

  it('has no message ready at or after its deadline, when it expires', async () => {
    const store = await openStore()
    await store.accept(newMessage('m', { deadline: later(1_000) }), 10)
    expect(await store.nextReady({ ...pacing, now: later(999) })).toMatchObject({ id: 'm' })
    expect(await store.expireOverdue({ channel, now: later(999) })).toEqual([])
    expect(await store.nextReady({ ...pacing, now: later(1_000) })).toBeNull()
    expect(await store.expireOverdue({ channel, now: later(1_000) })).toEqual(['m'])
    expect(await store.find('m')).toMatchObject({ state: 'expired' })
    expect(await store.nextWakeAt(pacing)).toBeNull()
  })

  it('tells after a crash what was under way from what waits', async () => {
    const outbox = await createTestOutbox()
    const store = await outbox.open()
    await store.accept(newMessage('under-way'), 10)
    await store.accept(newMessage('waiting'), 10)
    await store.move({ id: 'under-way', to: 'sending', at: later(1) })
    await store.close()
    const reopened = await outbox.open()
    expect(await reopened.recoverInterrupted(later(2))).toBe(1)
    expect(await reopened.find('under-way')).toMatchObject({ state: 'unknown' })
    expect(await reopened.nextReady(pacing)).toMatchObject({ id: 'waiting' })
    expect(await reopened.backlog(null)).toEqual({ depth: 1, waitingSince: acceptedAt })
  })

  it('keeps the newest texts for a driver with a transcript, and blanks them when the driver changes', async () => {
    const outbox = await createTestOutbox()
    const store = await outbox.open({ textsMax: 2 })
    for (const id of ['a', 'b', 'c']) {
      await store.accept(newMessage(id), 10)
      await settle(store, id, 'sent')
    }
    const texts = async (opened: typeof store, after: number | null = null) =>
      (await opened.transcript({ to: null, after, limit: 100 })).map(({ id }) => id)
    expect(await texts(store)).toEqual(['b', 'c'])
    expect(await texts(store, 2)).toEqual(['c'])
    expect(await store.transcript({ to: '+5545999990002', after: null, limit: 100 })).toEqual([])
    await store.close()
    expect(await texts(await outbox.open({ textsMax: 0 }))).toEqual([])
  })

  it('keeps the provider id even when a status came first, and finds the message by it', async () => {
    const store = await openStore()
    await store.accept(newMessage('m'), 10)
    await store.move({ id: 'm', to: 'sending', at: later(1) })
    await store.move({ id: 'm', to: 'delivered', at: later(2) })
    expect(await store.move({ id: 'm', to: 'sent', at: later(3), providerId: 'wamid' })).toBe(false)
    expect(await store.findByProviderId('wamid')).toMatchObject({ id: 'm', state: 'delivered' })
    expect(await store.findByProviderId('WAMID')).toBeNull()
  })

  it('forgets settled messages past their age with their history, and no open one', async () => {
    const store = await openStore()
    await store.accept(newMessage('settled'), 10)
    await store.move({ id: 'settled', to: 'expired', at: later(1) })
    await store.accept(newMessage('open'), 10)
    expect(await store.prune(later(1))).toBe(1)
    expect(await store.find('settled')).toBeNull()
    expect(await store.history('settled')).toEqual([])
    expect(await store.find('open')).not.toBeNull()
  })

  it('treats SQL in what it is given as text', async () => {
    const store = await openStore()
    const hostile = `'; DROP TABLE message; --\\' OR 1=1`
    await store.accept(
      newMessage('m', { idempotencyKey: hostile, content: { kind: 'text', text: hostile } }),
      10,
    )
    expect(await store.findByIdempotencyKey(hostile)).toMatchObject({ content: { text: hostile } })
    expect(await store.find(hostile)).toBeNull()
  })
})
