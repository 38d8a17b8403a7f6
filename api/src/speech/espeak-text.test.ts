import { describe, expect, it } from 'vitest'
import { toEspeakText } from './espeak-text.ts'

describe('toEspeakText', () => {
  it.each([
    ['Privilégio IPM', 'Privilégio I P M'],
    ['Senha da VPN e do PDF', 'Senha da V P N e do P D F'],
    ['Memória RAM da TI', 'Memória RAM da TI'],
    ['ANA Maria', 'ANA Maria'],
    ['MARCOS ANTÔNIO SPDF', 'MARCOS ANTÔNIO SPDF'],
    ['Instalação de SOFTWARE', 'Instalação de SOFTWARE'],
    ['WhatsApp e H2O', 'WhatsApp e H2O'],
    ['Olá [[h@l]]', 'Olá   h@l  '],
    ['a\u00015P b', 'a 5P b'],
  ])('hands %j over as %j', (text, handed) => {
    expect(toEspeakText(text)).toBe(handed)
  })
})
