import { describe, expect, it } from 'vitest'
import type { MessageDelivery, MessageState } from '../gateway/message-gateway.ts'
import { createTestApi, type TestApi } from '../testing/test-api.ts'
import { judgeDelivery } from './access-code-delivery.ts'

const call = '1795360430.0'

const ask = (test: TestApi, usuario = '1001', chamada = call) =>
  test.post('/api/solicitar_codigo', { usuario, chamada })

const readSituation = (test: TestApi, usuario = '1001', chamada = call) =>
  test.get(`/api/situacao_codigo?usuario=${usuario}&chamada=${chamada}`)

const by = (channel: 'whatsapp' | 'email', state: MessageState): MessageDelivery => ({
  channel,
  state,
  fallback: null,
})

describe('GET /api/situacao_codigo', () => {
  it('tells what the gateway knows of the newest code of that call', async () => {
    await using test = await createTestApi()
    await ask(test)
    await ask(test)
    test.gateway.delivery = by('whatsapp', 'delivered')
    const answer = await readSituation(test)
    expect([answer.statusCode, answer.json()]).toEqual([
      200,
      { status: true, situacao: 'entregue', canal: 'whatsapp' },
    ])
    expect(test.gateway.lookedUp).toEqual([test.gateway.codes[1]?.idempotencyKey])
  })

  it('knows no code of another call, of another user, of a stranger', async () => {
    await using test = await createTestApi()
    await ask(test)
    await ask(test, '1002', '1795360430.9')
    const answers = [
      await readSituation(test, '1001', '1795360430.9'),
      await readSituation(test, '1002', call),
      await readSituation(test, '9999', call),
    ]
    for (const answer of answers) {
      expect([answer.statusCode, answer.json()]).toMatchObject([
        404,
        { erro: { codigo: 'CODIGO_NAO_ENCONTRADO' } },
      ])
    }
    expect(test.gateway.lookedUp).toEqual([])
  })

  it('does not say that a code is on its way when nobody knows', async () => {
    await using test = await createTestApi()
    await ask(test)
    test.gateway.delivery = null
    expect((await readSituation(test)).json()).toMatchObject({ situacao: 'desconhecida', canal: 'whatsapp' })
  })

  it.each([
    ['connection', 'falhou'],
    ['timeout', 'desconhecida'],
  ])('tells of a code that the gateway has not taken (%s): %s', async (fault, situacao) => {
    await using test = await createTestApi()
    test.gateway.fault = fault
    await ask(test, '1006')
    test.gateway.fault = null
    expect((await readSituation(test, '1006')).json()).toMatchObject({ situacao, canal: 'email' })
    expect(test.gateway.lookedUp).toEqual([])
  })

  it('counts a code as on its way while it is being handed over, and as lost when that took too long', async () => {
    await using test = await createTestApi()
    await ask(test)
    await test.api.db.updateTable('access_codes').set({ delivery: 'sending', channel: null }).execute()
    expect((await readSituation(test)).json()).toMatchObject({ situacao: 'a_caminho', canal: 'whatsapp' })
    test.clock.advance({ seconds: 7 })
    expect((await readSituation(test)).json()).toMatchObject({ situacao: 'desconhecida' })
  })

  it.each(['usuario=1001', `chamada=${call}`, `usuario=x&chamada=${call}`, 'usuario=1&chamada=a%20b'])(
    'refuses ?%s',
    async (query) => {
      await using test = await createTestApi()
      expect((await test.get(`/api/situacao_codigo?${query}`)).statusCode).toBe(400)
    },
  )
})

describe('a code that went two ways', () => {
  it.each<[MessageState, MessageState | null, string, string]>([
    ['queued', null, 'a_caminho', 'whatsapp'],
    ['sent', null, 'a_caminho', 'whatsapp'],
    ['read', null, 'entregue', 'whatsapp'],
    ['expired', null, 'falhou', 'whatsapp'],
    ['unknown', null, 'desconhecida', 'whatsapp'],
    ['failed', 'queued', 'a_caminho', 'email'],
    ['failed', 'sent', 'a_caminho', 'email'],
    ['sent', 'sent', 'a_caminho', 'email'],
    ['unknown', 'sent', 'a_caminho', 'email'],
    ['failed', 'failed', 'falhou', 'email'],
    ['failed', 'unknown', 'desconhecida', 'email'],
    ['delivered', 'sent', 'entregue', 'whatsapp'],
    ['sent', 'failed', 'a_caminho', 'whatsapp'],
    ['unknown', 'failed', 'desconhecida', 'whatsapp'],
  ])('%s by WhatsApp, %s by e-mail: %s, look at %s', (state, other, situation, channel) => {
    const fallback = other === null ? null : ({ channel: 'email', state: other } as const)
    expect(judgeDelivery({ channel: 'whatsapp', state, fallback })).toEqual({ situation, channel })
  })
})
