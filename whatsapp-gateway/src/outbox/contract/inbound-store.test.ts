import { describe, expect, it } from 'vitest'
import { type ReceivedMessage, receivedRawMax, receivedTextMax } from '../../inbound/received-message.ts'
import { acceptedAt, createTestOutbox, later, newMessage } from '../../testing/test-outbox.ts'

const receiving = { receivedAt: acceptedAt, unprocessedMax: 10 }

function received(id: string, fields: Partial<ReceivedMessage> = {}): ReceivedMessage {
  return {
    channel: 'fake',
    id,
    from: '+5545999990001',
    sentAt: acceptedAt,
    kind: 'text',
    text: `text of ${id}`,
    isPrivate: true,
    raw: '{}',
    ...fields,
  }
}

const answered = (reply: string | null, queuedMax = 10) =>
  ({
    outcome: 'answered',
    at: later(1),
    reply: reply === null ? null : newMessage(reply, { idempotencyKey: reply }),
    queuedMax,
  }) as const

async function openStore() {
  const outbox = await createTestOutbox()
  const store = await outbox.open()
  return { outbox, store, inbound: store.inbound }
}

describe('received messages', () => {
  it('are given back as they came, also to the next opening', async () => {
    const { outbox, store, inbound } = await openStore()
    const text = `Olá 🖨️ "\\' %_ \n${'ç'.repeat(receivedTextMax - 20)}`
    const whole = received('one', { text, raw: JSON.stringify({ text: 'ç'.repeat(receivedRawMax - 11) }) })
    const bare = received('two', { from: null, kind: 'other', text: null, isPrivate: false })
    await inbound.receive(whole, { receivedAt: later(5), unprocessedMax: 10 })
    await inbound.receive(bare, { receivedAt: later(6), unprocessedMax: 10 })
    await store.close()
    const reopened = (await outbox.open()).inbound
    const { raw: wholeRaw, ...wholeRest } = whole
    const { raw: bareRaw, ...bareRest } = bare
    expect([wholeRaw.length, bareRaw.length]).toEqual([receivedRawMax, 2])
    expect(await reopened.next(later(6))).toEqual({
      ...wholeRest,
      place: 1,
      receivedAt: later(5),
      tries: 0,
    })
    await reopened.complete(1, answered(null))
    expect(await reopened.next(later(6))).toEqual({ ...bareRest, place: 2, receivedAt: later(6), tries: 0 })
  })

  it('are kept once by channel and id, capitals apart, done or not', async () => {
    const { inbound } = await openStore()
    expect(await inbound.receive(received('one'), receiving)).toBe('stored')
    expect(await inbound.receive(received('one', { text: 'changed' }), receiving)).toBe('repeated')
    await inbound.complete(1, answered(null))
    expect(await inbound.receive(received('one'), receiving)).toBe('repeated')
    expect(await inbound.receive(received('ONE'), receiving)).toBe('stored')
    expect(await inbound.receive(received('one', { channel: 'other' }), receiving)).toBe('stored')
  })

  it('are kept once when one comes many times at once', async () => {
    const { inbound } = await openStore()
    const results = await Promise.all(
      Array.from({ length: 5 }, () => inbound.receive(received('one'), receiving)),
    )
    expect(results).toEqual(['stored', 'repeated', 'repeated', 'repeated', 'repeated'])
  })

  it('are no more than may wait; those that are done do not count', async () => {
    const { inbound } = await openStore()
    const one = { receivedAt: acceptedAt, unprocessedMax: 1 }
    expect(await inbound.receive(received('one'), one)).toBe('stored')
    expect(await inbound.receive(received('two'), one)).toBe('full')
    expect(await inbound.receive(received('one'), one)).toBe('repeated')
    await inbound.complete(1, answered(null))
    expect(await inbound.receive(received('two'), one)).toBe('stored')
  })

  it('come out oldest first; one that was postponed lets the others pass until it is due', async () => {
    const { inbound } = await openStore()
    expect(await inbound.nextDueAt()).toBeNull()
    await inbound.receive(received('one'), receiving)
    await inbound.receive(received('two'), receiving)
    expect(await inbound.next(acceptedAt)).toMatchObject({ id: 'one', tries: 0 })
    await inbound.postpone(1, later(1_000))
    expect(await inbound.next(later(999))).toMatchObject({ id: 'two' })
    await inbound.complete(2, answered(null))
    expect(await inbound.next(later(999))).toBeNull()
    expect(await inbound.nextDueAt()).toEqual(later(1_000))
    expect(await inbound.next(later(1_000))).toMatchObject({ id: 'one', tries: 1 })
    await inbound.complete(1, answered(null))
    expect(await inbound.nextDueAt()).toBeNull()
  })

  it('are forgotten past their age when they are done, and can then come anew', async () => {
    const { inbound } = await openStore()
    await inbound.receive(received('done'), receiving)
    await inbound.receive(received('waiting'), receiving)
    await inbound.receive(received('young'), { ...receiving, receivedAt: later(10) })
    await inbound.complete(1, answered(null))
    await inbound.complete(3, answered(null))
    expect(await inbound.prune(later(10))).toBe(1)
    expect(await inbound.receive(received('done'), receiving)).toBe('stored')
    expect(await inbound.receive(received('waiting'), receiving)).toBe('repeated')
    expect(await inbound.receive(received('young'), receiving)).toBe('repeated')
  })

  it('are text, whatever SQL is in them', async () => {
    const { inbound } = await openStore()
    const hostile = `'; DROP TABLE inbound_message; --\\' OR 1=1`
    await inbound.receive(received(hostile, { text: hostile, raw: hostile }), receiving)
    expect(await inbound.next(acceptedAt)).toMatchObject({ id: hostile, text: hostile })
    expect(await inbound.lastMessageAt(hostile, [hostile])).toBeNull()
    expect(await inbound.recentOutcomes(hostile, acceptedAt)).toEqual({ answered: 0, helped: 0 })
  })
})

