import { createHmac, timingSafeEqual } from 'node:crypto'

/**
 * Whether `X-Hub-Signature-256` (`sha256=` and 64 hexadecimal digits) is the HMAC-SHA256 of the raw body under the
 * app secret (Meta, "Webhooks: validate payloads"). Compared in constant time; a header of another form never is.
 */
export function isSignedBy(appSecret: string, body: Buffer, header: unknown): boolean {
  const [, hex] = /^sha256=([0-9a-f]{64})$/.exec(typeof header === 'string' ? header : '') ?? []
  if (hex === undefined) {
    return false
  }
  return timingSafeEqual(Buffer.from(hex, 'hex'), createHmac('sha256', appSecret).update(body).digest())
}
