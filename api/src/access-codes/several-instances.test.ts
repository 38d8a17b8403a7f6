import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createFakeClock, type FakeClock } from '../testing/fakes.ts'
import { createTestApi, type TestApi } from '../testing/test-api.ts'
import type { TestDatabase } from '@ura/core/database/testing/test-database'
import { borrowMigratedDatabase } from '../testing/migrated-test-database.ts'

/** Two instances of the API on one database, as behind a load balancer. */
let database: TestDatabase
let clock: FakeClock
let one: TestApi
let other: TestApi

beforeEach(async () => {
  database = await borrowMigratedDatabase()
  clock = createFakeClock()
  one = await start()
  other = await start()
})

afterEach(async () => {
  await one.api.close()
  await other.api.close()
  await database.drop()
})

function start(): Promise<TestApi> {
  return createTestApi({ DATABASE_URL: database.url, SESSION_HOURS: '168' }, clock)
}

/** The same request at the same time, half of them at each instance. */
async function atBoth<T>(count: number, ask: (test: TestApi, index: number) => Promise<T>): Promise<T[]> {
  return await Promise.all(
    Array.from({ length: count }, (_, index) => ask(index % 2 === 0 ? one : other, index)),
  )
}

function statuses(answers: readonly { statusCode: number }[], statusCode: number): number {
  return answers.filter((answer) => answer.statusCode === statusCode).length
}

function newestCode(): string {
  return [...one.gateway.codes, ...other.gateway.codes].at(-1)?.code ?? 'none'
}

function wrong(code: string): string {
  return code === '0000' ? '0001' : '0000'
}

describe('on two instances', () => {
  it('a session opened at one is good at the other', async () => {
    const answer = await other.get('/api/horario_atendimento', { authorization: `Bearer ${one.session}` })
    expect(answer.statusCode).toBe(200)
  })

  it('a code asked for at one opens at the other, once', async () => {
    await one.post('/api/solicitar_codigo', { usuario: '1001' })
    const codigo = newestCode()
    const answers = await atBoth(10, (test) => test.post('/api/verificar_codigo', { user: '1001', codigo }))
    expect(answers.filter((answer) => answer.json<{ status: boolean }>().status)).toHaveLength(1)
  })

  it('twenty requests for a code at once send three', async () => {
    const answers = await atBoth(20, (test) => test.post('/api/solicitar_codigo', { usuario: '1001' }))
    expect([statuses(answers, 202), statuses(answers, 429)]).toEqual([3, 17])
    expect(one.gateway.codes.length + other.gateway.codes.length).toBe(3)
  })

  it('forty wrong tries at once count five, and the right code is worth nothing after them', async () => {
    await one.post('/api/solicitar_codigo', { usuario: '1001' })
    const codigo = newestCode()
    const answers = await atBoth(40, (test) =>
      test.post('/api/verificar_codigo', { user: '1001', codigo: wrong(codigo) }),
    )
    const reasons = answers.map((answer) => answer.json<{ motivo: string }>().motivo)
    expect(reasons.filter((reason) => reason === 'incorreto')).toHaveLength(4)
    expect(reasons.filter((reason) => reason === 'bloqueado')).toHaveLength(36)
    const { wrong_tries: tries } = await one.api.db
      .selectFrom('access_codes')
      .select('wrong_tries')
      .executeTakeFirstOrThrow()
    expect(tries).toBe(5)
    const right = await other.post('/api/verificar_codigo', { user: '1001', codigo })
    expect(right.json()).toMatchObject({ status: false, motivo: 'bloqueado' })
  })

  it('fifty wrong registration codes of one number at once tell ten that they are wrong', async () => {
    const answers = await atBoth(50, (test, index) =>
      test.post('/api/verificar_usuario', { usuario: String(8_000 + index), telefone: '+5545988887777' }),
    )
    expect(statuses(answers, 200)).toBeLessThanOrEqual(10)
    expect(statuses(answers, 429)).toBeGreaterThanOrEqual(40)
  })

  it('twenty keys, each used at both at once, open twenty tickets', async () => {
    const answers = await atBoth(40, (test, index) =>
      test.post(
        '/api/novo_chamado',
        { usuario: '1001', servico: '2-2', chamada: `call-${Math.floor(index / 2)}` },
        { 'idempotency-key': `key-${Math.floor(index / 2)}` },
      ),
    )
    expect([statuses(answers, 201), statuses(answers, 200)]).toEqual([20, 20])
    expect(new Set(answers.map((answer) => answer.body)).size).toBe(20)
    const tickets = await one.api.db.selectFrom('tickets').select('call_id').execute()
    expect(new Set(tickets.map((ticket) => ticket.call_id)).size).toBe(20)
    expect(tickets).toHaveLength(20)
  })

  it('one idempotency key opens one ticket', async () => {
    const answers = await atBoth(20, (test) =>
      test.post('/api/novo_chamado', { usuario: '1001', servico: '2-2' }, { 'idempotency-key': 'the-same' }),
    )
    expect(new Set(answers.map((answer) => answer.json<{ protocolo: string }>().protocolo)).size).toBe(1)
    expect(statuses(answers, 201)).toBe(1)
  })

  it('limits outlive a restart', async () => {
    for (let time = 0; time < 3; time += 1) {
      await one.post('/api/solicitar_codigo', { usuario: '1001' })
    }
    const restarted = await start()
    expect((await restarted.post('/api/solicitar_codigo', { usuario: '1001' })).statusCode).toBe(429)
    await restarted.api.close()
  })
})

describe('somebody who tries codes as fast as they may, at both instances, for three days', () => {
  it('gets thirty-odd tries a day and no more, and not in', async () => {
    let tries = 0
    let successes = 0
    for (let quarter = 0; quarter < 3 * 24 * 4; quarter += 1) {
      const test = quarter % 2 === 0 ? one : other
      while ((await test.post('/api/solicitar_codigo', { usuario: '1001' })).statusCode === 202) {
        const guess = wrong(newestCode())
        for (let time = 0; time < 5; time += 1) {
          tries += 1
          const answer = await test.post('/api/verificar_codigo', { user: '1001', codigo: guess })
          successes += answer.json<{ status: boolean }>().status ? 1 : 0
        }
      }
      clock.advance({ minutes: 15 })
    }
    expect(successes).toBe(0)
    expect(tries).toBeGreaterThanOrEqual(3 * 30)
    expect(tries).toBeLessThanOrEqual(3 * 34)
  }, 20_000)
})
