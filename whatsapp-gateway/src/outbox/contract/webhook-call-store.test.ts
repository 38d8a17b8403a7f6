import { expect, it } from 'vitest'
import { acceptedAt, createTestOutbox, later } from '../../testing/test-outbox.ts'

const keeping = { receivedAt: acceptedAt, waitingMax: 10 }

async function openCalls() {
  const outbox = await createTestOutbox()
  const store = await outbox.open()
  return { outbox, store, calls: store.webhookCalls }
}

it('calls come out oldest first until they are done, also after the next opening', async () => {
  const { outbox, store, calls } = await openCalls()
  expect(await calls.next()).toBeNull()
  await calls.keep('one', keeping)
  await calls.keep('two', keeping)
  expect(await calls.next()).toEqual({ place: 1, body: 'one' })
  expect(await calls.next()).toEqual({ place: 1, body: 'one' })
  await store.close()
  const reopened = (await outbox.open()).webhookCalls
  expect(await reopened.next()).toEqual({ place: 1, body: 'one' })
  await reopened.done(1)
  expect(await reopened.next()).toEqual({ place: 2, body: 'two' })
  await reopened.done(2)
  expect(await reopened.next()).toBeNull()
})

it('a call as large as the provider may send comes back to the last character', async () => {
  const { calls } = await openCalls()
  const beginning = `{"text":"Olá 🖨️ \\" \\\\ ' %_ :name ? \\u0000`
  const body = `${beginning}${'ç'.repeat(1_500_000)}"}`
  expect(Buffer.byteLength(body)).toBeGreaterThan(3_000_000)
  await calls.keep(body, keeping)
  expect((await calls.next())?.body === body).toBe(true)
})

it('no more calls are kept than may wait, and done ones do not count', async () => {
  const { calls } = await openCalls()
  const one = { receivedAt: acceptedAt, waitingMax: 1 }
  expect(await calls.keep('one', one)).toBe(true)
  expect(await calls.keep('two', one)).toBe(false)
  await calls.done(1)
  expect(await calls.keep('two', one)).toBe(true)
})

it('a call that was set aside waits no more, takes no room, and is forgotten after its time', async () => {
  const { calls } = await openCalls()
  const one = { receivedAt: acceptedAt, waitingMax: 1 }
  await calls.keep('bad', one)
  await calls.setAside(1, later(5))
  expect(await calls.next()).toBeNull()
  expect(await calls.keep('good', one)).toBe(true)
  expect(await calls.next()).toMatchObject({ body: 'good' })
  expect(await calls.prune(later(5))).toBe(0)
  expect(await calls.prune(later(6))).toBe(1)
  expect(await calls.next()).toMatchObject({ body: 'good' })
})
