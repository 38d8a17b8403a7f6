import { startStallingProxy } from '@ura/core/database/testing/stalling-proxy'
import { createTestDatabase } from '@ura/core/database/testing/test-database'
import { expect, it, onTestFinished } from 'vitest'
import { startGateway } from '../../testing/gateway-under-test.ts'

const phone = '+5545999990001'

it('a gateway whose server hangs tells it with 503, and goes on by itself with nothing lost', async () => {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  const address = new URL(database.url)
  const proxy = await startStallingProxy(Number(address.port))
  onTestFinished(() => proxy.close())
  address.port = String(proxy.port)
  const { send, request, printed } = await startGateway({
    environment: { GATEWAY_DATABASE_URL: address.href },
  })
  expect((await send({ phone, message: 'before' }, { wait: 10_000 })).json()).toMatchObject({
    status: 'sent',
  })
  proxy.stall()
  const refused = await send({ phone, message: 'during' }, { key: 'during' })
  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '5'])
  expect(refused.json()).toMatchObject({ erro: { codigo: 'SERVICO_INDISPONIVEL' } })
  expect((await request({ url: '/readyz' })).statusCode).toBe(503)
  expect((await request({ url: '/healthz' })).statusCode).toBe(200)
  proxy.resume()
  const repeated = async () =>
    (await send({ phone, message: 'during' }, { key: 'during', wait: 5_000 })).statusCode
  await expect.poll(repeated, { timeout: 30_000, interval: 200 }).toBe(200)
  expect(printed.map(({ text }) => text)).toEqual(['before', 'during'])
}, 60_000)