describe('a reply', () => {
  it('is in the outbox when its message is done', async () => {
    const { store, inbound } = await openStore()
    await inbound.receive(received('one'), receiving)
    expect(await inbound.complete(1, answered('reply'))).toBe(true)
    expect(await inbound.next(acceptedAt)).toBeNull()
    expect(
      await store.nextReady({ channel: 'whatsapp', now: later(2), recipientIntervalMs: 0 }),
    ).toMatchObject({ id: 'reply' })
  })

  it('that finds no room leaves its message to be worked through', async () => {
    const { store, inbound } = await openStore()
    await inbound.receive(received('one'), receiving)
    await store.accept(newMessage('waiting'), 1)
    expect(await inbound.complete(1, answered('reply', 1))).toBe(false)
    expect(await store.find('reply')).toBeNull()
    expect(await inbound.next(acceptedAt)).toMatchObject({ id: 'one' })
  })

  it('is not in the outbox when the mark of its message fails behind it', async () => {
    class BrokenDate extends Date {
      override getTime(): number {
        throw new Error('broken')
      }
    }
    const { store, inbound } = await openStore()
    await inbound.receive(received('one'), receiving)
    const completion = { ...answered('reply', 1), at: new BrokenDate() }
    await expect(inbound.complete(1, completion)).rejects.toThrow('broken')
    expect(await store.find('reply')).toBeNull()
    expect(await inbound.next(acceptedAt)).toMatchObject({ id: 'one' })
    // Nor does it take up the room of another one.
    expect(await inbound.complete(1, answered('reply', 1))).toBe(true)
  })

  it('that is there already is not sent once more', async () => {
    const { store, inbound } = await openStore()
    await inbound.receive(received('one'), receiving)
    await inbound.complete(1, answered('reply'))
    expect(await inbound.complete(1, answered('reply'))).toBe(true)
    expect(await store.backlog(null)).toMatchObject({ depth: 1 })
  })
})

describe('what a person got', () => {
  it('is counted by outcome, of that person, since a time', async () => {
    const { inbound } = await openStore()
    const done = async (
      id: string,
      outcome: 'answered' | 'helped' | 'ignored',
      atMs: number,
      from?: string,
    ) => {
      await inbound.receive(received(id, from === undefined ? {} : { from }), receiving)
      const message = await inbound.next(acceptedAt)
      await inbound.complete(message?.place ?? 0, { outcome, at: later(atMs), reply: null, queuedMax: 10 })
    }
    await done('old', 'answered', 10)
    await done('one', 'answered', 11)
    await done('two', 'answered', 12)
    await done('three', 'helped', 12)
    await done('four', 'ignored', 12)
    await done('five', 'answered', 12, '+5545999990002')
    await inbound.receive(received('waiting'), receiving)
    expect(await inbound.recentOutcomes('+5545999990001', later(10))).toEqual({ answered: 2, helped: 1 })
    expect(await inbound.recentOutcomes('+5545999990003', later(10))).toEqual({ answered: 0, helped: 0 })
  })
})

describe('the time of the last message', () => {
  it('is the newest private one of any of the numbers on that channel', async () => {
    const { inbound } = await openStore()
    const both = ['+5545999990001', '+554599990001']
    expect(await inbound.lastMessageAt('fake', both)).toBeNull()
    await inbound.receive(received('new', { sentAt: later(5) }), receiving)
    await inbound.receive(received('old', { sentAt: later(3), from: '+554599990001' }), receiving)
    await inbound.receive(received('group', { sentAt: later(9), isPrivate: false }), receiving)
    expect(await inbound.lastMessageAt('fake', both)).toEqual(later(5))
    expect(await inbound.lastMessageAt('fake', ['+554599990001'])).toEqual(later(3))
    expect(await inbound.lastMessageAt('other', both)).toBeNull()
    expect(await inbound.lastMessageAt('fake', [])).toBeNull()
  })
})
