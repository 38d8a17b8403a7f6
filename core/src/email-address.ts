const charactersMax = 254
const localCharactersMax = 64

/** RFC 5321, 4.1.2, without quoted local parts and addresses in place of names, which no town hall gives out. */
const addressPattern =
  /^([A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*)@([A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*)$/

/**
 * An e-mail address with its domain in small letters, or null when the text is none: one address alone, in ASCII, up to
 * 254 characters, without a name, line breaks or anything else around it.
 */
export function parseEmailAddress(text: string): string | null {
  const trimmed = text.trim()
  const [, local = '', domain = ''] =
    (trimmed.length <= charactersMax ? addressPattern.exec(trimmed) : null) ?? []
  return local === '' || local.length > localCharactersMax ? null : `${local}@${domain.toLowerCase()}`
}

/** An address fit for logs and answers: `m***@prefeitura.example`; a text that is no address gives `***`. */
export function maskEmailAddress(text: string): string {
  const address = parseEmailAddress(text)
  return address === null ? '***' : `${address.slice(0, 1)}***${address.slice(address.lastIndexOf('@'))}`
}
