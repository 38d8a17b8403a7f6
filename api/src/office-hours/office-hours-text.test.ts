import { describe, expect, it } from 'vitest'
import { reasonText, returnText } from './office-hours-text.ts'

const timeZone = 'America/Sao_Paulo'

describe('what a caller hears out of hours', () => {
  const now = new Date('2026-11-23T21:00:00Z')

  it.each([
    ['2026-11-24T11:00:00Z', 'O atendimento volta amanhã, vinte e quatro de novembro, às oito horas.'],
    [
      '2026-11-23T22:30:00Z',
      'O atendimento volta hoje, vinte e três de novembro, às dezenove horas e trinta minutos.',
    ],
    ['2026-11-30T11:00:00Z', 'O atendimento volta segunda-feira, trinta de novembro, às oito horas.'],
  ])('for %s is the day in words', (opening, text) => {
    expect(returnText(new Date(opening), { now, timeZone })).toBe(text)
  })
})

describe('the reason in an answer', () => {
  const state = { nextOpening: null, nextChange: new Date(0) }

  it.each([
    [{ ...state, open: true, reason: { kind: 'usual' } } as const, 'horario'],
    [{ ...state, open: false, reason: { kind: 'usual' } } as const, 'fora_do_horario'],
    [{ ...state, open: false, reason: { kind: 'holiday', name: 'Natal' } } as const, 'feriado: Natal'],
    [{ ...state, open: true, reason: { kind: 'exception', text: null } } as const, 'excecao'],
    [{ ...state, open: false, reason: { kind: 'exception', text: 'luto' } } as const, 'excecao: luto'],
  ])('of %j is %s', (given, text) => {
    expect(reasonText(given)).toBe(text)
  })
})
