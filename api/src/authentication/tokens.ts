import { createHash, randomBytes } from 'node:crypto'

/** A token of 32 random bytes in base64url (43 characters), for a client or a session. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

/** How a token is stored: SHA-256 in hex. A plain hash is enough, because the token itself can't be guessed. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}
