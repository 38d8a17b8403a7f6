import type { OpenTicketAnswer, VerifyTicketAnswer } from '@ura/core/ticket-api/schemas'
import { describe, expect, it, vi } from 'vitest'
import { auditEvents, createTestApi, type TestApi } from '../testing/test-api.ts'
import { ticketIdOf } from './protocol.ts'
import { listTicketEvents } from './ticket-event-repository.ts'
import { changeTicket, findTicket } from './ticket-repository.ts'

function open(test: TestApi, body: Record<string, unknown> = {}, key?: string) {
  return test.post(
    '/api/novo_chamado',
    { usuario: '1001', servico: 'computador-nao-liga', chamada: '1795360430.0', ...body },
    key === undefined ? {} : { 'idempotency-key': key },
  )
}

async function ticketCount(test: TestApi): Promise<number> {
  return (await test.api.db.selectFrom('tickets').select('id').execute()).length
}

describe('POST /api/novo_chamado', () => {
  it('opens a ticket and gives its protocol, spoken digit by digit', async () => {
    await using test = await createTestApi()
    const answer = await open(test, {}, 'call-1:open:1')
    expect(answer.statusCode).toBe(201)
    const { nome_audio: name } = answer.json<OpenTicketAnswer>()
    expect(answer.json()).toEqual({
      status: true,
      protocolo: '10017',
      aviso: 'whatsapp',
      url: expect.stringMatching(new RegExp(`^http://127\\.0\\.0\\.1:0/audio/${name}$`)),
      nome_audio: name,
    })
    expect(test.speech.spoken.at(-1)).toBe('1, 0, 0; 1, 7')
  })

  it('keeps user, service, origin, call and its opening as an event', async () => {
    await using test = await createTestApi()
    await open(test, { origem: 'whatsapp' })
    expect(await findTicket(test.api.db, 1)).toEqual({
      id: 1,
      protocol: '10017',
      userId: 1,
      userCode: '1001',
      status: 'aberto',
      assignee: null,
      version: 1,
      service: 'Computador não liga',
      category: 'Computador',
      origin: 'whatsapp',
      openedAt: test.clock.now(),
      updatedAt: test.clock.now(),
    })
    expect(await listTicketEvents(test.api.db, 1)).toEqual([
      { kind: 'status', at: test.clock.now(), actor: 'telefonia', from: null, to: 'aberto' },
    ])
    expect(await auditEvents(test.api)).toEqual(['sign_in', 'ticket_opened'])
  })

  it('sends the protocol by WhatsApp, without making the answer wait for it', async () => {
    await using test = await createTestApi()
    const { promise, resolve } = Promise.withResolvers<void>()
    test.gateway.hold = promise
    expect((await open(test)).statusCode).toBe(201)
    expect(test.gateway.texts).toEqual([])
    resolve()
    await vi.waitFor(() => expect(test.gateway.texts).toHaveLength(1))
    expect(test.gateway.texts[0]).toMatchObject({
      phone: '+5545999990001',
      text: expect.stringMatching(/^Chamado 10017 aberto: Computador não liga\./),
      idempotencyKey: 'ticket-opened-10017',
    })
  })

  it('opens a ticket for a user without any address, with the gateway down, and with speech down', async () => {
    await using test = await createTestApi()
    test.gateway.fault = 'http_400'
    test.speech.isDown = true
    const answers = [await open(test, { usuario: '1005' }), await open(test)]
    expect(answers.map((answer) => answer.json())).toEqual([
      { status: true, protocolo: '10017', aviso: null, url: null, nome_audio: null },
      { status: true, protocolo: '10025', aviso: 'whatsapp', url: null, nome_audio: null },
    ])
    expect(test.logged.join()).not.toContain('99999')
  })

  it('takes the keypad form of a service', async () => {
    await using test = await createTestApi()
    await open(test, { servico: '2-3' })
    expect(await findTicket(test.api.db, 1)).toMatchObject({ service: 'Sem conexão com a impressora' })
  })

  it.each(['nao-existe', '7-1', '2-7', '2-0', '9-9', '2'])('refuses the service %j', async (servico) => {
    await using test = await createTestApi()
    const answer = await open(test, { servico })
    expect(answer.statusCode).toBe(422)
    expect(answer.json()).toMatchObject({ erro: { codigo: 'SERVICO_INEXISTENTE', campo: 'servico' } })
  })

  it('refuses a service that was switched off, by code and by key', async () => {
    await using test = await createTestApi()
    await test.api.db
      .updateTable('catalogue_services')
      .set({ active: 0 })
      .where('menu_option', '=', 2)
      .execute()
    const answers = [await open(test), await open(test, { servico: '2-2' })]
    expect(answers.map((answer) => answer.statusCode)).toEqual([422, 422])
  })

  it('refuses a stranger', async () => {
    await using test = await createTestApi()
    const answer = await open(test, { usuario: '9999' })
    expect([answer.statusCode, answer.json<{ erro: { codigo: string } }>().erro.codigo]).toEqual([
      404,
      'USUARIO_NAO_ENCONTRADO',
    ])
  })

  it.each([
    [{ origem: 'fax' }, 'origem'],
    [{ servico: '' }, 'servico'],
    [{ chamada: 'x'.repeat(65) }, 'chamada'],
  ])('refuses %j and names %s', async (body, field) => {
    await using test = await createTestApi()
    const answer = await open(test, body)
    expect([answer.statusCode, answer.json<{ erro: { campo: string } }>().erro.campo]).toEqual([400, field])
  })
})

