import { describe, expect, it } from 'vitest'
import { readConfig } from './config.ts'

describe('readConfig', () => {
  it('needs nothing', () => {
    expect(readConfig({})).toEqual({ lexiconNames: [], timeoutMs: 3_000 })
  })

  it('reads lexicons and the time limit', () => {
    expect(readConfig({ LEXICON_NAMES: 'Siglas, Nomes2', SYNTHESIS_TIMEOUT_MS: '1500' })).toEqual({
      lexiconNames: ['Siglas', 'Nomes2'],
      timeoutMs: 1_500,
    })
  })

  it.each(['a-b', 'ção', 'a'.repeat(21), 'a,b,c,d,e,f'])('refuses the lexicons %s', (names) => {
    expect(() => readConfig({ LEXICON_NAMES: names })).toThrow('LEXICON_NAMES')
  })
})
