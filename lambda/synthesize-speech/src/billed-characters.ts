/** Polly's limit for what it bills, "Quotas in Amazon Polly". */
export const billedCharactersMax = 3_000
/** Polly's limit for text and markup together, from the same page. */
export const totalCharactersMax = 6_000

/** Whether the text is one SSML document from its first to its last character, spaces aside. */
export function isSsmlDocument(text: string): boolean {
  return /^\s*<speak(?:\s[^<>]*)?>.*<\/speak>\s*$/su.test(text)
}

/** The characters that Polly bills, by code point: all of plain text, all but the tags of SSML. */
export function billedCharacters(text: string, textType: 'text' | 'ssml'): number {
  return totalCharacters(textType === 'ssml' ? text.replaceAll(/<[^<>]*>/g, '') : text)
}

/** Code points, so that a character outside the basic plane counts once. */
export function totalCharacters(text: string): number {
  return Array.from(text).length
}
