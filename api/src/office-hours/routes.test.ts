import { describe, expect, it } from 'vitest'
import { createFakeClock } from '../testing/fakes.ts'
import { createTestApi } from '../testing/test-api.ts'
import { putException } from './office-hours-repository.ts'

describe('GET /api/horario_atendimento', () => {
  it('tells that the team is there, and until when', async () => {
    await using test = await createTestApi()
    expect((await test.get('/api/horario_atendimento')).json()).toEqual({
      status: true,
      aberto: true,
      motivo: 'horario',
      proxima_abertura: null,
      proxima_mudanca: '2026-11-23T15:00:00.000Z',
      url: null,
      nome_audio: null,
    })
  })

  it('tells when the team is back, in speech as well', async () => {
    await using test = await createTestApi({}, createFakeClock('2026-12-24T22:00:00Z'))
    expect((await test.get('/api/horario_atendimento')).json()).toMatchObject({
      aberto: false,
      motivo: 'fora_do_horario',
      proxima_abertura: '2026-12-28T11:00:00.000Z',
      proxima_mudanca: '2026-12-25T03:00:00.000Z',
      url: expect.stringContaining('/audio/'),
    })
    expect(test.speech.spoken).toEqual([
      'O atendimento volta segunda-feira, vinte e oito de dezembro, às oito horas.',
    ])
  })

  it('names a holiday of the city, of every year or of one', async () => {
    const clock = createFakeClock('2026-11-24T13:00:00Z')
    await using test = await createTestApi({ SESSION_HOURS: '168' }, clock)
    await test.api.db
      .insertInto('office_hours_holidays')
      .values([
        { day: '11-24', name: 'Aniversário da cidade' },
        { day: '2026-11-25', name: 'Dia da padroeira' },
      ])
      .execute()
    const reason = async () => (await test.get('/api/horario_atendimento')).json<{ motivo: string }>().motivo
    expect(await reason()).toBe('feriado: Aniversário da cidade')
    clock.advance({ hours: 24 })
    expect(await reason()).toBe('feriado: Dia da padroeira')
  })

  it('hears an exception at the next request', async () => {
    await using test = await createTestApi()
    await putException(test.api.db, { day: '2026-11-23', intervals: [], reason: 'falta de energia' })
    expect((await test.get('/api/horario_atendimento')).json()).toMatchObject({
      aberto: false,
      motivo: 'excecao: falta de energia',
      proxima_abertura: '2026-11-24T11:00:00.000Z',
    })
  })

  it('keeps to the configured time zone', async () => {
    const clock = createFakeClock('2026-11-23T11:30:00Z')
    await using test = await createTestApi({ TIME_ZONE: 'America/Manaus' }, clock)
    expect((await test.get('/api/horario_atendimento')).json()).toMatchObject({
      aberto: false,
      proxima_abertura: '2026-11-23T12:00:00.000Z',
    })
  })
})
