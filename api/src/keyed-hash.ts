import { createHmac } from 'node:crypto'

/** HMAC-SHA256 (64 hex digits) of a value under the service's secret; each purpose has a key of its own. */
export type KeyedHash = (purpose: HashPurpose, value: string) => string

/** What is hashed: the same value under two purposes gives unrelated hashes. */
type HashPurpose =
  | 'access-code'
  | 'calling-number'
  | 'call'
  | 'idempotent-request'
  | 'cursor'
  | 'user-version'

/** A keyed hash under `secret` (API_SECRET), for short values that a plain hash would not hide. */
export function createKeyedHash(secret: string): KeyedHash {
  return (purpose, value) => createHmac('sha256', `${purpose}\0${secret}`).update(value).digest('hex')
}
