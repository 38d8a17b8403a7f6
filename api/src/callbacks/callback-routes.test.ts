import type { CallRecord } from '@ura/core/ticket-api/schemas'
import { describe, expect, it } from 'vitest'
import { inTransaction } from '../database/transaction.ts'
import { keysetQuery } from '../listing/keyset-query.ts'
import { erasePerson } from '../privacy/erase-person.ts'
import { scanFault } from '../testing/query-cost.ts'
import { auditEvents, createTestApi, type TestApi } from '../testing/test-api.ts'
import { createTestClient, type TestClient } from '../testing/test-clients.ts'
import { findUser } from '../users/user-repository.ts'
import { type CallbackFilters, planCallbackList } from './callback-list.ts'
import { callbackStates } from './callback-repository.ts'
import type { CallbackResource } from './callback-resources.ts'

interface Page {
  items: CallbackResource[]
  next: string | null
}

/** A call of 1001, who hung up behind the category, a minute before the clock's now. */
function lostCall(test: TestApi, changes: Partial<CallRecord> = {}): CallRecord {
  const nowMs = test.clock.now().getTime()
  return {
    chamada: '17.1',
    rodada: 1,
    telefone: '+5545988887777',
    inicio: new Date(nowMs - 60_000).toISOString(),
    fim: new Date(nowMs).toISOString(),
    etapas: [],
    resultado: 'abandoned',
    usuario: '1001',
    verificado: true,
    categoria: 'Computador',
    servico: null,
    protocolos: [],
    ...changes,
  }
}

const keep = (test: TestApi, changes: Partial<CallRecord> = {}) =>
  test.post('/api/registrar_ligacao', lostCall(test, changes))
const openTicket = (test: TestApi, usuario: string) =>
  test.post('/api/novo_chamado', { usuario, servico: '2-2' })
const list = async (client: TestClient, query = '') =>
  (await client.get(`/api/v1/callbacks?${query}`)).json<Page>()
const names = ({ items }: Page) => items.map(({ callId, round }) => `${callId}/${round}`)
const path = '/api/v1/callbacks/17.1/1'

describe('a callback', () => {
  it('is what a verified caller had chosen who hung up before the ticket, the number masked', async () => {
    await using test = await createTestApi()
    const reader = await createTestClient(test, 'read')
    await keep(test, { servico: 'computador-nao-liga', resultado: 'failed' })
    const { items } = await list(reader)
    expect(items).toEqual([
      {
        callId: '17.1',
        round: 1,
        state: 'waiting',
        user: { code: '1001', name: 'João da Conceição' },
        phone: '+55 45 *****-7777',
        category: 'Computador',
        service: { code: 'computador-nao-liga', name: 'Computador não liga' },
        startedAt: lostCall(test).inicio,
        endedAt: lostCall(test).fim,
        doneAt: null,
        doneBy: null,
        version: 1,
      },
    ])
    expect((await reader.get(path)).json()).toEqual(items[0])
  })

  it.each([
    ['nobody proved who it was', { verificado: false }],
    ['it ended in a ticket', { resultado: 'ticket_opened', protocolos: ['10017'] }],
    ['a ticket had been opened before the rest failed', { resultado: 'failed', protocolos: ['10017'] }],
    ['it went to a technician', { resultado: 'transferred' }],
    ['it ended in an answer', { resultado: 'status_told' }],
    ['the caller said to be somebody else', { resultado: 'declined' }],
    ['nobody keyed a code', { usuario: null, verificado: false }],
  ] as const)('is not made when %s', async (_why, changes) => {
    await using test = await createTestApi()
    await keep(test, changes as Partial<CallRecord>)
    const reader = await createTestClient(test, 'read')
    expect(names(await list(reader))).toEqual([])
    expect((await reader.get(path)).statusCode).toBe(404)
  })

  it('is over when that person gets a ticket, and nobody else is', async () => {
    await using test = await createTestApi()
    const reader = await createTestClient(test, 'read')
    await keep(test)
    await keep(test, { chamada: '17.2', usuario: '1002' })
    await openTicket(test, '1001')
    expect(names(await list(reader))).toEqual(['17.2/1'])
    expect(await list(reader, 'state=superseded')).toMatchObject({
      items: [{ callId: '17.1', state: 'superseded', version: 2 }],
    })
  })

  it('is over at once when its record comes behind the ticket of a later call, not of an earlier one', async () => {
    await using test = await createTestApi()
    const reader = await createTestClient(test, 'read')
    await openTicket(test, '1001')
    await keep(test)
    expect(names(await list(reader))).toEqual([])
    test.clock.advance({ hours: 1 })
    await keep(test, { chamada: '17.2' })
    expect(names(await list(reader))).toEqual(['17.2/1'])
  })

  it('goes with the person, and is not made of a record that comes behind the erasure', async () => {
    await using test = await createTestApi()
    const reader = await createTestClient(test, 'read')
    await keep(test)
    const { db } = test.api
    const user = await findUser(db, '1001')
    if (user === null) throw new Error('no user')
    await inTransaction(db, (trx) => erasePerson(trx, user, test.clock.now()))
    await keep(test, { chamada: '17.2' })
    for (const state of callbackStates) {
      expect(names(await list(reader, `state=${state}`))).toEqual([])
    }
    const rows = await db.selectFrom('calls').selectAll().execute()
    expect(rows).toMatchObject([
      { user_code: null, phone: null, category_name: null },
      { user_code: null, phone: null, category_name: null },
    ])
  })
})

