import { afterEach, beforeEach, expect, it } from 'vitest'
import { createTestApi, type TestApi } from '../testing/test-api.ts'
import { pruneAttempts } from '../users/registration-attempts.ts'
import { type OlderRows, removeOlder } from './remove-older.ts'

let test: TestApi
beforeEach(async () => {
  test = await createTestApi()
})
afterEach(() => test[Symbol.asyncDispose]())

/** Attempts of one origin, one at each of these milliseconds. */
async function addAttempts(origin: string, times: readonly number[]): Promise<void> {
  for (let start = 0; start < times.length; start += 2_000) {
    const rows = times.slice(start, start + 2_000).map((at) => ({ phone_hash: origin, attempted_at_ms: at }))
    await test.api.db.insertInto('registration_attempts').values(rows).execute()
  }
}

const kept = async () => {
  const rows = await test.api.db
    .selectFrom('registration_attempts')
    .select(['phone_hash', 'attempted_at_ms'])
    .orderBy('id')
    .execute()
  return rows.map((row) => `${row.phone_hash} ${row.attempted_at_ms}`)
}

const attempts = { table: 'registration_attempts', column: 'attempted_at_ms' } as const
const times = Array.from({ length: 11_000 }, (_unused, index) => index)

it('removes the older ones alone, of the kind that is named', async () => {
  await addAttempts('a', [1, 2, 3])
  await addAttempts('b', [1, 2, 3])
  const older: OlderRows = { ...attempts, beforeMs: 3, equal: { phone_hash: 'a' } }
  expect(await removeOlder(test.api.db, older)).toBe(2)
  expect(await kept()).toEqual(['a 3', 'b 1', 'b 2', 'b 3'])
})

it('removes them in batches of 5,000', async () => {
  await addAttempts('a', times)
  const progress: number[] = []
  const older = { ...attempts, beforeMs: 10_999 }
  const removed = await removeOlder(test.api.db, older, { onProgress: (count) => progress.push(count) })
  expect([removed, progress]).toEqual([10_999, [5_000, 10_000, 10_999]])
  expect(await kept()).toEqual(['a 10999'])
})

it('removes those of one millisecond together', async () => {
  await addAttempts('a', [...times.map(() => 7), 8])
  expect(await removeOlder(test.api.db, { ...attempts, beforeMs: 8 })).toBe(11_000)
  expect(await kept()).toEqual(['a 8'])
})

it('ends behind the batch under way, the oldest gone, when it is told to', async () => {
  await addAttempts('a', times)
  const closing = new AbortController()
  const older = { ...attempts, beforeMs: 11_000 }
  const options = { signal: closing.signal, onProgress: () => closing.abort() }
  expect(await removeOlder(test.api.db, older, options)).toBe(5_000)
  expect((await kept())[0]).toBe('a 5000')
})

it('is how registration attempts are forgotten that no window can hold', async () => {
  await addAttempts('a', [1, 2, 3])
  await pruneAttempts(test.api.db, new Date(2))
  expect(await kept()).toEqual(['a 2', 'a 3'])
})
