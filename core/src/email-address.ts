/** RFC 5321, 4.5.3.1: a path of 256 octets, without its angle brackets. */
const charactersMax = 254

/**
 * The WHATWG's rule for `<input type="email">` (https://html.spec.whatwg.org/#valid-e-mail-address): ASCII, one
 * mailbox, no comments, no quoted parts, nothing that could end a header's line.
 */
const pattern =
  /^[a-zA-Z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?(?:\.[a-zA-Z0-9](?:[a-zA-Z0-9-]{0,61}[a-zA-Z0-9])?)*$/

/** Whether a text is an e-mail address that can be written to, at most 254 characters. */
export function isEmailAddress(text: string): boolean {
  return text.length <= charactersMax && pattern.test(text)
}

/**
 * An e-mail address fit for logs and answers: `j***@prefeitura.example`. Only the first character and the domain
 * survive; of a text that is no address nothing does.
 */
export function maskEmailAddress(text: string): string {
  return isEmailAddress(text) ? `${text.slice(0, 1)}***${text.slice(text.lastIndexOf('@'))}` : '***'
}
