/** What the Graph API answered: a body of JSON, or none that makes sense. */
export interface GraphAnswer {
  readonly statusCode: number
  readonly body: unknown
  /** Of the header `Retry-After` in seconds, a day at most; null without one. */
  readonly retryAfterMs: number | null
}

export interface GraphClient {
  /** @throws NotReachedError when the request certainly did not leave; any other error means that it may have. */
  send(payload: object, signal: AbortSignal): Promise<GraphAnswer>
  /** Reads the phone number: a request that changes nothing and needs the token. @throws as `send` */
  probe(signal: AbortSignal): Promise<GraphAnswer>
}

/** No connection was made. */
export class NotReachedError extends Error {
  override readonly name = 'NotReachedError'
}

const answerBytesMax = 64 * 1024
const retryAfterMsMax = 24 * 60 * 60 * 1_000

/** Before a connection exists, nothing can have been sent over it (Node's, undici's and OpenSSL's codes). */
const unsentCodes =
  /^(?:ECONNREFUSED|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|UND_ERR_CONNECT_TIMEOUT|CERT_|DEPTH_ZERO_|SELF_SIGNED_|UNABLE_TO_|ERR_TLS_)/

/** The Cloud API's two requests that the driver needs, for one phone number. */
export function createGraphClient(options: {
  /** `https://graph.facebook.com` or a stand-in. */
  baseUrl: string
  /** As `v23.0`. */
  version: string
  phoneNumberId: string
  token: string
}): GraphClient {
  const { baseUrl, version, phoneNumberId, token } = options
  const number = `${baseUrl}/${version}/${phoneNumberId}`
  const authorization = `Bearer ${token}`
  return {
    send: (payload, signal) =>
      request(`${number}/messages`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json' },
        body: JSON.stringify(payload),
        signal,
      }),
    probe: (signal) => request(`${number}?fields=id`, { headers: { authorization }, signal }),
  }
}

async function request(url: string, init: RequestInit): Promise<GraphAnswer> {
  // Not followed: a redirect would carry the token and the message somewhere else.
  const response = await fetch(url, { ...init, redirect: 'manual' }).catch((error: unknown) => {
    throw isSurelyUnsent(error) ? new NotReachedError('not connected', { cause: error }) : error
  })
  const retryAfterMs = readRetryAfter(response.headers.get('retry-after'))
  return { statusCode: response.status, body: await readJson(response), retryAfterMs }
}

function isSurelyUnsent(error: unknown): boolean {
  const { cause } = error as { cause?: { code?: unknown; message?: unknown } }
  // Fetch refuses some ports by itself (fetch.spec.whatwg.org, "bad port"), and has no code for that.
  return cause?.message === 'bad port' || (typeof cause?.code === 'string' && unsentCodes.test(cause.code))
}

/** The body when it is JSON of a sane size, else null. @throws when the connection breaks in the middle of it */
async function readJson(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = []
  let sizeBytes = 0
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.length
    if (sizeBytes > answerBytesMax) {
      // Leaving the loop cancels the body.
      return null
    }
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8')) as unknown
  } catch {
    return null
  }
}

function readRetryAfter(header: string | null): number | null {
  return /^\d{1,9}$/.test(header ?? '') ? Math.min(retryAfterMsMax, Number(header) * 1_000) : null
}
