import type { CallRecord } from '@ura/core/ticket-api/schemas'
import { describe, expect, it } from 'vitest'
import { inTransaction } from '../database/transaction.ts'
import { keysetQuery } from '../listing/keyset-query.ts'
import { scanFault } from '../testing/query-cost.ts'
import { createTestApi, type TestApi } from '../testing/test-api.ts'
import { createTestClient, type TestClient } from '../testing/test-clients.ts'
import { type CallFilters, callOutcomes, planCallList } from './call-list.ts'

interface Page {
  items: { callId: string; round: number }[]
  next: string | null
}

function record(index: number, changes: Partial<CallRecord> = {}): CallRecord {
  const startMs = Date.parse('2026-11-23T12:00:00Z') + index * 60_000
  return {
    chamada: `call-${index}`,
    rodada: 1,
    telefone: '+5545988887777',
    inicio: new Date(startMs).toISOString(),
    fim: new Date(startMs + 30_000).toISOString(),
    etapas: [{ etapa: 'greet', em: new Date(startMs).toISOString() }],
    resultado: index % 2 === 0 ? 'ticket_opened' : 'abandoned',
    usuario: index % 2 === 0 ? '1001' : null,
    protocolos: [],
    ...changes,
  }
}

async function withCalls(work: (reader: TestClient, test: TestApi) => Promise<void>): Promise<void> {
  await using test = await createTestApi()
  for (let index = 0; index < 4; index += 1) {
    await test.post('/api/registrar_ligacao', record(index))
  }
  await test.post('/api/registrar_ligacao', record(3, { rodada: 2, usuario: '1001', protocolos: ['10017'] }))
  await work(await createTestClient(test, 'read'), test)
}

const calls = async (reader: TestClient, query: string): Promise<string[]> =>
  (await reader.get(`/api/v1/calls?${query}`))
    .json<Page>()
    .items.map(({ callId, round }) => `${callId}/${round}`)

describe('GET /api/v1/calls', () => {
  it.each([
    ['', ['call-3/2', 'call-3/1', 'call-2/1', 'call-1/1', 'call-0/1']],
    ['sort=startedAt', ['call-0/1', 'call-1/1', 'call-2/1', 'call-3/1', 'call-3/2']],
    ['userCode=1001', ['call-3/2', 'call-2/1', 'call-0/1']],
    ['outcome=abandoned', ['call-3/2', 'call-3/1', 'call-1/1']],
    ['userCode=1001&outcome=abandoned', ['call-3/2']],
    ['startedFrom=2026-11-23T12:01:00Z&startedTo=2026-11-23T12:03:00Z', ['call-2/1', 'call-1/1']],
  ])('?%s gives %j', async (query, expected) => {
    await withCalls(async (reader) => {
      expect(await calls(reader, query)).toEqual(expected)
      const seen: string[] = []
      for (let cursor = ''; ;) {
        const { items, next } = (await reader.get(`/api/v1/calls?${query}&limit=2${cursor}`)).json<Page>()
        seen.push(...items.map(({ callId, round }) => `${callId}/${round}`))
        if (next === null) {
          break
        }
        cursor = `&cursor=${next}`
      }
      expect(seen).toEqual(expected)
    })
  })

  it('masks numbers, and tells one call step by step', () =>
    withCalls(async (reader) => {
      const list = await reader.get('/api/v1/calls')
      const one = await reader.get('/api/v1/calls/call-3')
      expect(list.body + one.body).not.toContain('88887777')
      expect(one.json()).toMatchObject({
        rounds: [
          {
            round: 1,
            phone: '+55 45 *****-7777',
            startedAt: '2026-11-23T12:03:00.000Z',
            outcome: 'abandoned',
            userCode: null,
            steps: [{ step: 'greet', at: '2026-11-23T12:03:00.000Z' }],
          },
          { round: 2, protocols: ['10017'] },
        ],
      })
      expect((await reader.get('/api/v1/calls/unknown')).statusCode).toBe(404)
    }))

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
      outcome: callOutcomes[index % 6] ?? 'failed',
      user_code: String(index % 20),
      protocols: '[]',
      recorded_at_ms: 0,
    }))
    await inTransaction(db, async (trx) => {
      for (let start = 0; start < rows.length; start += 1_000) {
        await trx
          .insertInto('calls')
          .values(rows.slice(start, start + 1_000))
          .execute()
      }
    })
    const whose: CallFilters[] = [
      {},
      { userCode: '7' },
      { outcome: 'failed' },
      { userCode: '7', outcome: 'failed' },
    ]
    const when: CallFilters[] = [{}, { startedFrom: '1970-01-01T01:00:00Z' }, { sort: 'startedAt' }]
    for (const filters of whose.flatMap((one) => when.map((other) => ({ ...one, ...other })))) {
      for (const after of [null, [2_000_000, 'call-2000', 1]]) {
        const plan = planCallList(filters)
        const query = keysetQuery(db, { ...plan, after, limit: 6 })
        const isWalk = after === null && JSON.stringify(plan.branches) === '[{"equal":{}}]'
        const rowsMax = plan.branches.length * 40 + 20
        const fault =
          query === null ? 'no branch' : await scanFault(db, query, { table: 'calls', isWalk, rowsMax })
        expect({ filters, after, fault }).toEqual({ filters, after, fault: null })
      }
    }
  })
})
