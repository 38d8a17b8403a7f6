import { readFileSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import {
  brazilianLexicon,
  brazilianLexiconWith,
  LexiconError,
  parseLexicon,
} from './pronunciation-lexicon.ts'

describe('parseLexicon', () => {
  it('reads words with their spelling, in any case, comments and empty lines left out', () => {
    const lexicon = parseLexicon('# names\n\n Kleber =  Cléber \r\nWi-Fi = uái fái')
    expect(['kleber', 'KLEBER', 'Wi-fi', 'Cleber'].map((word) => lexicon.respelling(word))).toEqual([
      'Cléber',
      'Cléber',
      'uái fái',
      undefined,
    ])
    expect(lexicon.words).toEqual(['Kleber', 'Wi-Fi'])
  })

  it('takes capitals for an acronym, which lower case is not', () => {
    const lexicon = parseLexicon('IA = i á')
    expect([lexicon.respelling('IA'), lexicon.respelling('ia')]).toEqual(['i á', undefined])
  })

  it('finds a word however its accents are composed', () => {
    expect(parseLexicon('Ko\u0308hler = Quéler').respelling('Köhler')).toBe('Quéler')
  })

  it.each([
    ['a line without a spelling', 'Kleber'],
    ['two spellings', 'a = b = c'],
    ['no word', '= b'],
    ['two words', 'pen drive = pen draive'],
    ['phoneme codes', "Kleber = [[kl'Eber]]"],
    ['figures', 'Kleber = 1'],
    ['a command', 'Kleber = \u00015P'],
    ['a word without end', `${'a'.repeat(41)} = b`],
    ['a spelling without end', `a = ${'b'.repeat(81)}`],
  ])('refuses %s and names the line', (_what, line) => {
    expect(() => parseLexicon(`# one\nAna = Ana\n${line}`)).toThrow(LexiconError)
    expect(() => parseLexicon(`# one\nAna = Ana\n${line}`)).toThrow('line 3')
  })

  it('refuses more lines than it could need', () => {
    expect(() => parseLexicon('\n'.repeat(20_001))).toThrow('20000 lines')
  })
})

describe('the Brazilian lexicon', () => {
  it('is in alphabetical order, without a word twice', () => {
    const { words } = brazilianLexicon()
    const sorted = words.toSorted((one, other) => one.localeCompare(other, 'pt-BR'))
    expect(words).toEqual(sorted)
    expect(new Set(words.map((word) => word.toLocaleLowerCase('pt-BR'))).size).toBe(words.length)
  })

  it('is a file that an administrator can read', () => {
    const content = readFileSync(new URL('pt-br-lexicon.txt', import.meta.url), 'utf8')
    expect(content.split('\n').filter((line) => line.length > 120 || /\s$/.test(line))).toEqual([])
  })
})

describe("an administrator's own lexicon", () => {
  it('comes before ours and leaves the rest of it', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'lexicon-'))
    const path = join(folder, 'words.txt')
    await writeFile(path, 'Igor = Igôr\nItaquaquecetuba = Itacuaquecetuba\n')
    const lexicon = brazilianLexiconWith(path)
    expect(lexicon.respelling('Igor')).toBe('Igôr')
    expect(lexicon.respelling('Itaquaquecetuba')).toBe('Itacuaquecetuba')
    expect(lexicon.respelling('TI')).toBe('tê i')
    await rm(folder, { recursive: true })
  })

  it('that can not be read is an error that says so', () => {
    expect(() => brazilianLexiconWith('/nowhere/words.txt')).toThrow(LexiconError)
  })
})
