import { describe, expect, it } from 'vitest'
import { notice } from '../../testing/notices.ts'
import { createTestOutbox, later, newMessage } from '../../testing/test-outbox.ts'
import { releasedMax } from '../outbox-store.ts'

const channel = 'whatsapp'
const joao = '+5545999990002'
const morning = later(10_000)
const deadline = later(60_000)

async function openStore() {
  const outbox = await createTestOutbox()
  return await outbox.open()
}

type Store = Awaited<ReturnType<typeof openStore>>

const readyAt = async (store: Store, ms: number) =>
  (await store.nextReady({ channel, now: later(ms), recipientIntervalMs: 0 }))?.id ?? null

describe('a notice', () => {
  it('goes after everything else, whoever came first, and in its own order', async () => {
    const store = await openStore()
    await store.accept(newMessage('notice-1', { notice: notice() }), 10)
    await store.accept(newMessage('notice-2', { to: joao, notice: notice() }), 10)
    await store.accept(newMessage('code'), 10)
    const order: (string | null)[] = []
    for (let id = await readyAt(store, 1); id !== null; id = await readyAt(store, 1)) {
      order.push(id)
      await store.move({ id, to: 'sending', at: later(1) })
      await store.move({ id, to: 'sent', at: later(1) })
    }
    expect(order).toEqual(['code', 'notice-1', 'notice-2'])
  })

  it('waits while a later message to its recipient is under way', async () => {
    const store = await openStore()
    await store.accept(newMessage('notice', { notice: notice() }), 10)
    await store.accept(newMessage('code'), 10)
    await store.move({ id: 'code', to: 'sending', at: later(1) })
    expect(await readyAt(store, 2)).toBeNull()
    await store.move({ id: 'code', to: 'sent', at: later(3) })
    expect(await readyAt(store, 4)).toBe('notice')
  })

  it('that is held holds up nobody, and goes when it is let go, also after a restart', async () => {
    const outbox = await createTestOutbox()
    const store = await outbox.open()
    await store.accept(
      newMessage('held', { notice: notice({ heldUntil: morning }), deadline: later(90_000) }),
      10,
    )
    await store.accept(newMessage('code'), 10)
    expect(await store.find('held')).toMatchObject({ state: 'queued', isNotice: true })
    expect((await store.history('held')).map(({ reason }) => reason)).toEqual(['quiet_hours'])
    expect(await readyAt(store, 1)).toBe('code')
    expect(await store.backlog(channel)).toMatchObject({ depth: 1 })
    expect(await store.heldCount(channel)).toBe(1)
    await store.move({ id: 'code', to: 'expired', at: later(2) })
    expect(await store.nextWakeAt({ channel, now: later(3), recipientIntervalMs: 0 })).toEqual(morning)
    expect(await store.releaseHeld({ channel, now: later(9_999) })).toEqual(morning)
    await store.close()

    const reopened = await outbox.open()
    expect(await readyAt(reopened, 10_000)).toBeNull()
    expect(await reopened.releaseHeld({ channel: 'email', now: morning })).toBeNull()
    expect(await reopened.releaseHeld({ channel, now: morning })).toBeNull()
    expect(await readyAt(reopened, 10_000)).toBe('held')
    // It has not waited since the evening: nobody need be alarmed.
    expect(await reopened.backlog(channel)).toEqual({ depth: 1, waitingSince: morning })
  })

  it('that waits is held when quiet hours begin, with a deadline of its own', async () => {
    const store = await openStore()
    await store.accept(newMessage('notice', { notice: notice() }), 10)
    const hold = { at: later(5), until: morning, deadline: later(99_000) }
    expect(await store.hold('notice', hold)).toBe(true)
    expect(await readyAt(store, 6)).toBeNull()
    expect(await store.heldUntil(channel)).toEqual(morning)
    expect(await store.find('notice')).toMatchObject({ deadline: later(99_000) })
    expect((await store.history('notice')).map(({ state, reason }) => [state, reason])).toEqual([
      ['queued', null],
      ['queued', 'quiet_hours'],
    ])
    await store.releaseHeld({ channel, now: morning })
    await store.move({ id: 'notice', to: 'sending', at: morning })
    expect(await store.hold('notice', hold)).toBe(false)
    expect(await store.hold('nobody', hold)).toBe(false)
  })

  it(`is let go with ${releasedMax} others at most at a time`, async () => {
    const store = await openStore()
    for (let number = 0; number <= releasedMax; number += 1) {
      await store.accept(
        newMessage(`m${number}`, { deadline, notice: notice({ heldUntil: morning }) }),
        2_000,
      )
    }
    expect(await store.releaseHeld({ channel, now: morning })).toEqual(morning)
    expect(await store.heldCount(channel)).toBe(1)
    expect(await store.releaseHeld({ channel, now: morning })).toBeNull()
  }, 60_000)
})

