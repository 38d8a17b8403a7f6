import { expect, it } from 'vitest'
import { createTestApi } from '../testing/test-api.ts'
import { pruneIdempotencyKeys } from './idempotency.ts'

const day = 86_400_000

it('keys older than 7 days are forgotten', async () => {
  await using test = await createTestApi()
  const { db } = test.api
  const nowMs = test.clock.now().getTime()
  const row = { client_id: 1, endpoint: 'novo_chamado', request_hash: 'x', answer: '{}' }
  const ages = { young: 6.9 * day, old: 7.1 * day, older: 30 * day }
  await db
    .insertInto('idempotency_keys')
    .values(
      Object.entries(ages).map(([key, age]) => ({
        ...row,
        idempotency_key: key,
        created_at_ms: nowMs - age,
      })),
    )
    .execute()
  await pruneIdempotencyKeys(db, test.clock.now())
  const left = await db.selectFrom('idempotency_keys').select('idempotency_key').execute()
  expect(left).toEqual([{ idempotency_key: 'young' }])
})
