import { join } from 'node:path'
import { createLogger } from '@ura/core/logger'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { SqliteOutboxStore } from '../outbox/sqlite-outbox-store.ts'
import { eventually } from '../testing/eventually.ts'
import { ManualTime } from '../testing/manual-time.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import type { InboundConsumer } from './inbound-consumer.ts'
import { InboundDesk } from './inbound-desk.ts'
import type { ReceivedMessage } from './received-message.ts'

/** Answers every message, counting how often it is asked; `fault` makes it fail. */
class FakeConsumer implements InboundConsumer {
  asked = 0
  fault: Error | null = null

  async consume() {
    this.asked += 1
    if (this.fault !== null) {
      throw this.fault
    }
    return { outcome: 'answered' as const, reply: `resposta ${this.asked}` }
  }

  giveUp() {
    return { outcome: 'answered' as const, reply: 'desistimos' }
  }
}

function startDesk(path = join(temporaryFolder(), 'outbox.sqlite'), queuedMax = 100) {
  const time = new ManualTime()
  const store = new SqliteOutboxStore({ path, textsMax: 10 })
  const consumer = new FakeConsumer()
  const counted: string[] = []
  let repliesTold = 0
  const desk = new InboundDesk({
    store: store.inbound,
    consumer,
    clock: time,
    timers: time,
    log: createLogger({ service: 'test', level: 'silent' }),
    hashKey: 'key',
    queuedMax,
    retentionDays: 2,
    onReply: () => (repliesTold += 1),
    onCounted: (result) => counted.push(result),
  })
  onTestFinished(async () => {
    await desk.close()
    await store.close().catch(() => {})
  })
  const replies = async (): Promise<(string | null)[]> =>
    (await store.transcript({ to: null, after: null, limit: 100 })).map(({ content }) =>
      content?.kind === 'text' ? content.text : null,
    )
  const message = (id: string, changes: Partial<ReceivedMessage> = {}): ReceivedMessage => ({
    channel: 'fake',
    id,
    from: '+5545999990001',
    sentAt: time.now(),
    kind: 'text',
    text: 'oi',
    isPrivate: true,
    raw: '{}',
    ...changes,
  })
  return { path, time, store, consumer, counted, desk, replies, message, repliesTold: () => repliesTold }
}

describe('a received message', () => {
  it('is answered once, however often it comes', async () => {
    const { desk, message, consumer, counted, replies } = startDesk()
    await desk.receive(message('one'))
    await desk.wake()
    await desk.receive(message('one'))
    await desk.wake()
    expect(await replies()).toEqual(['resposta 1'])
    expect([consumer.asked, counted]).toEqual([1, ['answered', 'repeated']])
  })

  it('of the same id on another channel is another message', async () => {
    const { desk, message, replies } = startDesk()
    await desk.receive(message('one'))
    await desk.receive(message('one', { channel: 'other' }))
    await desk.wake()
    expect(await replies()).toEqual(['resposta 1', 'resposta 2'])
  })

  it('that was on disk when the process died is answered by the next one, once', async () => {
    const first = startDesk()
    await first.store.inbound.receive(first.message('one'), {
      receivedAt: first.time.now(),
      unprocessedMax: 10,
    })
    await first.store.close()
    const second = startDesk(first.path)
    await second.desk.wake()
    await second.desk.wake()
    expect(await second.replies()).toEqual(['resposta 1'])
  })

  it('leaves no reply when its mark can not be written, and is decided anew', async () => {
    const { desk, message, store, time, replies } = startDesk(undefined, 1)
    await desk.receive(message('one'))
    await desk.receive(message('two'))
    await desk.wake()
    expect(await replies()).toEqual(['resposta 1'])
    const [queued] = await store.transcript({ to: null, after: null, limit: 1 })
    await store.move({ id: queued?.id ?? '', to: 'sending', at: time.now() })
    time.advance(1_000)
    await eventually(replies).toEqual(['resposta 1', 'resposta 3'])
  })

  it('whose reply was written before a fault told so has the reply sent, once', async () => {
    const { desk, message, store, time, replies, repliesTold } = startDesk()
    const complete = store.inbound.complete.bind(store.inbound)
    vi.spyOn(store.inbound, 'complete').mockImplementationOnce(async (place, completion) => {
      await complete(place, completion)
      throw new Error('connection lost at the commit')
    })
    await desk.receive(message('one'))
    await desk.wake()
    expect(repliesTold()).toBe(1)
    time.advance(1_000)
    await desk.wake()
    expect(await replies()).toEqual(['resposta 1'])
  })

  it('is tried again with longer and longer pauses, then given up with words', async () => {
    const { desk, message, time, consumer, replies } = startDesk()
    consumer.fault = new Error('the API is away')
    await desk.receive(message('one'))
    await desk.wake()
    for (const [index, pauseMs] of [1_000, 2_000, 4_000, 8_000, 16_000, 32_000].entries()) {
      expect(consumer.asked).toBe(index + 1)
      time.advance(pauseMs)
      await desk.wake()
    }
    expect(await replies()).toEqual(['desistimos'])
  })

  it('of nobody, of a group, or a reaction asks for no answer', async () => {
    const { desk, message, counted, consumer } = startDesk()
    await desk.receive(message('one', { from: null }))
    await desk.receive(message('two', { isPrivate: false }))
    await desk.receive(message('three', { kind: 'reaction', text: null }))
    await desk.wake()
    expect([consumer.asked, counted]).toEqual([0, ['ignored', 'ignored', 'ignored']])
  })

  it('is forgotten after the retention, when another one comes', async () => {
    const { desk, message, time, store, counted } = startDesk()
    await desk.receive(message('one'))
    await desk.wake()
    time.advance(3 * 24 * 60 * 60_000)
    await desk.receive(message('two'))
    await desk.wake()
    await desk.receive(message('one', { from: null }))
    await desk.wake()
    expect(counted).toEqual(['answered', 'answered', 'ignored'])
    expect(await store.inbound.lastMessageAt('fake', ['+5545999990001'])).toEqual(time.now())
  })
})

describe('the time of the last message', () => {
  it('is the newest of any of the numbers, by the provider’s clock but never ahead of ours', async () => {
    const { desk, message, time, store } = startDesk()
    const early = new Date(time.now().getTime() - 60_000)
    await desk.receive(message('one', { sentAt: early }))
    expect(await store.inbound.lastMessageAt('fake', ['+5545999990001'])).toEqual(early)
    await desk.receive(message('two', { from: '+554599990001', sentAt: time.in(60_000) }))
    const both = ['+5545999990001', '+554599990001']
    expect(await store.inbound.lastMessageAt('fake', both)).toEqual(time.now())
    expect(await store.inbound.lastMessageAt('other', both)).toBeNull()
  })
})
