import { describe, expect, it } from 'vitest'
import { auditEvents, createTestApi, type TestApi } from '../testing/test-api.ts'

function ask(test: TestApi, usuario = '1001', headers: Record<string, string> = {}) {
  return test.post('/api/solicitar_codigo', { usuario, chamada: '1795360430.0' }, headers)
}

function verify(test: TestApi, codigo: string, options: { user?: string; key?: string } = {}) {
  const headers: Record<string, string> = options.key === undefined ? {} : { 'idempotency-key': options.key }
  return test.post('/api/verificar_codigo', { user: options.user ?? '1001', codigo }, headers)
}

/** The newest code that went to the gateway. */
function sentCode(test: TestApi): string {
  return test.gateway.codes.at(-1)?.code ?? 'none'
}

/** Digits that are surely not the newest code. */
function wrongCode(test: TestApi): string {
  return sentCode(test) === '1111' ? '2222' : '1111'
}

describe('POST /api/solicitar_codigo', () => {
  it('sends four digits to the number on file and tells it masked', async () => {
    await using test = await createTestApi()
    const answer = await ask(test)
    expect(answer.statusCode).toBe(202)
    expect(answer.json()).toEqual({
      status: true,
      canal: 'whatsapp',
      enviado_para: '+55 45 *****-0001',
      expira_em: '2026-11-23T14:05:00.000Z',
      digitos: 4,
    })
    expect(test.gateway.codes).toMatchObject([
      {
        phone: '+5545999990001',
        code: expect.stringMatching(/^\d{4}$/),
        expiresAt: new Date('2026-11-23T14:05:00.000Z'),
        idempotencyKey: expect.stringMatching(/^access-code-[0-9a-f-]{36}$/),
      },
    ])
  })

  it('sends as many digits as configured', async () => {
    await using test = await createTestApi({ ACCESS_CODE_DIGITS: '6' })
    expect((await ask(test)).json()).toMatchObject({ digitos: 6 })
    expect(sentCode(test)).toMatch(/^\d{6}$/)
  })

  it('keeps the digits nowhere: not in the database, not in the log', async () => {
    await using test = await createTestApi({ ACCESS_CODE_DIGITS: '8' })
    await ask(test)
    await verify(test, sentCode(test), { key: 'k' })
    const { db } = test.api
    const kept = await Promise.all([
      db.selectFrom('access_codes').select(['code_hash']).execute(),
      db.selectFrom('audit_log').select(['detail']).execute(),
      db.selectFrom('idempotency_keys').select(['request_hash', 'answer']).execute(),
    ])
    expect(JSON.stringify(kept) + test.logged.join()).not.toContain(sentCode(test))
  })

  it('refuses a stranger with 404 and a user without any address with 409', async () => {
    await using test = await createTestApi()
    const stranger = await ask(test, '9999')
    expect([stranger.statusCode, stranger.json()]).toEqual([
      404,
      expect.objectContaining({ erro: expect.objectContaining({ codigo: 'USUARIO_NAO_ENCONTRADO' }) }),
    ])
    const phoneless = await ask(test, '1005')
    expect(phoneless.statusCode).toBe(409)
    expect(phoneless.json()).toMatchObject({ erro: { codigo: 'SEM_TELEFONE' } })
  })

  it('sends by e-mail to a user without WhatsApp', async () => {
    await using test = await createTestApi()
    const answer = await ask(test, '1006')
    expect([answer.statusCode, answer.json()]).toMatchObject([
      202,
      { canal: 'email', enviado_para: 't***@prefeitura.example' },
    ])
    expect(test.gateway.codes).toMatchObject([{ phone: null, email: 'teresa@prefeitura.example' }])
    expect(test.logged.join()).not.toContain('teresa@')
    expect((await verify(test, sentCode(test), { user: '1006' })).json()).toEqual({ status: true })
  })

  it('hands over both addresses and tells the channel that took the code, to a repeated request too', async () => {
    await using test = await createTestApi()
    const email = 'joao@prefeitura.example'
    await test.api.db.updateTable('users').set({ email }).where('code', '=', '1001').execute()
    test.gateway.preferred = 'email'
    const key = { 'idempotency-key': 'k' }
    const answers = [await ask(test, '1001', key), await ask(test, '1001', key)]
    expect(test.gateway.codes).toMatchObject([{ phone: '+5545999990001', email }])
    for (const answer of answers) {
      expect(answer.json()).toMatchObject({ canal: 'email', enviado_para: 'j***@prefeitura.example' })
    }
  })

  it('sends three codes in a quarter of an hour and tells when the next may be asked for', async () => {
    await using test = await createTestApi()
    for (let time = 0; time < 3; time += 1) {
      expect((await ask(test)).statusCode).toBe(202)
      test.clock.advance({ minutes: 2 })
    }
    const limited = await ask(test)
    expect(limited.statusCode).toBe(429)
    expect(limited.json()).toMatchObject({ erro: { codigo: 'LIMITE_DE_CODIGOS' } })
    expect(limited.headers['retry-after']).toBe(String(9 * 60))
    expect(test.gateway.codes).toHaveLength(3)
    expect((await ask(test, '1002')).statusCode).toBe(202)
    expect(await auditEvents(test.api)).toContain('code_limit_reached')
    test.clock.advance({ minutes: 9 })
    expect((await ask(test)).statusCode).toBe(202)
  })

  it('refused past the limit fill the audit log up to a bound', async () => {
    await using test = await createTestApi()
    for (let time = 0; time < 3 + 130; time += 1) {
      await ask(test)
    }
    const events = await auditEvents(test.api)
    expect(events.filter((event) => event === 'code_limit_reached')).toHaveLength(120)
  })

  it('holds the limit for requests that come at once', async () => {
    await using test = await createTestApi()
    const answers = await Promise.all(Array.from({ length: 8 }, () => ask(test)))
    const codes = answers.map((answer) => answer.statusCode).toSorted((one, other) => one - other)
    expect(codes).toEqual([202, 202, 202, 429, 429, 429, 429, 429])
  })

  it.each(['connection', 'timeout', 'http_503', 'http_400'])(
    'answers 503 when the gateway fails (%s), and the code is then over',
    async (fault) => {
      await using test = await createTestApi()
      test.gateway.fault = fault
      const answer = await ask(test)
      expect(answer.statusCode).toBe(503)
      expect(answer.json()).toMatchObject({ erro: { codigo: 'WHATSAPP_INDISPONIVEL' } })
      expect(answer.headers['retry-after']).toBe('30')
      const code = await test.api.db.selectFrom('access_codes').select('ended_reason').executeTakeFirst()
      expect(code).toEqual({ ended_reason: 'not_sent' })
      expect(await auditEvents(test.api)).toContain('code_not_sent')
    },
  )

  it("doesn't count codes that surely never went", async () => {
    await using test = await createTestApi()
    test.gateway.fault = 'connection'
    await Promise.all([ask(test), ask(test), ask(test), ask(test)])
    test.gateway.fault = null
    expect((await ask(test)).statusCode).toBe(202)
  })

  it.each(['connection_lost', 'timeout', 'http_500', 'unknown'])(
    'counts codes that may have gone (%s)',
    async (fault) => {
      await using test = await createTestApi()
      test.gateway.fault = fault
      const answers = [await ask(test), await ask(test), await ask(test), await ask(test)]
      expect(answers.map((answer) => answer.statusCode)).toEqual([503, 503, 503, 429])
    },
  )
})

