import type { PronunciationLexicon } from './pronunciation-lexicon.ts'

/**
 * A text as eSpeak NG 1.52 must get it so that its Brazilian voice reads it as people would: words of the lexicon
 * respelled, acronyms spelled out, amounts and initials in words, a long pause between groups of digits.
 *
 * No text can give commands: control characters start eSpeak's embedded ones (espeak-ng, docs/markup.md: Ctrl-A),
 * `[[` starts phoneme codes (the command line sets espeakPHONEMES); both are taken out.
 */
export function toEspeakText(text: string, lexicon: PronunciationLexicon): string {
  const plain = withoutCommands(text)
    .replaceAll(amount, (_, figures: string) => `${figures} ${figures === '1' ? 'real' : 'reais'}`)
    // eSpeak takes a letter with a period for a Roman numeral: "João D. Souza" became "João quinhentos".
    .replaceAll(initial, (_, letter: string) => letterName(letter))
    // Its pause after a semicolon is hardly longer than after a comma (0.3 s and 0.2 s); a paragraph's is 0.7 s.
    .replaceAll(betweenDigitGroups, ';\n\n')
  const unlisted = /\p{Ll}/u.test(plain) ? spellAcronym : fromCapitals
  return plain.replaceAll(word, (token) => pronounce(token, lexicon, unlisted))
}

/** The text as one line without anything that eSpeak could take for a command, in any language. */
export function withoutCommands(text: string): string {
  return text.normalize('NFC').replaceAll(/[\p{C}\p{Z}[\]]/gu, ' ')
}

/** A word, with the period or slash that may belong to it as an abbreviation. */
const word = /[\p{L}\p{N}]+(?:[-'’][\p{L}\p{N}]+)*(?:\.|\/(?= ))?/gu
const amount = /(?<![\p{L}\p{N}])R\$ ?(\d[\d.]*(?:,\d+)?)/gu
const initial = /(?<![\p{L}\p{N}'’-])(\p{Lu})\.(?= \p{Lu})/gu
const betweenDigitGroups = /(?<=\d); (?=\d)/g

/** What becomes of a word that isn't in the lexicon. */
type Unlisted = (word: string) => string

function pronounce(token: string, lexicon: PronunciationLexicon, unlisted: Unlisted): string {
  const mark = /[./]$/.exec(token)?.[0] ?? ''
  const bare = token.slice(0, token.length - mark.length)
  // "Sr" is listed with its period, which must not end the sentence.
  const abbreviated = lexicon.respelling(mark === '/' ? token : `${bare}.`)
  return abbreviated ?? respell(bare, lexicon, unlisted) + mark
}

/** A word, or each part of a compound that isn't listed itself. */
function respell(bare: string, lexicon: PronunciationLexicon, unlisted: Unlisted): string {
  const listed = lexicon.respelling(bare)
  if (listed !== undefined) {
    return listed
  }
  return /[-'’]/.test(bare)
    ? bare.replaceAll(/[\p{L}\p{N}]+/gu, (part) => respell(part, lexicon, unlisted))
    : unlisted(bare)
}

/** Two to four capitals that nobody could pronounce as a word; Roman numerals are none. */
function spellAcronym(bare: string): string {
  const isAcronym = /^\p{Lu}{2,4}$/u.test(bare) && !romanNumeral.test(bare)
  return isAcronym && !isPronounceable(bare) ? spell(bare) : bare
}

/** Where all is in capitals (names in old registers) they mark nothing, but eSpeak would spell DE and DOS. */
function fromCapitals(bare: string): string {
  if (/^[B-DF-HJ-NP-TV-XZ]{2,}$/.test(bare)) {
    return spell(bare)
  }
  return romanNumeral.test(bare) ? bare : bare.toLocaleLowerCase('pt-BR')
}

const romanNumeral = /^[IVX]{2,}$/

/** Syllables of at most one consonant, a vowel and at most one closing consonant: SUS, ANA. */
function isPronounceable(letters: string): boolean {
  return /^(?:[^AEIOU]?[AEIOU][LMNRSZ]?)+$/.test(withoutAccents(letters))
}

function spell(letters: string): string {
  return Array.from(letters, letterName).join(' ')
}

/**
 * How a letter is written for eSpeak to say its name: alone it would read A, E and O as words, R as a sound, and "é" as
 * "e agudo".
 */
function letterName(letter: string): string {
  return letterNames.get(withoutAccents(letter)) ?? letter
}

function withoutAccents(letters: string): string {
  return letters.normalize('NFD').replaceAll(/\p{M}/gu, '')
}

const letterNames = new Map(
  Object.entries({
    A: 'á',
    B: 'bê',
    C: 'cê',
    D: 'dê',
    E: 'eh',
    F: 'éfe',
    G: 'gê',
    H: 'agá',
    I: 'i',
    J: 'jota',
    K: 'cá',
    L: 'éle',
    M: 'eme',
    N: 'ene',
    O: 'ó',
    P: 'pê',
    Q: 'quê',
    R: 'érre',
    S: 'ésse',
    T: 'tê',
    U: 'u',
    V: 'vê',
    W: 'dáblio',
    X: 'xis',
    Y: 'ípsilon',
    Z: 'zê',
  }),
)
