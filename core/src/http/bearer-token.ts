/**
 * The token of an `Authorization: Bearer …` header (RFC 6750 §2.1), or null when there is none, more than one, or it
 * is longer than 500 characters. Whoever compares it does so in constant time.
 */
export function bearerToken(authorization: string | undefined): string | null {
  return /^Bearer ([\x21-\x7e]{1,500})$/i.exec(authorization ?? '')?.[1] ?? null
}
