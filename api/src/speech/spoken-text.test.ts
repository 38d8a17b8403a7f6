import { describe, expect, it } from 'vitest'
import { cleanForSpeech, spokenDate, spokenDigits } from './spoken-text.ts'

describe('spokenDigits', () => {
  it.each([
    ['7', '7'],
    ['1042', '1, 0, 4, 2'],
    ['10423', '1, 0, 4; 2, 3'],
    ['104237', '1, 0, 4; 2, 3, 7'],
    ['1042371', '1, 0, 4; 2, 3, 7, 1'],
    ['0000000018', '0, 0, 0; 0, 0, 0; 0, 0, 1, 8'],
    ['', ''],
    ['2026-18', '2, 0, 2; 6, 1, 8'],
  ])('dictates %s as "%s"', (number, spoken) => {
    expect(spokenDigits(number)).toBe(spoken)
  })

  it('loses and adds no digit, and leaves none alone', () => {
    for (let length = 2; length < 40; length += 1) {
      const number = '1234567890'.repeat(4).slice(0, length)
      const spoken = spokenDigits(number)
      expect(spoken.replaceAll(/[,; ]/g, '')).toBe(number)
      expect(spoken.split('; ').every((group) => group.length > 1)).toBe(true)
    }
  })
})

describe('cleanForSpeech', () => {
  it.each([
    ["João d'Ávila Conceição", "João d'Ávila Conceição"],
    ['  Maria   da \n Silva\t', 'Maria da Silva'],
    ['Ana <break time="9s"/>Lima', 'Ana Lima'],
    ['<speak>Zé</speak>', 'Zé'],
    ['Zé & Cia < 3', 'Zé Cia 3'],
    ['a\u0001b\u0000c\u200B\u202Ed', 'a b c d'],
    ['[[h@l]] {x} *y* _z_', 'h l x y z'],
    ['Jose\u0301', 'José'],
    ['Wi-Fi (2º andar), 100%', 'Wi-Fi (2º andar), 100%'],
    ['💥', ''],
  ])('makes %j into %j', (text, clean) => {
    expect(cleanForSpeech(text)).toBe(clean)
  })

  it('cuts between words', () => {
    expect(cleanForSpeech('Ana Beatriz Conceição', 12)).toBe('Ana Beatriz')
    expect(cleanForSpeech('Ana Beatriz Conceição', 11)).toBe('Ana Beatriz')
    expect(cleanForSpeech('Abracadabra', 5)).toBe('Abrac')
    expect(cleanForSpeech('palavra '.repeat(1_000)).length).toBeLessThanOrEqual(200)
  })

  it('is done with a hostile megabyte at once', () => {
    expect(cleanForSpeech('<'.repeat(1_000_000))).toBe('')
  })
})

describe('spokenDate', () => {
  const saoPaulo = 'America/Sao_Paulo'

  it.each([
    ['2026-11-22T17:30:00Z', 'vinte e dois de novembro, às quatorze horas e trinta minutos'],
    ['2026-05-01T04:00:00Z', 'primeiro de maio, à uma hora'],
    ['2026-05-02T05:01:00Z', 'dois de maio, às duas horas e um minuto'],
    ['2026-03-31T00:22:00Z', 'trinta de março, às vinte e uma horas e vinte e dois minutos'],
    ['2026-03-31T01:59:00Z', 'trinta de março, às vinte e duas horas e cinquenta e nove minutos'],
    ['2026-06-10T15:00:00Z', 'dez de junho, ao meio-dia'],
    ['2026-06-10T03:05:00Z', 'dez de junho, à meia-noite e cinco'],
  ])('tells %s as "%s"', (instant, spoken) => {
    expect(spokenDate(new Date(instant), saoPaulo)).toBe(spoken)
  })

  it('tells the year of another year only', () => {
    const date = new Date('2025-12-30T13:00:00Z')
    const spoken = (now: string): string => spokenDate(date, saoPaulo, { now: new Date(now) })
    expect(spoken('2026-01-05T12:00:00Z')).toBe('trinta de dezembro de 2025, às dez horas')
    expect(spoken('2025-12-31T12:00:00Z')).toBe('trinta de dezembro, às dez horas')
    // Still 2025 in São Paulo.
    expect(spoken('2026-01-01T01:00:00Z')).toBe('trinta de dezembro, às dez horas')
  })
})
