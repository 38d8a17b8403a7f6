import { createHash, timingSafeEqual } from 'node:crypto'

/** A secret fit to show: whether it is there, and nothing of it. */
export function maskSecret(secret: string): string {
  return secret === '' ? '' : '********'
}

/** Compares two secrets in time that depends on neither: both are hashed first, so that lengths match as well. */
export function secretsEqual(one: string, other: string): boolean {
  return timingSafeEqual(sha256(one), sha256(other))
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