describe('the mark "done"', () => {
  it('keeps who and when, takes the callback off the list, and can be taken back', async () => {
    await using test = await createTestApi()
    const agent = await createTestClient(test, 'agent')
    await keep(test)
    const { etag } = (await agent.get(path)).headers
    const done = await agent.patch(path, { done: true }, { 'if-match': String(etag) })
    expect([done.statusCode, done.json()]).toMatchObject([
      200,
      { state: 'done', doneBy: 'agent', doneAt: test.clock.now().toISOString(), version: 2 },
    ])
    expect(names(await list(agent))).toEqual([])
    expect(names(await list(agent, 'state=done&userCode=1001'))).toEqual(['17.1/1'])
    // The same record once more: a repeated request of the call's.
    await keep(test)
    expect(names(await list(agent, 'state=done'))).toEqual(['17.1/1'])
    const again = await agent.patch(path, { done: false }, { 'if-match': '"2"' })
    expect(again.json()).toMatchObject({ state: 'waiting', doneAt: null, doneBy: null, version: 3 })
    expect((await auditEvents(test.api)).filter((event) => event.startsWith('callback'))).toEqual([
      'callback_done',
      'callback_reopened',
    ])
  })

  it.each([
    ['"7"', 412, 'VERSAO_DIVERGENTE'],
    [undefined, 428, 'VERSAO_AUSENTE'],
  ])('is not set on If-Match %s', async (ifMatch, status, code) => {
    await using test = await createTestApi()
    const agent = await createTestClient(test, 'agent')
    await keep(test)
    const answer = await agent.patch(
      path,
      { done: true },
      ifMatch === undefined ? {} : { 'if-match': ifMatch },
    )
    expect([answer.statusCode, answer.json<{ erro: { codigo: string } }>().erro.codigo]).toEqual([
      status,
      code,
    ])
    expect(names(await list(agent))).toEqual(['17.1/1'])
  })

  it('is for those who may change tickets, and not for a callback that is over', async () => {
    await using test = await createTestApi()
    await keep(test)
    const reader = await createTestClient(test, 'read')
    const agent = await createTestClient(test, 'agent')
    expect((await reader.patch(path, { done: true }, { 'if-match': '"1"' })).statusCode).toBe(403)
    expect((await test.get('/api/v1/callbacks')).statusCode).toBe(403)
    await openTicket(test, '1001')
    const over = await agent.patch(path, { done: true }, { 'if-match': '"2"' })
    expect([over.statusCode, over.json()]).toMatchObject([409, { erro: { codigo: 'MUDANCA_NAO_PERMITIDA' } }])
  })
})

describe('GET /api/v1/callbacks', () => {
  it('gives pages in either order, of a person and a period', async () => {
    await using test = await createTestApi()
    const reader = await createTestClient(test, 'read')
    for (let index = 0; index < 4; index += 1) {
      const usuario = index === 3 ? '1002' : '1001'
      await keep(test, { chamada: `17.${index}`, usuario })
      test.clock.advance({ minutes: 1 })
    }
    const first = await list(reader, 'limit=3')
    expect(names(first)).toEqual(['17.3/1', '17.2/1', '17.1/1'])
    expect(names(await list(reader, `limit=3&cursor=${first.next}`))).toEqual(['17.0/1'])
    expect(names(await list(reader, 'sort=startedAt&userCode=1001'))).toEqual(['17.0/1', '17.1/1', '17.2/1'])
    const from = first.items[1]?.startedAt
    expect(names(await list(reader, `startedFrom=${from}`))).toEqual(['17.3/1', '17.2/1'])
    expect(names(await list(reader, `startedTo=${from}`))).toEqual(['17.1/1', '17.0/1'])
  })

  it('never scans the table', async () => {
    await using test = await createTestApi()
    const { db } = test.api
    const rows = Array.from({ length: 5_000 }, (_, index) => ({
      call_id: `call-${index}`,
      round: 1,
      phone: null,
      started_at_ms: index * 1_000,
      ended_at_ms: index * 1_000,
      steps: '[]',
      outcome: 'abandoned',
      user_code: String(index % 20),
      protocols: '[]',
      recorded_at_ms: 0,
      callback_state: index % 4 === 3 ? null : (callbackStates[index % 4] ?? null),
    }))
    await inTransaction(db, async (trx) => {
      for (let start = 0; start < rows.length; start += 500) {
        await trx
          .insertInto('calls')
          .values(rows.slice(start, start + 500))
          .execute()
      }
    })
    const whose: CallbackFilters[] = [{}, { userCode: '8' }, { state: 'superseded' }]
    const when: CallbackFilters[] = [{}, { startedFrom: '1970-01-01T01:00:00Z' }, { sort: 'startedAt' }]
    for (const filters of whose.flatMap((one) => when.map((other) => ({ ...one, ...other })))) {
      for (const after of [null, [2_000_000, 'call-2000', 1]]) {
        const query = keysetQuery(db, { ...planCallbackList(filters), after, limit: 6 })
        const fault =
          query === null
            ? 'no branch'
            : await scanFault(db, query, { table: 'calls', isWalk: false, rowsMax: 60 })
        expect({ filters, after, fault }).toEqual({ filters, after, fault: null })
      }
    }
  })
})