describe('a newer notice on a topic', () => {
  const ticket = (fields: Parameters<typeof notice>[0] = {}) => notice({ topic: 'ticket-10017', ...fields })

  it('takes the place of those that wait, held or not, and of nothing else', async () => {
    const store = await openStore()
    await store.accept(newMessage('held', { notice: ticket({ heldUntil: morning }) }), 100)
    expect(await store.accept(newMessage('queued', { notice: ticket() }), 100)).toMatchObject({
      superseded: [{ id: 'held' }],
    })
    await store.accept(newMessage('other-topic', { notice: notice({ topic: 'ticket-10025' }) }), 100)
    await store.accept(newMessage('no-topic', { notice: notice() }), 100)
    await store.accept(newMessage('message'), 100)
    await store.accept(newMessage('other-person', { to: joao, notice: ticket({ recipients: [joao] }) }), 100)
    const acceptance = await store.accept(newMessage('newest', { notice: ticket() }), 100)
    expect(acceptance).toMatchObject({
      outcome: 'accepted',
      message: { id: 'newest', state: 'queued' },
      superseded: [{ id: 'queued' }],
    })
    for (const id of ['held', 'queued']) {
      expect(await store.find(id)).toMatchObject({ state: 'superseded', content: null })
    }
    for (const id of ['other-topic', 'no-topic', 'message', 'other-person', 'newest']) {
      expect(await store.find(id)).toMatchObject({ state: 'queued' })
    }
    expect(await store.deadCounts()).toEqual({ failed: 0, expired: 0, unknown: 0 })
  })

  it('leaves alone what is under way or has been sent', async () => {
    const store = await openStore()
    await store.accept(newMessage('sending', { notice: ticket() }), 10)
    await store.move({ id: 'sending', to: 'sending', at: later(1) })
    await store.accept(newMessage('newer', { notice: ticket() }), 10)
    expect(await store.find('sending')).toMatchObject({ state: 'sending' })
    expect(await store.move({ id: 'sending', to: 'sent', at: later(2) })).toBe(true)
  })

  it('finds those that wait on the other channel of the same person', async () => {
    const store = await openStore()
    const recipients = ['+5545999990001', 'maria@prefeitura.example']
    await store.accept(newMessage('by-phone', { notice: ticket({ recipients }) }), 10)
    await store.accept(
      newMessage('by-mail', {
        channel: 'email',
        to: 'maria@prefeitura.example',
        notice: ticket({ recipients }),
      }),
      10,
    )
    expect(await store.find('by-phone')).toMatchObject({ state: 'superseded' })
  })

  it('fits into a full queue when it makes room, and changes nothing when it is refused or known', async () => {
    const store = await openStore()
    await store.accept(newMessage('old', { idempotencyKey: 'old', notice: ticket() }), 1)
    expect(
      await store.accept(newMessage('new', { idempotencyKey: 'new', notice: ticket() }), 1),
    ).toMatchObject({
      outcome: 'accepted',
    })
    expect(await store.accept(newMessage('other', { notice: notice({ topic: 'other' }) }), 1)).toEqual({
      outcome: 'full',
    })
    const repeated = await store.accept(newMessage('again', { idempotencyKey: 'old', notice: ticket() }), 1)
    expect(repeated).toMatchObject({ outcome: 'repeated', message: { id: 'old', state: 'superseded' } })
    expect(await store.find('new')).toMatchObject({ state: 'queued' })
  })

  it('is not sent in the place of one that was taken out just before its handover', async () => {
    const store = await openStore()
    await store.accept(newMessage('old', { notice: ticket() }), 10)
    expect(await readyAt(store, 1)).toBe('old')
    await store.accept(newMessage('new', { notice: ticket() }), 10)
    expect(await store.move({ id: 'old', to: 'sending', at: later(1) })).toBe(false)
  })
})
