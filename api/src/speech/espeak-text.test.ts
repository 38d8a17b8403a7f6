import { describe, expect, it } from 'vitest'
import { toEspeakText } from './espeak-text.ts'
import { brazilianLexicon, parseLexicon } from './pronunciation-lexicon.ts'

const lexicon = brazilianLexicon()
const noLexicon = parseLexicon('')

describe('toEspeakText', () => {
  it.each([
    ['Privilégio IPM', 'Privilégio i pê eme'],
    ['Senha da VPN e do PDF', 'Senha da vê pê ene e do pê dê éfe'],
    ['o SUS, a LAN', 'o SUS, a LAN'],
    ['ANA Maria', 'ANA Maria'],
    ['H2O na rede', 'H2O na rede'],
    ['Pedro II, XV de Novembro', 'Pedro II, XV de Novembro'],
    ['João D. Souza', 'João dê Souza'],
    ['Opção B. Fim', 'Opção bê Fim'],
    ['Taxa de R$ 10,50', 'Taxa de 10,50 reais'],
    ['Taxa de R$ 1', 'Taxa de 1 real'],
  ])('writes %j as %j', (text, written) => {
    expect(toEspeakText(text, noLexicon)).toBe(written)
  })

  it.each([
    ['MARIA DE FATIMA DOS SANTOS', 'maria de Fátima dos santos'],
    ['JOÃO PAULO II', 'joão paulo II'],
    ['SALA DE TI, CPF', 'sala de tê i, cê pê éfe'],
  ])('takes capitals for nothing where there is nothing else: %j is %j', (text, written) => {
    expect(toEspeakText(text, lexicon)).toBe(written)
  })

  it.each([
    ['Dra. Ana e Sr João', 'doutora Ana e senhor João'],
    ['Ana Reis Jr. Serviço: Dell Ltda.', 'Ana Reis júnior. Serviço: Dell limitada.'],
    ['Problema c/ o wi-fi p/ a TI', 'Problema com o uái fái para a tê i'],
    ['Schmidt-Kowalski', 'Chimíti-Coválsqui'],
    ['D’Jhonatan', 'D’Jônatan'],
    ['tia e Titia', 'tia e Titia'],
    ['constructor, __proto__ e toString', 'constructor, __proto__ e toString'],
  ])('respells words of the lexicon: %j is %j', (text, written) => {
    expect(toEspeakText(text, lexicon)).toBe(written)
  })

  it('parts groups of digits by a paragraph, and nothing else', () => {
    expect(toEspeakText('1, 0, 4; 2, 3', lexicon)).toBe('1, 0, 4;\n\n2, 3')
    expect(toEspeakText('um; dois\n\n3; a', lexicon)).toBe('um; dois  3; a')
  })

  it.each(['Olá [[h@l]]', 'a\u00015P b', '[\u200B[h@l]]', 'R$ [[1', 'S\u0001r. [', 'A\u2028B\u2029C'])(
    'lets no command through: %j',
    (text) => {
      expect(toEspeakText(text, lexicon)).not.toMatch(/[\p{C}\p{Zl}\p{Zp}[\]]/u)
    },
  )

  it('is done with 3,000 characters of anything at once', () => {
    for (const text of ['A.'.repeat(1_500), "a-'".repeat(1_000), 'R$ 1.'.repeat(600), '1; '.repeat(1_000)]) {
      const startMs = performance.now()
      toEspeakText(text, lexicon)
      expect(performance.now() - startMs).toBeLessThan(500)
    }
  })
})