describe('the same Idempotency-Key on novo_chamado', () => {
  it('opens one ticket; the second answer is 200 with the same body', async () => {
    await using test = await createTestApi()
    const first = await open(test, {}, 'key-1')
    test.clock.advance({ minutes: 30 })
    const second = await open(test, {}, 'key-1')
    expect([first.statusCode, second.statusCode]).toEqual([201, 200])
    expect(second.json()).toEqual(first.json())
    expect(await ticketCount(test)).toBe(1)
    expect(test.gateway.texts.every((text) => text.idempotencyKey === 'ticket-opened-10017')).toBe(true)
  })

  it('opens one ticket for many requests at once', async () => {
    await using test = await createTestApi()
    const answers = await Promise.all(Array.from({ length: 20 }, () => open(test, {}, 'key-1')))
    const codes = answers.map((answer) => answer.statusCode)
    expect(codes.filter((code) => code === 201)).toHaveLength(1)
    expect(codes.filter((code) => code === 200)).toHaveLength(19)
    expect(new Set(answers.map((answer) => answer.body)).size).toBe(1)
    expect(await ticketCount(test)).toBe(1)
  })

  it('with another body is refused with 409', async () => {
    await using test = await createTestApi()
    await open(test, {}, 'key-1')
    const other = await open(test, { servico: '1-1' }, 'key-1')
    expect(other.statusCode).toBe(409)
    expect(other.json()).toMatchObject({ erro: { codigo: 'CHAVE_REUTILIZADA', campo: 'Idempotency-Key' } })
  })

  it('is the same body when its fields come in another order', async () => {
    await using test = await createTestApi()
    await test.post('/api/novo_chamado', { usuario: '1001', servico: '1-1' }, { 'idempotency-key': 'k' })
    const again = await test.post(
      '/api/novo_chamado',
      { servico: '1-1', usuario: '1001' },
      { 'idempotency-key': 'k' },
    )
    expect(again.statusCode).toBe(200)
  })

  it('is free again when the first request was refused', async () => {
    await using test = await createTestApi()
    expect((await open(test, { servico: '9-9' }, 'key-1')).statusCode).toBe(422)
    expect((await open(test, {}, 'key-1')).statusCode).toBe(201)
  })

  it('of another endpoint is another key', async () => {
    await using test = await createTestApi()
    await test.post('/api/solicitar_codigo', { usuario: '1001' }, { 'idempotency-key': 'key-1' })
    expect((await open(test, {}, 'key-1')).statusCode).toBe(201)
  })
})

describe('200 tickets opened at once', () => {
  it('get 200 protocols', async () => {
    await using test = await createTestApi()
    const answers = await Promise.all(
      Array.from({ length: 200 }, (_, index) => open(test, {}, `key-${index}`)),
    )
    const protocols = new Set(answers.map((answer) => answer.json<OpenTicketAnswer>().protocolo))
    expect(protocols.size).toBe(200)
    expect(await ticketCount(test)).toBe(200)
  })
})

