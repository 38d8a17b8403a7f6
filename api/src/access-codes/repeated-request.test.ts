import { describe, expect, it, vi } from 'vitest'
import { createTestApi, type TestApi } from '../testing/test-api.ts'

function ask(test: TestApi, usuario: string, headers: Record<string, string>) {
  return test.post('/api/solicitar_codigo', { usuario, chamada: '1795360430.0' }, headers)
}

describe('the same Idempotency-Key on solicitar_codigo', () => {
  const key = { 'idempotency-key': 'call-1:send-code:1' }

  it('sends one code and answers alike', async () => {
    await using test = await createTestApi()
    const first = await ask(test, '1001', key)
    test.clock.advance({ seconds: 5 })
    const second = await ask(test, '1001', key)
    expect([second.statusCode, second.json()]).toEqual([202, first.json()])
    expect(test.gateway.codes).toHaveLength(1)
  })

  it('waits for the first request, when both come at once', async () => {
    await using test = await createTestApi()
    const { promise, resolve } = Promise.withResolvers<void>()
    test.gateway.hold = promise
    const answers = [ask(test, '1001', key), ask(test, '1001', key)]
    resolve()
    expect((await Promise.all(answers)).map((answer) => answer.statusCode)).toEqual([202, 202])
    expect(test.gateway.codes).toHaveLength(1)
  })

  it('tells a failure again without another try', async () => {
    await using test = await createTestApi()
    test.gateway.fault = 'http_503'
    await ask(test, '1001', key)
    test.gateway.fault = null
    expect((await ask(test, '1001', key)).statusCode).toBe(503)
    expect(test.gateway.codes).toHaveLength(0)
  })

  it('tells of a failure at once when the first request was cut off between code and delivery', async () => {
    await using test = await createTestApi()
    await ask(test, '1001', key)
    await test.api.db.updateTable('access_codes').set({ delivery: 'sending' }).execute()
    test.clock.advance({ seconds: 7 })
    const reads = vi.spyOn(test.api.db, 'selectFrom')
    expect((await ask(test, '1001', key)).statusCode).toBe(503)
    expect(reads.mock.calls.filter(([table]) => table === 'access_codes')).toHaveLength(1)
    expect(
      await test.api.db.selectFrom('access_codes').select(['delivery', 'ended_reason']).execute(),
    ).toEqual([{ delivery: 'unknown', ended_reason: 'not_sent' }])
  })

  it('with another body is refused', async () => {
    await using test = await createTestApi()
    await ask(test, '1001', key)
    const other = await ask(test, '1002', key)
    expect([other.statusCode, other.json<{ erro: { codigo: string } }>().erro.codigo]).toEqual([
      409,
      'CHAVE_REUTILIZADA',
    ])
  })

  it.each(['with space', 'ç', 'x'.repeat(129)])('is refused when it is %j', async (bad) => {
    await using test = await createTestApi()
    const answer = await ask(test, '1001', { 'idempotency-key': bad })
    expect(answer.statusCode).toBe(400)
    expect(answer.json()).toMatchObject({ erro: { campo: 'Idempotency-Key' } })
  })
})