describe('POST /api/verificar_codigo', () => {
  it('takes the code that was sent, once', async () => {
    await using test = await createTestApi()
    await ask(test)
    expect((await verify(test, sentCode(test))).json()).toEqual({ status: true })
    expect((await verify(test, sentCode(test))).json()).toEqual({
      status: false,
      tentativas_restantes: 0,
      motivo: 'expirado',
    })
  })

  it('ends at the fifth wrong code; the right one is then refused', async () => {
    await using test = await createTestApi()
    await ask(test)
    const answers = []
    for (let time = 0; time < 5; time += 1) {
      answers.push((await verify(test, wrongCode(test))).json())
    }
    const wrong = (left: number) => ({ status: false, tentativas_restantes: left, motivo: 'incorreto' })
    const blocked = { status: false, tentativas_restantes: 0, motivo: 'bloqueado' }
    expect(answers).toEqual([wrong(4), wrong(3), wrong(2), wrong(1), blocked])
    expect((await verify(test, sentCode(test))).json()).toEqual(blocked)
  })

  it('takes the code at the fifth try', async () => {
    await using test = await createTestApi()
    await ask(test)
    for (let time = 0; time < 4; time += 1) {
      await verify(test, wrongCode(test))
    }
    expect((await verify(test, sentCode(test))).json()).toEqual({ status: true })
  })

  it('takes no code after five minutes', async () => {
    await using test = await createTestApi()
    await ask(test)
    test.clock.advance({ minutes: 5 })
    expect((await verify(test, sentCode(test))).json()).toMatchObject({ status: false, motivo: 'expirado' })
  })

  it('takes only the newest code, which has all its tries', async () => {
    await using test = await createTestApi({ ACCESS_CODE_DIGITS: '8' })
    await ask(test)
    const old = sentCode(test)
    await ask(test)
    expect((await verify(test, old)).json()).toMatchObject({ tentativas_restantes: 4, motivo: 'incorreto' })
    expect((await verify(test, sentCode(test))).json()).toEqual({ status: true })
  })

  it('takes a code from its own user alone', async () => {
    await using test = await createTestApi({ ACCESS_CODE_DIGITS: '8' })
    await ask(test, '1001')
    const code = sentCode(test)
    await ask(test, '1002')
    expect((await verify(test, code, { user: '1002' })).json()).toMatchObject({ motivo: 'incorreto' })
    expect((await verify(test, code, { user: '1001' })).json()).toEqual({ status: true })
  })

  it('tells a stranger and a user without a code the same', async () => {
    await using test = await createTestApi()
    const nothing = { status: false, tentativas_restantes: 0, motivo: 'expirado' }
    expect((await verify(test, '1234', { user: '9999' })).json()).toEqual(nothing)
    expect((await verify(test, '1234', { user: '1002' })).json()).toEqual(nothing)
  })

  it('takes no code of a user who was made inactive meanwhile', async () => {
    await using test = await createTestApi()
    await ask(test)
    await test.api.db.updateTable('users').set({ active: 0 }).where('code', '=', '1001').execute()
    expect((await verify(test, sentCode(test))).json()).toMatchObject({ status: false })
  })

  it('lets one of many in that come at once with the right code', async () => {
    await using test = await createTestApi()
    await ask(test)
    const answers = await Promise.all(Array.from({ length: 20 }, () => verify(test, sentCode(test))))
    const right = answers.filter((answer) => answer.json<{ status: boolean }>().status)
    expect(right).toHaveLength(1)
  })

  it('counts wrong codes that come at once: five are judged, no more', async () => {
    await using test = await createTestApi()
    await ask(test)
    await Promise.all(Array.from({ length: 20 }, () => verify(test, wrongCode(test))))
    const code = await test.api.db
      .selectFrom('access_codes')
      .select(['wrong_tries', 'ended_reason'])
      .executeTakeFirst()
    expect(code).toEqual({ wrong_tries: 5, ended_reason: 'blocked' })
  })

  it('counts a try once for one Idempotency-Key, and tells the same again', async () => {
    await using test = await createTestApi()
    await ask(test)
    const wrong = await verify(test, wrongCode(test), { key: 'try-1' })
    expect((await verify(test, wrongCode(test), { key: 'try-1' })).json()).toEqual(wrong.json())
    expect((await verify(test, wrongCode(test), { key: 'try-2' })).json()).toMatchObject({
      tentativas_restantes: 3,
    })
    await verify(test, sentCode(test), { key: 'try-3' })
    expect((await verify(test, sentCode(test), { key: 'try-3' })).json()).toEqual({ status: true })
    expect((await verify(test, '12', { key: 'try-3' })).statusCode).toBe(409)
    const tried = (await auditEvents(test.api)).filter((event) => event === 'code_tried')
    expect(tried).toHaveLength(3)
  })

  it.each([
    [{ user: '1001' }, 'codigo'],
    [{ codigo: '1234' }, 'user'],
    [{ user: '1001', codigo: '12a4' }, 'codigo'],
    [{ user: '1001', codigo: '123456789' }, 'codigo'],
  ])('refuses %j and names %s', async (body, field) => {
    await using test = await createTestApi()
    const answer = await test.post('/api/verificar_codigo', body)
    expect([answer.statusCode, answer.json<{ erro: { campo: string } }>().erro.campo]).toEqual([400, field])
  })
})