describe('requests that are opened together', () => {
  /** The first is written at once, by itself; the others while it is, and therefore together. */
  const openAll = (test: TestApi, bodies: readonly Record<string, unknown>[]) =>
    Promise.all(bodies.map((body, index) => open(test, body, `key-${index}`)))

  it('get each their own ticket, with its event, its audit row and its key', async () => {
    await using test = await createTestApi()
    const bodies = Array.from({ length: 30 }, (_, index) => ({
      usuario: ['1001', '1002', '1003'][index % 3],
      servico: ['1-1', '2-2', 'computador-nao-liga', '1-2'][index % 4],
      chamada: `call-${index}`,
    }))
    const answers = await openAll(test, bodies)
    for (const [index, answer] of answers.entries()) {
      expect(answer.statusCode).toBe(201)
      const { protocolo } = answer.json<OpenTicketAnswer>()
      const id = ticketIdOf(protocolo) ?? 0
      const ticket = await findTicket(test.api.db, id)
      const body = bodies[index]
      expect(ticket).toMatchObject({ protocol: protocolo, userCode: body?.usuario })
      const row = await test.api.db
        .selectFrom('tickets')
        .select('call_id')
        .where('id', '=', id)
        .executeTakeFirst()
      expect(row?.call_id).toBe(body?.chamada)
      expect(await listTicketEvents(test.api.db, id)).toMatchObject([
        { kind: 'status', from: null, to: 'aberto' },
      ])
      const again = await open(test, body ?? {}, `key-${index}`)
      expect([again.statusCode, again.body]).toEqual([200, answer.body])
    }
    const audited = await test.api.db
      .selectFrom('audit_log')
      .select(['user_code', 'detail'])
      .where('event', '=', 'ticket_opened')
      .execute()
    expect(
      audited
        .map((row) => `${row.user_code} ${(JSON.parse(row.detail) as { protocol: string }).protocol}`)
        .toSorted(),
    ).toEqual(
      answers
        .map((answer, index) => `${bodies[index]?.usuario} ${answer.json<OpenTicketAnswer>().protocolo}`)
        .toSorted(),
    )
  })

  it('are refused each for their own fault, and the others are opened', async () => {
    await using test = await createTestApi()
    const answers = await openAll(test, [
      {},
      { usuario: '9999' },
      { servico: '9-9' },
      { servico: '1-1' },
      { usuario: '9998', servico: '9-9' },
    ])
    expect(answers.map((answer) => answer.statusCode)).toEqual([201, 404, 422, 201, 404])
    expect(await ticketCount(test)).toBe(2)
  })

  it('with one key and two bodies: one ticket, and 409 for the other', async () => {
    await using test = await createTestApi()
    const answers = await Promise.all([
      open(test, {}, 'key-0'),
      open(test, {}, 'key-1'),
      open(test, { servico: '1-1' }, 'key-1'),
      open(test, {}, 'key-2'),
      open(test, {}, 'key-3'),
    ])
    const codes = answers.map((answer) => answer.statusCode)
    expect(codes.toSorted((one, other) => one - other)).toEqual([201, 201, 201, 201, 409])
    expect([codes[0], codes[3], codes[4]]).toEqual([201, 201, 201])
    expect(await ticketCount(test)).toBe(4)
  })
})

describe('POST /api/verificar_chamado', () => {
  const query = (test: TestApi, chamado: string, usuario = '1001') =>
    test.post('/api/verificar_chamado', { usuario, chamado })

  it('tells service, status and since when, also in speech', async () => {
    await using test = await createTestApi()
    const { protocolo } = (await open(test)).json<OpenTicketAnswer>()
    test.clock.advance({ minutes: 30 })
    const ticket = await findTicket(test.api.db, 1)
    if (ticket !== null) {
      await changeTicket(test.api.db, ticket, {
        status: 'aguardando_usuario',
        actor: 'admin:ana',
        now: test.clock.now(),
      })
    }
    const answer = await query(test, protocolo)
    expect(answer.statusCode).toBe(200)
    expect(answer.json<VerifyTicketAnswer>().chamado).toEqual({
      protocolo,
      situacao: 'aguardando_usuario',
      servico: 'Computador não liga',
      categoria: 'Computador',
      avaliado: false,
      aberto_em: '2026-11-23T14:00:00.000Z',
      atualizado_em: '2026-11-23T14:30:00.000Z',
    })
    expect(test.speech.spoken.at(-1)).toBe(
      'Chamado 1, 0, 0; 1, 7. Serviço: Computador não liga. ' +
        'Situação: aguardando você, desde vinte e três de novembro, às onze horas e trinta minutos.',
    )
  })

  it("answers alike for a mistyped, an unknown and another user's protocol", async () => {
    await using test = await createTestApi()
    await open(test)
    const answers = [
      await query(test, '10018'),
      await query(test, '10025'),
      await query(test, '10017', '1002'),
      await query(test, '10017', '9999'),
      await query(test, '0'),
    ]
    const bodies = answers.map((answer) => answer.json<{ erro: unknown }>().erro)
    expect(answers.map((answer) => answer.statusCode)).toEqual([404, 404, 404, 404, 404])
    expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1)
    expect(bodies[0]).toMatchObject({ codigo: 'CHAMADO_NAO_ENCONTRADO' })
  })

  it('is told without audio while speech is down', async () => {
    await using test = await createTestApi()
    await open(test)
    test.speech.isDown = true
    expect((await query(test, '10017')).json()).toMatchObject({ status: true, url: null, nome_audio: null })
  })
})
