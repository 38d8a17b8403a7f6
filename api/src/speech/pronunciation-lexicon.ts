import { readFileSync } from 'node:fs'

/** Words that a voice reads wrong, and how to write them for it. */
export interface PronunciationLexicon {
  /** The spelling that sounds right; undefined for a word that isn't listed. */
  respelling(word: string): string | undefined
  /** The words as listed. */
  readonly words: readonly string[]
}

/** A lexicon with a line that means nothing; the message names the line. */
export class LexiconError extends Error {
  override readonly name = 'LexiconError'
}

/** What a listed word is made of; one final period or slash belongs to an abbreviation (`Sr.`, `c/`). */
const wordPattern = /^[\p{L}\p{N}]+(?:[-'’][\p{L}\p{N}]+)*[./]?$/u
/** No more than letters, so that no spelling can be taken for a command of the voice's. */
const spellingPattern = /^\p{L}+(?:[ '-]\p{L}+)*$/u
const wordCharactersMax = 40
const spellingCharactersMax = 80
const linesMax = 20_000

/**
 * Reads lines of `word = spelling`; empty lines and those that start with `#` say nothing. Later lines replace earlier
 * ones. A word written in capitals (two letters or more) is an acronym and matches only so, others in any case.
 *
 * @throws LexiconError for a line of another form, or more than 20,000 lines
 */
export function parseLexicon(content: string): PronunciationLexicon {
  const lines = content.split('\n')
  if (lines.length > linesMax) {
    throw new LexiconError(`has more than ${linesMax} lines`)
  }
  const spellings = new Map<string, string>()
  const words: string[] = []
  for (const [index, line] of lines.entries()) {
    const entry = line.normalize('NFC').trim()
    if (entry !== '' && !entry.startsWith('#')) {
      const [word, spelling] = parseEntry(entry, index + 1)
      words.push(word)
      spellings.set(keyOf(word), spelling)
    }
  }
  return {
    words,
    respelling: (word) => spellings.get(word) ?? spellings.get(word.toLocaleLowerCase('pt-BR')),
  }
}

let brazilian: PronunciationLexicon | undefined

/** The lexicon of the embedded Brazilian voice, `pt-br-lexicon.txt`; read once. */
export function brazilianLexicon(): PronunciationLexicon {
  return (brazilian ??= parseLexicon(readFileSync(new URL('pt-br-lexicon.txt', import.meta.url), 'utf8')))
}

/**
 * The Brazilian lexicon with an administrator's own file in front of it.
 *
 * @throws LexiconError when the file can't be read or has a line of another form
 */
export function brazilianLexiconWith(path: string): PronunciationLexicon {
  const own = parseLexicon(readOwn(path))
  const base = brazilianLexicon()
  return {
    words: [...own.words, ...base.words],
    respelling: (word) => own.respelling(word) ?? base.respelling(word),
  }
}

function readOwn(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new LexiconError(`can't be read: ${(error as Error).message}`, { cause: error })
  }
}

function parseEntry(entry: string, lineNumber: number): [word: string, spelling: string] {
  const [word = '', spelling = '', ...rest] = entry.split('=').map((part) => part.trim())
  const isWord = wordPattern.test(word) && word.length <= wordCharactersMax
  const isSpelling = spellingPattern.test(spelling) && spelling.length <= spellingCharactersMax
  if (!isWord || !isSpelling || rest.length > 0) {
    throw new LexiconError(
      `line ${lineNumber} is no "word = spelling"; a spelling has letters and spaces only`,
    )
  }
  return [word, spelling]
}

function keyOf(word: string): string {
  return /^\p{Lu}{2,}$/u.test(word) ? word : word.toLocaleLowerCase('pt-BR')
}
