import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { auditEvents, createTestApi, type TestApi } from '../testing/test-api.ts'
import { createTestClient, type TestClient } from '../testing/test-clients.ts'
import type { TicketResource } from './ticket-resource-schemas.ts'

interface Page {
  items: TicketResource[]
  next: string | null
}

interface Failure {
  erro: { codigo: string; campo?: string }
}

async function withTickets(count: number, work: (test: TestApi, agent: TestClient) => Promise<void>) {
  await using test = await createTestApi()
  const agent = await createTestClient(test, 'agent')
  await openSome(test, agent, count)
  await work(test, agent)
}

/** Of 1001 and 1002 in turns, a second apart. */
async function openSome(test: TestApi, agent: TestClient, count: number): Promise<void> {
  for (let made = 0; made < count; made += 1) {
    await open(agent, made % 2 === 0 ? '1001' : '1002')
    test.clock.advance({ seconds: 1 })
  }
}

const oldestFirst = ['10017', '10025', '10033', '10041', '10058', '10066', '10074']
const newestFirst = oldestFirst.toReversed()

const open = (agent: TestClient, userCode = '1001', service = 'computador-nao-liga') =>
  agent.post('/api/v1/tickets', { userCode, service })

async function protocols(agent: TestClient, query: string): Promise<string[]> {
  return (await agent.get(`/api/v1/tickets?${query}`)).json<Page>().items.map(({ protocol }) => protocol)
}

/** All pages of a list, one after another; `between` runs after each. */
async function readAll(agent: TestClient, query: string, between = async (): Promise<unknown> => undefined) {
  const pages: string[][] = []
  for (let cursor = ''; ;) {
    const answer = await agent.get(`/api/v1/tickets?${query}${cursor}`)
    expect(answer.statusCode).toBe(200)
    const { items, next } = answer.json<Page>()
    pages.push(items.map(({ protocol }) => protocol))
    if (next === null) {
      return pages
    }
    cursor = `&cursor=${next}`
    await between()
  }
}

const change = (agent: TestClient, protocol: string, body: unknown, version: number | string) =>
  agent.patch(`/api/v1/tickets/${protocol}`, body, { 'if-match': `"${version}"` })

describe('POST /api/v1/tickets', () => {
  it('opens a ticket and answers with it, its address and its version', () =>
    withTickets(0, async (test, agent) => {
      const answer = await open(agent)
      expect(answer.statusCode).toBe(201)
      expect(answer.headers['location']).toBe('/api/v1/tickets/10017')
      expect(answer.headers['etag']).toBe((await agent.get('/api/v1/tickets/10017')).headers['etag'])
      expect(answer.json()).toEqual({
        protocol: '10017',
        status: 'aberto',
        assignee: null,
        origin: 'web',
        user: { code: '1001', name: 'João da Conceição' },
        service: { code: 'computador-nao-liga', name: 'Computador não liga' },
        category: { id: 2, name: 'Computador' },
        callId: null,
        rating: null,
        voiceNote: null,
        openedAt: '2026-11-23T14:00:00.000Z',
        updatedAt: '2026-11-23T14:00:00.000Z',
        statusSince: '2026-11-23T14:00:00.000Z',
        version: 1,
      })
      expect(await auditEvents(test.api)).toContain('ticket_opened')
    }))

  it('opens one ticket for one Idempotency-Key', () =>
    withTickets(0, async (_test, agent) => {
      const body = { userCode: '1001', service: '2-2' }
      const send = (other = {}) =>
        agent.post('/api/v1/tickets', { ...body, ...other }, { 'idempotency-key': 'k' })
      const answers = [await send(), await send(), await send({ userCode: '1002' })]
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 200, 409])
      expect(await protocols(agent, '')).toHaveLength(1)
    }))

  it.each([
    [{ userCode: '9999', service: '2-2' }, 404, 'userCode'],
    [{ userCode: '1001', service: 'nope' }, 422, 'service'],
    [{ userCode: '1001' }, 400, 'service'],
  ])('refuses %j with %i naming %s', async (body, statusCode, field) => {
    await withTickets(0, async (_test, agent) => {
      const answer = await agent.post('/api/v1/tickets', body)
      expect([answer.statusCode, answer.json<Failure>().erro.campo]).toEqual([statusCode, field])
    })
  })
})

