import { expect, it } from 'vitest'
import { createTestApi } from '../testing/test-api.ts'
import { pruneIdempotencyKeys } from './idempotency.ts'

const day = 86_400_000

it('keys older than 7 days are forgotten, at most 10,000 a time, the oldest first', async () => {
  await using test = await createTestApi()
  const { db } = test.api
  const now = test.clock.now()
  const row = { client_id: 1, endpoint: 'novo_chamado', request_hash: 'x', answer: '{}' }
  const ages = [6.9 * day, ...Array.from({ length: 10_003 }, (_, index) => 7 * day + 10_003 - index)]
  await db.transaction().execute(async (trx) => {
    for (const [index, age] of ages.entries()) {
      await trx
        .insertInto('idempotency_keys')
        .values({ ...row, idempotency_key: `k${index}`, created_at_ms: now.getTime() - age })
        .execute()
    }
  })
  const left = async () =>
    (
      await db.selectFrom('idempotency_keys').select('idempotency_key').orderBy('created_at_ms').execute()
    ).map((key) => key.idempotency_key)
  await pruneIdempotencyKeys(db, now)
  expect(await left()).toEqual(['k10001', 'k10002', 'k10003', 'k0'])
  await pruneIdempotencyKeys(db, now)
  expect(await left()).toEqual(['k0'])
})
