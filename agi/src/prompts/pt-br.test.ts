import { describe, expect, it } from 'vitest'
import { promptTexts } from './pt-br.ts'

const prompts = Object.entries(promptTexts)
const sentencesOf = (text: string): string[] => text.split(/(?<=\.) /)

/** Words that make the person a man or a woman. */
const gendered =
  /\b(?:senhora?|obrigad[oa]|bem-vind[oa]|prezad[oa]|car[oa]|usuári[oa]|técnicos?|um técnico|operadora?|servidora?|identificad[oa]|cadastrad[oa]|atendid[oa]|conectad[oa])\b/i
/** What only people of informatics say, or what means nothing on a phone. */
const jargon =
  /\b(?:ticket|token|login|logar|input|timeout|sessão|sessao|usuário|URA|API|ID|PIN|DTMF|cerquilha|sustenido|clique|autenticação|validar|inserir)\b/i

describe('what the caller hears', () => {
  it.each(prompts.filter(([, text]) => text.includes('tecle')))(
    '%s tells the purpose first, then the key, one to a sentence',
    (_id, text) => {
      for (const sentence of sentencesOf(text).filter((part) => /tecle/i.test(part))) {
        expect(sentence).toMatch(/^(?:Para|Se) [^.]+, tecle (?:\d|asterisco)\.$/)
      }
    },
  )

  it.each(prompts)('%s addresses anybody alike', (_id, text) => {
    expect(text).not.toMatch(gendered)
  })

  it.each(prompts)('%s has no jargon', (_id, text) => {
    expect(text).not.toMatch(jargon)
  })

  it.each(prompts.filter(([id]) => !id.startsWith('digit-')))(
    '%s is made of short, whole sentences',
    (_id, text) => {
      expect(text).toMatch(/^\p{Lu}.*[.:]$/u)
      for (const sentence of sentencesOf(text)) {
        expect(sentence.split(' ').length).toBeLessThanOrEqual(14)
      }
    },
  )

  it('has each key of a menu once', () => {
    for (const [, text] of prompts) {
      const keys = [...text.matchAll(/tecle (\d|asterisco)/g)].map(([, key]) => key)
      expect(new Set(keys).size).toBe(keys.length)
    }
  })
})
