import { describe, expect, it } from 'vitest'
import { createTestApi, type TestApi } from '../testing/test-api.ts'
import { createTestClient } from '../testing/test-clients.ts'
import { changedTicket, openedTicket } from '../testing/test-tickets.ts'

const ofCall = { chamada: '17.5', momento: 'tecnico', nota: 4 }

async function rate(test: TestApi, body: object): Promise<unknown> {
  return (await test.post('/api/avaliar_atendimento', body)).json()
}

describe('POST /api/avaliar_atendimento', () => {
  it('keeps the rating of a ticket, once, whatever call it comes from', async () => {
    await using test = await createTestApi()
    const chamado = await openedTicket(test)
    const rating = { chamada: '17.5', momento: 'consulta', nota: 5, usuario: '1001', chamado }
    expect(await rate(test, rating)).toEqual({ status: true })
    expect(await rate(test, { ...rating, nota: 1 })).toEqual({ status: false })
    expect(await rate(test, { ...rating, nota: 1, chamada: '18.5' })).toEqual({ status: false })
    const reader = await createTestClient(test, 'read')
    expect((await reader.get(`/api/v1/tickets/${chamado}`)).json()).toMatchObject({ rating: 5 })
  })

  it('keeps the rating of a call without a ticket, once', async () => {
    await using test = await createTestApi()
    expect(await rate(test, ofCall)).toEqual({ status: true })
    expect(await rate(test, { ...ofCall, nota: 5 })).toEqual({ status: false })
    expect(await rate(test, { ...ofCall, chamada: '17.6' })).toEqual({ status: true })
  })

  it('tells with a ticket whether it is rated', async () => {
    await using test = await createTestApi()
    const chamado = await openedTicket(test)
    const found = async (): Promise<unknown> =>
      (await test.post('/api/verificar_chamado', { usuario: '1001', chamado })).json()
    expect(await found()).toMatchObject({ chamado: { avaliado: false } })
    await rate(test, { ...ofCall, usuario: '1001', chamado })
    expect(await found()).toMatchObject({ chamado: { avaliado: true } })
  })

  it("changes a ticket's ETag, and nothing that a change of it would ask for", async () => {
    await using test = await createTestApi()
    const chamado = await openedTicket(test)
    const agent = await createTestClient(test, 'agent')
    const before = await agent.get(`/api/v1/tickets/${chamado}`)
    await rate(test, { ...ofCall, usuario: '1001', chamado })
    const after = await agent.get(`/api/v1/tickets/${chamado}`)
    expect(after.headers['etag']).not.toBe(before.headers['etag'])
    expect(await changedTicket(agent, chamado, `${before.headers['etag']}`)).toBe(200)
  })

  it.each(['10025', '1', '99999999'])("tells nobody of another's ticket or of none: %s", async (chamado) => {
    await using test = await createTestApi()
    await openedTicket(test)
    const answer = await test.post('/api/avaliar_atendimento', { ...ofCall, usuario: '1002', chamado })
    expect([answer.statusCode, answer.json()]).toMatchObject([
      404,
      { erro: { codigo: 'CHAMADO_NAO_ENCONTRADO' } },
    ])
  })

  it.each([
    [{ nota: 0 }, 'nota'],
    [{ nota: 6 }, 'nota'],
    [{ nota: 2.5 }, 'nota'],
    [{ nota: '5' }, 'nota'],
    [{ momento: 'sempre' }, 'momento'],
    [{ chamada: '' }, 'chamada'],
    [{ usuario: '1001' }, 'chamado'],
    [{ chamado: '10017' }, 'usuario'],
    [{ nome: 'Ana' }, 'nome'],
  ])('refuses %j and names %s', async (change, field) => {
    await using test = await createTestApi()
    const answer = await test.post('/api/avaliar_atendimento', { ...ofCall, ...change })
    expect([answer.statusCode, answer.json()]).toMatchObject([400, { erro: { campo: field } }])
  })
})

describe('GET /api/v1/satisfaction', () => {
  it('gives mean and count of all ratings, of a period, of a moment', async () => {
    await using test = await createTestApi()
    const reader = await createTestClient(test, 'read')
    const read = async (query = ''): Promise<unknown> =>
      (await reader.get(`/api/v1/satisfaction${query}`)).json()
    expect(await read()).toMatchObject({ count: 0, mean: null })
    for (const [index, nota] of [5, 4, 4].entries()) {
      await rate(test, { ...ofCall, chamada: `17.${index}`, nota })
      test.clock.advance({ hours: 1 })
    }
    await rate(test, { ...ofCall, chamada: '18.1', nota: 1, momento: 'consulta' })
    expect(await read()).toEqual({
      count: 4,
      mean: 3.5,
      scores: [
        { score: 1, count: 1 },
        { score: 2, count: 0 },
        { score: 3, count: 0 },
        { score: 4, count: 2 },
        { score: 5, count: 1 },
      ],
    })
    expect(await read('?moment=tecnico')).toMatchObject({ count: 3, mean: 4.33 })
    const period = '?ratedFrom=2026-11-23T15:00:00Z&ratedTo=2026-11-23T16:00:00Z'
    expect(await read(period)).toMatchObject({ count: 1, mean: 4 })
  })

  it.each(['?ratedFrom=yesterday', '?moment=sempre', '?user=1001'])('refuses %s', async (query) => {
    await using test = await createTestApi()
    const reader = await createTestClient(test, 'read')
    expect((await reader.get(`/api/v1/satisfaction${query}`)).statusCode).toBe(400)
  })
})
