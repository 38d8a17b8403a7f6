import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** Who may call the fake services. */
export interface FakeCredentials {
  accessKeyId: string
  secretAccessKey: string
}

/** Credentials of no account. */
export const fakeCredentials: FakeCredentials = {
  accessKeyId: 'AKIAFAKEFAKEFAKEFAKE',
  secretAccessKey: 'a secret of the tests',
}

/** A request as it came, body included. */
export interface SignedRequest {
  method: string
  /** Path and query. */
  url: string
  headers: IncomingHttpHeaders
  body: Buffer
}

const authorizationPattern =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([a-z0-9;-]+), Signature=([0-9a-f]{64})$/
const clockSkewMaxMs = 5 * 60_000

/**
 * What is wrong with a request's Signature Version 4, by AWS's "Create a signed AWS API request": the signature is
 * computed again from what arrived. Null when it is right.
 */
export function signatureFault(
  request: SignedRequest,
  service: string,
  credentials: FakeCredentials = fakeCredentials,
): string | null {
  const match = authorizationPattern.exec(request.headers.authorization ?? '')
  const [, accessKeyId, day = '', region = '', signedService, signedHeaders = '', signature = ''] =
    match ?? []
  const time = headerText(request, 'x-amz-date')
  const names = signedHeaders.split(';')
  if (match === null) {
    return 'no Authorization header of version 4'
  }
  if (accessKeyId !== credentials.accessKeyId || signedService !== service) {
    return 'another access key or service'
  }
  if (!['host', 'x-amz-date'].every((name) => names.includes(name)) || !isRecent(time, day)) {
    return 'host or x-amz-date unsigned, or the time is not now'
  }
  const scope = `${day}/${region}/${service}/aws4_request`
  const toSign = ['AWS4-HMAC-SHA256', time, scope, sha256(canonicalRequest(request, names))].join('\n')
  const key = [day, region, service, 'aws4_request'].reduce<Buffer | string>(
    (parent, part) => createHmac('sha256', parent).update(part).digest(),
    `AWS4${credentials.secretAccessKey}`,
  )
  const expected = createHmac('sha256', key).update(toSign).digest()
  return timingSafeEqual(expected, Buffer.from(signature, 'hex')) ? null : 'the signature does not match'
}

function canonicalRequest(request: SignedRequest, names: readonly string[]): string {
  const [path = '/', query = ''] = request.url.split('?')
  const headers = names.map((name) => `${name}:${headerText(request, name).trim().replaceAll(/ +/g, ' ')}\n`)
  return [
    request.method,
    // All services but S3 encode the path once more.
    path.split('/').map(encoded).join('/'),
    canonicalQuery(query),
    headers.join(''),
    names.join(';'),
    sha256(request.body),
  ].join('\n')
}

/** Names and values encoded as RFC 3986 says, sorted; a plus sign is no space. */
function canonicalQuery(query: string): string {
  const pairs = query.split('&').filter((pair) => pair !== '')
  return pairs
    .map((pair) => {
      const [name = '', value = ''] = pair.split('=')
      return `${encoded(decodeURIComponent(name))}=${encoded(decodeURIComponent(value))}`
    })
    .toSorted()
    .join('&')
}

/** All but letters, digits and `-_.~`. */
function encoded(text: string): string {
  return encodeURIComponent(text).replaceAll(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}

function isRecent(time: string, day: string): boolean {
  const iso = time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z')
  return time.startsWith(day) && Math.abs(Date.now() - Date.parse(iso)) < clockSkewMaxMs
}

function headerText({ headers }: SignedRequest, name: string): string {
  return String(headers[name] ?? '')
}

function sha256(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex')
}