describe('GET /api/v1/tickets', () => {
  let test: TestApi
  let agent: TestClient
  beforeAll(async () => {
    test = await createTestApi()
    agent = await createTestClient(test, 'agent')
    await openSome(test, agent, 7)
    await change(agent, '10025', { status: 'em_atendimento', assignee: 'ana' }, 1)
  })
  afterAll(() => test[Symbol.asyncDispose]())

  it.each([
    ['', newestFirst],
    ['sort=openedAt', oldestFirst],
    ['sort=-protocol', newestFirst],
    ['userCode=1001', ['10074', '10058', '10033', '10017']],
    ['userCode=1001&status=fechado,cancelado', []],
    ['userCode=9999', []],
    ['status=aberto,em_atendimento', newestFirst],
    ['status=em_atendimento', ['10025']],
    ['assignee=ana', ['10025']],
    ['assignee=Ana', []],
    ['unassigned=true&sort=openedAt', oldestFirst.filter((protocol) => protocol !== '10025')],
    ['service=computador-nao-liga', newestFirst],
    ['category=2&status=em_atendimento', ['10025']],
    ['category=1', []],
    ['origin=telefone', []],
    ['origin=web&sort=-updatedAt', ['10025', ...newestFirst.filter((protocol) => protocol !== '10025')]],
    ['openedFrom=2026-11-23T14:00:01Z&openedTo=2026-11-23T14:00:03Z', ['10033', '10025']],
    ['updatedFrom=2026-11-23T14:00:07Z', ['10025']],
    ['protocol=1002', ['10025']],
    ['protocol=100', oldestFirst],
    ['protocol=0', []],
  ])('?%s gives %j', async (query, expected) => {
    expect(await protocols(agent, query)).toEqual(expected)
  })

  it.each([
    ['userCode=1001&origin=web', 'origin'],
    ['sort=protocol&status=aberto', 'status'],
    ['sort=updatedAt&openedFrom=2026-11-23T14:00:00Z', 'openedFrom'],
    ['protocol=1&userCode=1001', 'userCode'],
    ['openedFrom=2026-11-23T14:00:60Z', 'openedFrom'],
    ['openedFrom=yesterday', 'openedFrom'],
    ['limit=201', 'limit'],
    ['limit=0', 'limit'],
    ['status=open', 'status'],
    ['colour=red', 'colour'],
    ['cursor=bm9wZQ.nope', 'cursor'],
    [`cursor=bm9wZQ.${encodeURIComponent('é'.repeat(32))}`, 'cursor'],
  ])('refuses ?%s naming %s', async (query, field) => {
    const answer = await agent.get(`/api/v1/tickets?${query}`)
    expect([answer.statusCode, answer.json<Failure>().erro]).toMatchObject([400, { campo: field }])
  })

  it.each([
    '',
    'sort=openedAt',
    'status=aberto,em_atendimento',
    'category=2',
    'sort=-protocol',
    'sort=updatedAt',
  ])('in pages (?%s) is the list in one', async (query) => {
    const pages = await readAll(agent, `${query}&limit=3`)
    expect(pages.map((page) => page.length)).toEqual([3, 3, 1])
    expect(pages.flat()).toEqual(await protocols(agent, query))
  })
})

