import { describe, expect, it } from 'vitest'
import { createTestOutbox, later, newMessage, settle } from '../../testing/test-outbox.ts'
import { deadStates } from '../message-state.ts'
import { deadTextsMax } from '../outbox-store.ts'

const code = { kind: 'otp', code: '4821', expiresAt: later(60_000) } as const
const replacement = { id: 'again', acceptedAt: later(5_000), deadline: later(65_000) }

async function openStore(options: { textsMax?: number } = {}) {
  const outbox = await createTestOutbox()
  return await outbox.open(options)
}

describe('dead letters', () => {
  it('are listed by their states, the newest first, page by page', async () => {
    const store = await openStore()
    for (const state of [...deadStates, 'sent'] as const) {
      await store.accept(newMessage(state), 10)
      await settle(store, state, state)
    }
    const listed = async (
      states: readonly (typeof deadStates)[number][],
      before: number | null,
      limit = 10,
    ) => (await store.deadLetters({ states, before, limit })).map(({ id }) => id)
    expect(await listed(deadStates, null)).toEqual(['unknown', 'expired', 'failed'])
    expect(await listed(['failed', 'unknown'], null, 1)).toEqual(['unknown'])
    expect(await listed(deadStates, 2)).toEqual(['failed'])
    expect(await store.deadCounts()).toEqual({ failed: 1, expired: 1, unknown: 1 })
  })

  it.each(deadStates)('that are %s keep their text, but never a code', async (state) => {
    const store = await openStore()
    await store.accept(newMessage('text'), 10)
    await store.accept(newMessage('code', { content: code, to: '+5545999990002' }), 10)
    await settle(store, 'text', state)
    await settle(store, 'code', state)
    expect(await store.find('text')).toMatchObject({ kind: 'text', content: { text: 'text of text' } })
    expect(await store.find('code')).toMatchObject({ kind: 'otp', content: null })
  })

  it('lose their text when the provider tells that they arrived after all', async () => {
    const store = await openStore()
    await store.accept(newMessage('m'), 10)
    await settle(store, 'm', 'unknown')
    await store.move({ id: 'm', to: 'delivered', at: later(3) })
    expect((await store.find('m'))?.content).toBeNull()
  })

  it('keep their text whatever the driver keeps, also over a restart, for the newest only', async () => {
    const outbox = await createTestOutbox()
    const store = await outbox.open({ textsMax: 1 })
    const count = deadTextsMax + 1
    for (let number = 1; number <= count; number += 1) {
      await store.accept(newMessage(`m${number}`), 10)
      await store.move({ id: `m${number}`, to: 'expired', at: later(1) })
    }
    await store.close()
    const reopened = await outbox.open({ textsMax: 0 })
    expect((await reopened.find('m1'))?.content).toBeNull()
    expect((await reopened.find('m2'))?.content).not.toBeNull()
    expect((await reopened.find(`m${count}`))?.content).not.toBeNull()
  }, 60_000)
})

describe('a replay', () => {
  it('is a new message with the text of the old one, linked to it, which takes the text along', async () => {
    const store = await openStore()
    await store.accept(newMessage('dead'), 10)
    await settle(store, 'dead', 'failed')
    expect(await store.replay({ deadId: 'dead', deadState: 'failed', ...replacement }, 10)).toMatchObject({
      outcome: 'accepted',
      message: {
        id: 'again',
        to: '+5545999990001',
        content: { text: 'text of dead' },
        state: 'queued',
        replayOf: 'dead',
        deadline: replacement.deadline,
      },
    })
    expect(await store.find('dead')).toMatchObject({ state: 'failed', content: null })
    expect(await store.findReplayOf('dead')).toMatchObject({ id: 'again' })
    expect(await store.findReplayOf('again')).toBeNull()
    const now = later(5_001)
    expect(await store.nextReady({ channel: 'whatsapp', now, recipientIntervalMs: 0 })).toMatchObject({
      id: 'again',
    })
  })

  it('happens once', async () => {
    const store = await openStore()
    await store.accept(newMessage('dead'), 10)
    await settle(store, 'dead', 'failed')
    const replays = ['one', 'two'].map((id) =>
      store.replay({ deadId: 'dead', deadState: 'failed', ...replacement, id }, 10),
    )
    expect(await Promise.all(replays)).toMatchObject([
      { outcome: 'accepted', message: { id: 'one' } },
      { outcome: 'repeated', message: { id: 'one' } },
    ])
  })

  it('does nothing when the state has changed, nothing is left to send, or too many wait', async () => {
    const store = await openStore()
    await store.accept(newMessage('dead'), 10)
    await settle(store, 'dead', 'unknown')
    await store.accept(newMessage('code', { content: code }), 10)
    await settle(store, 'code', 'failed')
    const replay = (deadId: string, deadState: 'failed' | 'unknown', queuedMax = 10) =>
      store.replay({ deadId, deadState, ...replacement }, queuedMax)
    expect(await replay('dead', 'failed')).toEqual({ outcome: 'changed' })
    expect(await replay('code', 'failed')).toEqual({ outcome: 'changed' })
    expect(await replay('nobody', 'failed')).toEqual({ outcome: 'changed' })
    expect(await replay('dead', 'unknown', 0)).toEqual({ outcome: 'full' })
    expect((await store.find('dead'))?.content).not.toBeNull()
  })
})
