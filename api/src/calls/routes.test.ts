import { CallRecordsAnswer, type CallRecord } from '@ura/core/ticket-api/schemas'
import { Check } from 'typebox/value'
import { describe, expect, it } from 'vitest'
import { auditEvents, createTestApi } from '../testing/test-api.ts'

const record: CallRecord = {
  chamada: '1795360430.0',
  rodada: 1,
  telefone: '+5545988887777',
  inicio: '2026-11-23T13:58:00.000Z',
  fim: '2026-11-23T13:59:30.000Z',
  etapas: [{ etapa: 'main-menu', em: '2026-11-23T13:58:01.000Z' }],
  resultado: 'ticket_opened',
  usuario: '1001',
  verificado: true,
  categoria: 'Computador',
  servico: 'computador-nao-liga',
  protocolos: ['10017'],
}

describe('call records', () => {
  it('are kept and told with the calling number masked', async () => {
    await using test = await createTestApi()
    expect((await test.post('/api/registrar_ligacao', record)).json()).toEqual({ status: true })
    const answer = await test.get('/api/ligacoes/1795360430.0')
    expect(answer.json()).toEqual({ status: true, ligacoes: [{ ...record, telefone: '+5545*****7777' }] })
    expect(Check(CallRecordsAnswer, answer.json())).toBe(true)
    expect(test.logged.join()).not.toContain('88887777')
  })

  it('of one round take the place of the earlier one; other rounds stand beside it', async () => {
    await using test = await createTestApi()
    await test.post('/api/registrar_ligacao', { ...record, resultado: 'abandoned', protocolos: [] })
    await test.post('/api/registrar_ligacao', { ...record, rodada: 2, telefone: null, usuario: null })
    await test.post('/api/registrar_ligacao', record)
    const { ligacoes } = (await test.get('/api/ligacoes/1795360430.0')).json<{ ligacoes: CallRecord[] }>()
    expect(ligacoes.map(({ rodada, resultado, telefone }) => [rodada, resultado, telefone])).toEqual([
      [1, 'ticket_opened', '+5545*****7777'],
      [2, 'ticket_opened', null],
    ])
  })

  it('of a declined identity are audited, once', async () => {
    await using test = await createTestApi()
    await test.post('/api/registrar_ligacao', { ...record, resultado: 'declined' })
    await test.post('/api/registrar_ligacao', { ...record, resultado: 'declined' })
    expect(await auditEvents(test.api)).toEqual(['sign_in', 'identity_declined'])
  })

  it('of an unknown call are not found', async () => {
    await using test = await createTestApi()
    const answer = await test.get('/api/ligacoes/1.1')
    expect([answer.statusCode, answer.json<{ erro: { codigo: string } }>().erro.codigo]).toEqual([
      404,
      'LIGACAO_NAO_ENCONTRADA',
    ])
  })

  it.each([
    [{ rodada: 0 }, 'rodada'],
    [{ resultado: 'busy' }, 'resultado'],
    [{ inicio: 'ontem' }, 'inicio'],
    [{ etapas: [{ etapa: 'main-menu', em: 'agora' }] }, 'etapas.0.em'],
    [{ codigo: '1234' }, 'codigo'],
    [{ inicio: '2026-11-23T23:59:60Z' }, 'inicio'],
    [{ fim: '2026-11-23T14:00:00Z[America/Sao_Paulo]' }, 'fim'],
    [{ etapas: [{ etapa: 'main-menu', em: '2026-12-31T23:59:60Z' }] }, 'etapas.0.em'],
  ])('are refused with %j, and the field is named', async (change, field) => {
    await using test = await createTestApi()
    const answer = await test.post('/api/registrar_ligacao', { ...record, ...change })
    expect([answer.statusCode, answer.json<{ erro: { campo: string } }>().erro.campo]).toEqual([400, field])
  })
})
