/**
 * A text as eSpeak NG 1.52 must get it so that it is read as text: control characters start its embedded commands
 * (espeak-ng, docs/markup.md: Ctrl-A), and `[[` starts phoneme codes (the command line sets espeakPHONEMES).
 * Acronyms are spaced out, because the pt-br voice reads `IPM` as a word where people spell it.
 */
export function toEspeakText(text: string): string {
  const plain = text.replaceAll(/\p{C}/gu, ' ').replaceAll('[', ' ').replaceAll(']', ' ')
  // In a text all in capitals (names in old registers) capitals mark nothing.
  return /\p{Ll}/u.test(plain) ? plain.replaceAll(acronym, spellUnpronounceable) : plain
}

/** Two to four capitals that stand alone. */
const acronym = /(?<![\p{L}\p{N}])\p{Lu}{2,4}(?![\p{L}\p{N}])/gu
/** Syllables of at most one consonant, a vowel and at most one closing consonant: RAM, TI, ANA. */
const pronounceable = /^(?:[^AEIOU]?[AEIOU][LMNRSZ]?)+$/

function spellUnpronounceable(word: string): string {
  const letters = word.normalize('NFD').replaceAll(/\p{M}/gu, '')
  return pronounceable.test(letters) ? word : word.split('').join(' ')
}
