/** Message → translation; the empty message holds the catalogue's header (GNU gettext manual, "PO Files"). */
export type Catalogue = ReadonlyMap<string, string>

/**
 * Reads the part of gettext's PO format that our module needs: `msgid`, `msgstr`, strings that go on in the next
 * line, `#` comments.
 *
 * @throws Error naming the line that it can't read, a message that comes twice, or one without translation.
 */
export function parsePo(text: string): Catalogue {
  const catalogue = new Map<string, string>()
  let message: string | undefined
  let translation: string | undefined
  const finish = () => {
    if (message === undefined) return
    if (catalogue.has(message)) throw new Error(`"${message}" comes twice`)
    if (translation === undefined || translation === '') throw new Error(`"${message}" has no translation`)
    catalogue.set(message, translation)
    message = translation = undefined
  }
  for (const [index, line] of text.split('\n').entries()) {
    const [, keyword, quoted = ''] = /^(?:(msgid|msgstr) )?("(?:[^"\\]|\\["\\nt])*")$/.exec(line.trim()) ?? []
    if (line.trim() === '' || line.startsWith('#')) continue
    if (quoted === '') throw new Error(`line ${index + 1}: not understood: ${line}`)
    const part = JSON.parse(quoted) as string
    if (keyword === 'msgid') {
      finish()
      message = part
    } else if (keyword === 'msgstr' && message !== undefined) {
      translation = part
    } else if (translation !== undefined) {
      translation += part
    } else if (message !== undefined) {
      message += part
    } else {
      throw new Error(`line ${index + 1}: no msgid before it`)
    }
  }
  finish()
  return catalogue
}

const headerBytes = 28
const magic = 0x950412de

/** The catalogue as gettext reads it, without the optional hash table (GNU gettext manual, "MO Files"). */
export function compileMo(catalogue: Catalogue): Buffer {
  const entries = [...catalogue]
    .map(([message, translation]): [string, Buffer, Buffer] => {
      const original = Buffer.from(`${message}\0`)
      // In Latin-1 each byte is one character, so that comparing text compares bytes.
      return [original.toString('latin1'), original, Buffer.from(`${translation}\0`)]
    })
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
  const originals = table(
    entries.map(([, original]) => original),
    headerBytes + 16 * entries.length,
  )
  const translations = table(
    entries.map(([, , translation]) => translation),
    originals.end,
  )
  const header = [magic, 0, entries.length, headerBytes, headerBytes + 8 * entries.length, 0, 0]
  const numbers = [...header, ...originals.numbers, ...translations.numbers]
  const head = Buffer.alloc(4 * numbers.length)
  for (const [index, number] of numbers.entries()) head.writeUInt32LE(number, 4 * index)
  return Buffer.concat([head, ...originals.texts, ...translations.texts])
}

/** Length without the final zero, and offset, of each text from `start` on. */
function table(texts: Buffer[], start: number): { numbers: number[]; texts: Buffer[]; end: number } {
  let end = start
  const numbers: number[] = []
  for (const text of texts) {
    numbers.push(text.length - 1, end)
    end += text.length
  }
  return { numbers, texts, end }
}