describe('a list of tickets that grows', () => {
  it.each(['-openedAt', 'openedAt'])(
    'by %s, paged while tickets are opened, loses and repeats none',
    (sort) =>
      withTickets(7, async (test, agent) => {
        const before = await protocols(agent, `sort=${sort}`)
        const pages = await readAll(agent, `sort=${sort}&limit=2`, async () => {
          if (test.clock.now().getTime() < Date.parse('2026-11-23T14:01:00Z')) {
            test.clock.advance({ seconds: 30 })
            await open(agent)
          }
        })
        const seen = pages.flat()
        expect(new Set(seen).size).toBe(seen.length)
        expect(seen.filter((protocol) => before.includes(protocol))).toEqual(before)
      }),
  )

  it('tells tickets of one millisecond apart', async () => {
    await using test = await createTestApi()
    const agent = await createTestClient(test, 'agent')
    await Promise.all(Array.from({ length: 9 }, () => open(agent)))
    const pages = await readAll(agent, 'limit=2')
    expect(pages.flat()).toEqual((await protocols(agent, '')).toSorted().toReversed())
    expect(new Set(pages.flat()).size).toBe(9)
  })

  it('takes no cursor of other filters, nor a changed one', () =>
    withTickets(3, async (_test, agent) => {
      const { next } = (await agent.get('/api/v1/tickets?limit=1')).json<Page>()
      const forged = `${Buffer.from('[0,0]').toString('base64url')}.${next?.split('.')[1]}`
      const answers = [
        await agent.get(`/api/v1/tickets?sort=openedAt&limit=1&cursor=${next}`),
        await agent.get(`/api/v1/tickets?limit=1&cursor=${forged}`),
        await agent.get(`/api/v1/tickets?limit=2&cursor=${next}`),
      ]
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([400, 400, 200])
    }))
})

describe('PATCH /api/v1/tickets/:protocol', () => {
  it('changes status, assignee and service at once; each is an event with who, when, from and to', () =>
    withTickets(1, async (test, agent) => {
      const body = { status: 'em_atendimento', assignee: 'ana', service: '1-1' }
      const answer = await change(agent, '10017', body, 1)
      expect(answer.statusCode).toBe(200)
      expect(answer.headers['etag']).toBe((await agent.get('/api/v1/tickets/10017')).headers['etag'])
      const ticket = answer.json<TicketResource>()
      expect(ticket).toMatchObject({ status: 'em_atendimento', assignee: 'ana', version: 2 })
      expect(ticket.updatedAt).toBe(test.clock.now().toISOString())
      const history = (await agent.get('/api/v1/tickets/10017/events')).json<{ items: unknown[] }>()
      const now = { at: test.clock.now().toISOString(), actor: 'agent' }
      expect(history.items).toMatchObject([
        { type: 'opened', from: null, to: 'aberto' },
        { type: 'status_changed', ...now, from: 'aberto', to: 'em_atendimento' },
        { type: 'assigned', ...now, from: null, to: 'ana' },
        { type: 'service_changed', ...now, from: 'computador-nao-liga', to: ticket.service.code },
      ])
      expect(await auditEvents(test.api)).toContain('ticket_changed')
    }))

  it('leaves alone what is as it should be', () =>
    withTickets(1, async (_test, agent) => {
      const answer = await change(agent, '10017', { status: 'aberto', assignee: null }, 1)
      expect([answer.statusCode, answer.json<TicketResource>().version]).toEqual([200, 1])
    }))

  it('with one If-Match twice at once: one is done, the other is told', () =>
    withTickets(1, async (_test, agent) => {
      const answers = await Promise.all(
        ['ana', 'bia', 'caio', 'davi'].map((assignee) => change(agent, '10017', { assignee }, 1)),
      )
      expect(answers.map(({ statusCode }) => String(statusCode)).toSorted()).toEqual([
        '200',
        '412',
        '412',
        '412',
      ])
      const events = (await agent.get('/api/v1/tickets/10017/events')).json<{ items: unknown[] }>()
      expect(events.items).toHaveLength(2)
    }))

  it('takes the ETag that was read, which changes with the names shown, or the version in quotes', () =>
    withTickets(1, async (test, agent) => {
      const path = '/api/v1/tickets/10017'
      const etag = async () => String((await agent.get(path)).headers['etag'])
      const first = await etag()
      await test.api.db.updateTable('users').set({ name: 'Ana Lima' }).where('code', '=', '1001').execute()
      const second = await etag()
      expect(second).not.toBe(first)
      const answers = [
        await agent.patch(path, { assignee: 'ana' }, { 'if-match': `W/${second}` }),
        await agent.patch(path, { assignee: 'ana' }, { 'if-match': first }),
        await agent.patch(path, { assignee: 'bia' }, { 'if-match': second }),
        await agent.patch(path, { assignee: 'bia' }, { 'if-match': '"2"' }),
      ]
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([412, 200, 412, 200])
    }))

  it('needs If-Match, and the one of the ticket as it is', () =>
    withTickets(1, async (_test, agent) => {
      const body = { assignee: 'ana' }
      const path = '/api/v1/tickets/10017'
      const answers = [
        await agent.patch(path, body),
        await agent.patch(path, body, { 'if-match': '"7"' }),
        await agent.patch(path, body, { 'if-match': 'W/"1"' }),
        await agent.patch(path, body, { 'if-match': '"9", "1"' }),
        await agent.patch(path, { assignee: 'bia' }, { 'if-match': '*' }),
      ]
      expect(answers.map(({ statusCode }) => statusCode)).toEqual([428, 412, 412, 200, 200])
    }))

  it.each([
    [{ status: 'fechado' }, 409, 'MUDANCA_NAO_PERMITIDA'],
    [{ service: 'nope' }, 422, 'SERVICO_INEXISTENTE'],
    [{ assignee: ' ' }, 400, 'REQUISICAO_INVALIDA'],
    [{ assignee: 'a\u001b[2J' }, 400, 'REQUISICAO_INVALIDA'],
    [{ status: 'open' }, 400, 'REQUISICAO_INVALIDA'],
    [{ colour: 'red' }, 400, 'REQUISICAO_INVALIDA'],
    [{}, 400, 'REQUISICAO_INVALIDA'],
  ])('refuses %j with %i %s and changes nothing', async (body, statusCode, code) => {
    await withTickets(1, async (_test, agent) => {
      const answer = await change(agent, '10017', body, 1)
      expect([answer.statusCode, answer.json<Failure>().erro.codigo]).toEqual([statusCode, code])
      expect((await agent.get('/api/v1/tickets/10017')).json<TicketResource>().version).toBe(1)
    })
  })

  it.each(['10018', '10025', '0'])('knows no ticket %s', async (protocol) => {
    await withTickets(1, async (_test, agent) => {
      expect((await change(agent, protocol, { assignee: 'ana' }, 1)).statusCode).toBe(404)
      expect((await agent.get(`/api/v1/tickets/${protocol}`)).statusCode).toBe(404)
      expect((await agent.get(`/api/v1/tickets/${protocol}/events`)).statusCode).toBe(404)
    })
  })
})

