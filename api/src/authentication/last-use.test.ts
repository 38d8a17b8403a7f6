import { expect, it } from 'vitest'
import { createTestApi, type TestApi } from '../testing/test-api.ts'
import { listClients } from './client-repository.ts'

async function lastUse(test: TestApi): Promise<string | undefined> {
  const [client] = await listClients(test.api.db)
  return client?.lastUsedAt?.toISOString()
}

it("keeps a client's last use from its sign-in and its requests, at most once a minute", async () => {
  await using test = await createTestApi()
  await expect.poll(() => lastUse(test)).toBe('2026-11-23T14:00:00.000Z')
  test.clock.advance({ seconds: 59 })
  await test.get('/api/horario_atendimento')
  test.clock.advance({ seconds: 2 })
  await test.get('/api/horario_atendimento')
  await expect.poll(() => lastUse(test)).toBe('2026-11-23T14:01:01.000Z')
})
