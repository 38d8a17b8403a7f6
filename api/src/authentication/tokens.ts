import { createHash, randomBytes } from 'node:crypto'

/** A token of 32 random bytes in base64url (43 characters), for a client or a session. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** How a token is stored: SHA-256 in hex. A plain hash is enough, because the token itself can't be guessed. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** The token of an `Authorization: Bearer …` header, or null when there is none or it is longer than 500 characters. */
export function bearerToken(authorization: string | undefined): string | null {
  return /^Bearer ([\x21-\x7e]{1,500})$/i.exec(authorization ?? '')?.[1] ?? null
}
