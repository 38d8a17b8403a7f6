import type { OpenTicketAnswer } from '@ura/core/ticket-api/schemas'
import { describe, expect, it } from 'vitest'
import { auditEvents, createTestApi, type TestApi } from '../testing/test-api.ts'

const thisCall = '1795360430.0'
const otherCall = '1795360431.1'

async function sendCode(test: TestApi, call = thisCall): Promise<string> {
  await test.post('/api/solicitar_codigo', { usuario: '1001', chamada: call })
  return test.gateway.codes.at(-1)?.code ?? 'none'
}

async function identify(test: TestApi, call: string | null = thisCall): Promise<void> {
  const codigo = await sendCode(test)
  const chamada = call === null ? {} : { chamada: call }
  const answer = await test.post('/api/verificar_codigo', { user: '1001', codigo, ...chamada })
  expect(answer.json()).toEqual({ status: true })
}

function open(test: TestApi, body: Record<string, unknown> = {}, key?: string) {
  return test.post(
    '/api/novo_chamado',
    { usuario: '1001', servico: '2-3', chamada: thisCall, exige_identificacao: true, ...body },
    key === undefined ? {} : { 'idempotency-key': key },
  )
}

/** What an answer refuses the ticket with: status and code. */
async function refusalOf(answer: ReturnType<typeof open>): Promise<string> {
  const refused = await answer
  return `${refused.statusCode} ${refused.json<{ erro?: { codigo: string } }>().erro?.codigo ?? ''}`
}
const notIdentified = '403 USUARIO_NAO_IDENTIFICADO'

describe('a ticket that requires an identified caller', () => {
  it('is opened in the call in which the access code was keyed, as often as it is asked for', async () => {
    await using test = await createTestApi()
    await identify(test)
    const answers = [await open(test, {}, 'one'), await open(test, {}, 'two')]
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 201])
    expect(new Set(answers.map((answer) => answer.json<OpenTicketAnswer>().protocolo)).size).toBe(2)
  })

  it('is refused, and that audited with the call, while no code was keyed', async () => {
    await using test = await createTestApi()
    await sendCode(test)
    expect(await refusalOf(open(test))).toBe(notIdentified)
    expect(await test.api.db.selectFrom('tickets').select('id').execute()).toEqual([])
    expect(await auditEvents(test.api)).toContain('ticket_refused')
    const rows = test.api.db.selectFrom('audit_log').selectAll().where('event', '=', 'ticket_refused')
    expect(await rows.executeTakeFirst()).toMatchObject({
      user_code: '1001',
      detail: JSON.stringify({ call: thisCall }),
    })
  })

  it('is refused after a wrong code', async () => {
    await using test = await createTestApi()
    const code = await sendCode(test)
    const codigo = code === '1111' ? '2222' : '1111'
    await test.post('/api/verificar_codigo', { user: '1001', codigo, chamada: thisCall })
    expect(await refusalOf(open(test))).toBe(notIdentified)
  })

  it('is refused in another call, and in one that merely asked for the code', async () => {
    await using test = await createTestApi()
    await identify(test, otherCall)
    expect(await refusalOf(open(test))).toBe(notIdentified)
    expect((await open(test, { chamada: otherCall })).statusCode).toBe(201)
  })

  it('is refused in another name, known or not, with one and the same answer', async () => {
    await using test = await createTestApi()
    await identify(test)
    expect(await refusalOf(open(test, { usuario: '1002' }))).toBe(notIdentified)
    expect(await refusalOf(open(test, { usuario: '9999' }))).toBe(notIdentified)
  })

  it('is refused when the request or the verification names no call', async () => {
    await using test = await createTestApi()
    await identify(test, null)
    expect(await refusalOf(open(test))).toBe(notIdentified)
    expect(await refusalOf(open(test, { chamada: undefined }))).toBe(notIdentified)
  })

  it('is refused an hour after the verification', async () => {
    await using test = await createTestApi()
    await identify(test)
    test.clock.advance({ minutes: 59 })
    expect((await open(test)).statusCode).toBe(201)
    test.clock.advance({ minutes: 1 })
    expect(await refusalOf(open(test))).toBe(notIdentified)
  })

  it('is the same ticket when the same request comes again', async () => {
    await using test = await createTestApi()
    await identify(test)
    const answers = [await open(test, {}, 'one'), await open(test, {}, 'one')]
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 200])
  })

  it('does not stand in the way of those that are asked for at the same time', async () => {
    await using test = await createTestApi()
    await identify(test)
    const answers = await Promise.all([
      open(test),
      open(test, { usuario: '1002' }),
      open(test, { usuario: '1002', exige_identificacao: false }),
      open(test),
    ])
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([201, 403, 201, 201])
  })
})