describe('notes of a ticket', () => {
  it('are added once for a key, make a new version of the ticket and are listed in pages', () =>
    withTickets(1, async (test, agent) => {
      const path = '/api/v1/tickets/10017/notes'
      const first = await agent.post(path, { text: 'Troquei a fonte.' }, { 'idempotency-key': 'n' })
      const again = await agent.post(path, { text: 'Troquei a fonte.' }, { 'idempotency-key': 'n' })
      await agent.post(path, { text: 'Ligou.\nTestado com o usuário 🖨️' })
      expect([first.statusCode, again.statusCode]).toEqual([201, 200])
      expect(again.json()).toEqual(first.json())
      expect(first.json()).toMatchObject({
        author: 'agent',
        text: 'Troquei a fonte.',
        at: test.clock.now().toISOString(),
      })
      const page = (await agent.get(`${path}?limit=1`)).json<{ items: unknown[]; next: string }>()
      const rest = (await agent.get(`${path}?cursor=${page.next}`)).json<{ items: unknown[]; next: null }>()
      expect(page.items).toEqual([first.json()])
      expect(rest).toMatchObject({ items: [{ text: 'Ligou.\nTestado com o usuário 🖨️' }], next: null })
      expect((await agent.get('/api/v1/tickets/10017')).json<TicketResource>().version).toBe(3)
    }))

  it.each(['', ' \n', 'x'.repeat(2_001)])('are not empty and not endless', async (text) => {
    await withTickets(1, async (_test, agent) => {
      expect((await agent.post('/api/v1/tickets/10017/notes', { text })).statusCode).toBe(400)
    })
  })
})
