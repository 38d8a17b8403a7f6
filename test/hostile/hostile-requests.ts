import type { OpenApiDocument, Operation } from '@ura/api/openapi/document'
import { operationsOf } from '@ura/api/openapi/document'
import * as fc from 'fast-check'
import { attackTexts, type BodySchema, bodyText } from './hostile-bodies.ts'
import type { RawRequest } from './raw-http.ts'

/** A request with what an answer is judged by. */
export interface HostileRequest extends RawRequest {
  /** The operation that it asks for, when method and path were left alone. */
  operation: Operation | null
  method: string
}

/** What the requests may be right about. */
export interface Credentials {
  session: string
  /** Of a client with the role `admin`, shown to the resources for programs: all of them are open to it. */
  adminSession: string
  /** Shown in its place to the operation that ends a session: the others would be strangers from then on. */
  sessionToEnd: string
  clientToken: string
}

type Header = readonly [name: string, value: string]

/** Requests for every operation of the document: right, nearly right and hostile in method, path, headers and body. */
export function hostileRequests(
  document: OpenApiDocument,
  credentials: Credentials,
): fc.Arbitrary<HostileRequest> {
  return fc.oneof(
    ...operationsOf(document).map(({ path, method, operation }) => ({
      weight: opensTickets(operation) ? 5 : 1,
      arbitrary: fc
        .record({
          target: targetOf(path),
          method: methodOf(method.toUpperCase()),
          headers: headersOf(credentialsFor(path, credentials)),
          body: bodyOf(operation),
          contentType,
          framing,
          delivery: fc.oneof(
            { weight: 12, arbitrary: fc.constant('whole' as const) },
            { weight: 2, arbitrary: fc.constant('pieces' as const) },
            { weight: 1, arbitrary: fc.constant('cut' as const) },
          ),
        })
        .map((parts) => toRequest(parts, operation)),
    })),
  )
}

/** The requests with the most fields that must be right at once: most others reach the inside by themselves. */
export function opensTickets(operation: Operation | null): boolean {
  return ['abrirChamado', 'openTicket'].includes(operation?.operationId ?? '')
}

function credentialsFor(path: string, credentials: Credentials): Credentials {
  const { session, sessionToEnd, adminSession } = credentials
  const resources = path.startsWith('/api/v1/') ? adminSession : session
  return { ...credentials, session: path === '/api/encerrar_sessao' ? sessionToEnd : resources }
}

function methodOf(right: string): fc.Arbitrary<{ text: string; right: boolean }> {
  return fc.oneof(
    { weight: 30, arbitrary: fc.constant({ text: right, right: true }) },
    {
      weight: 1,
      arbitrary: fc
        .constantFrom('GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND', 'FOO', 'get')
        .map((text) => ({ text, right: false })),
    },
  )
}

const pathParts = [
  ...attackTexts.map((text) => encodeURIComponent(text.toWellFormed())),
  '%ff%fe',
  '%',
  '%2e%2e%2f%2e%2e%2fetc%2fpasswd',
  '..',
  'a'.repeat(199),
  'a'.repeat(9_000),
  '1795360430.0',
  '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08.wav',
]
const queries = [
  '',
  '?a=1&a=2',
  '?__proto__[x]=1&constructor.prototype.x=1',
  '?%',
  '?%00=%ff',
  `?${'q'.repeat(4_000)}`,
]

function targetOf(path: string): fc.Arbitrary<{ text: string; right: boolean }> {
  const whole = fc.tuple(fc.constantFrom(...pathParts), fc.constantFrom(...queries)).map(([part, query]) => ({
    text: path.replace(/\{\w+\}/, part) + query,
    right: !path.includes('{'),
  }))
  const broken = fc
    .constantFrom(...pathParts)
    .chain((part) =>
      fc.constantFrom(
        `${path}/${part}`,
        `/${part}`,
        `//${path}`,
        `/docs/static/${part}`,
        `/docs/${part}`,
        `/audio/${part}`,
      ),
    )
    .map((text) => ({ text, right: false }))
  return fc.oneof({ weight: 12, arbitrary: whole }, { weight: 1, arbitrary: broken })
}

function headersOf({ session, clientToken }: Credentials): fc.Arbitrary<Header[]> {
  const authorization = fc.oneof(
    { weight: 24, arbitrary: fc.constant(`Bearer ${session}`) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        '',
        'Bearer',
        'Bearer ',
        `bearer  ${session}`,
        `Bearer ${session}x`,
        `Basic ${session}`,
        `Bearer ${session}, Bearer x`,
        `Bearer ${'x'.repeat(7_000)}`,
        "Bearer ' or 1=1 --",
        'Bearer ÿþ',
      ),
    },
    { weight: 2, arbitrary: fc.constant(`Bearer ${clientToken}`) },
  )
  const hostileHeaders: Header[] = [
    ['X-Forwarded-For', "10.0.0.1, '; drop table users"],
    ['X-Forwarded-For', '::ffff:127.0.0.1'],
    ['X-Request-Id', '../../etc/passwd'],
    ['X-Request-Id', 'x'.repeat(5_000)],
    ['If-None-Match', '*'],
    ['If-None-Match', `"${'e'.repeat(3_000)}"`],
    ['Idempotency-Key', ''],
    ['Idempotency-Key', 'k'.repeat(129)],
    ['Idempotency-Key', "k'; drop table idempotency_keys; --"],
    ['Idempotency-Key', 'chave com acentuação'],
    ['Accept', 'application/xml'],
    ['Accept-Encoding', 'gzip;q=-1, \u00ff'],
    ['Content-Encoding', 'gzip'],
    ['Expect', '100-continue'],
    ['Expect', 'a-miracle'],
    ['Upgrade', 'websocket'],
    ['Range', 'bytes=-1,0-,5-2'],
    ['Host', 'evil.example:99999'],
    ['Cookie', '__proto__=1; =; ;'],
    ['__proto__', 'x'],
    ['constructor', 'x'],
    ['X-Long', 'h'.repeat(15_000)],
    ['X-Longer', 'h'.repeat(40_000)],
    ['Bad Name', 'x'],
  ]
  const key = fc.oneof(
    { weight: 3, arbitrary: fc.constant([] as Header[]) },
    { weight: 1, arbitrary: fc.nat(200).map((count): Header[] => [['Idempotency-Key', `key-${count}`]]) },
  )
  const extra = fc.oneof(
    { weight: 5, arbitrary: fc.constant([] as Header[]) },
    { weight: 3, arbitrary: fc.array(fc.constantFrom(...hostileHeaders), { minLength: 1, maxLength: 3 }) },
  )
  return fc
    .tuple(authorization, key, extra)
    .map(([credential, keys, extras]) => [['Authorization', credential], ...keys, ...extras])
}

const contentType = fc.oneof(
  { weight: 16, arbitrary: fc.constant('application/json') },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      'text/plain',
      'application/xml',
      'application/x-www-form-urlencoded',
      'multipart/form-data',
      'application/json; charset=utf-16',
      'application/json; charset="',
      'APPLICATION/JSON',
      'application/json, text/plain',
      '*/*',
      '__proto__',
      'x'.repeat(2_000),
    ),
  },
)

/** How the body's length is told. */
const framing = fc.oneof(
  { weight: 24, arbitrary: fc.constant('length' as const) },
  { weight: 1, arbitrary: fc.constant('chunked' as const) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'none' as const,
      'shorter' as const,
      'negative' as const,
      'both' as const,
      'badChunk' as const,
    ),
  },
)

function bodyOf({ requestBody }: Operation): fc.Arbitrary<Buffer> {
  const schema = requestBody?.content['application/json']?.schema as BodySchema | undefined
  const text = schema === undefined ? fc.constantFrom('', '', '{}', '[', 'null') : bodyText(schema)
  return fc.tuple(text, bodyEncoding).map(([chars, encoding]) => encoded(chars, encoding))
}

const bodyEncoding = fc.oneof(
  { weight: 20, arbitrary: fc.constant('utf8' as const) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      'latin1' as const,
      'utf16le' as const,
      'byteOrderMark' as const,
      'noUtf8' as const,
    ),
  },
)

function encoded(
  chars: string,
  encoding: 'utf8' | 'latin1' | 'utf16le' | 'byteOrderMark' | 'noUtf8',
): Buffer {
  switch (encoding) {
    case 'byteOrderMark':
      return Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(chars)])
    case 'noUtf8':
      return Buffer.concat([Buffer.from(chars), Buffer.from([0xff, 0xc0, 0x80])])
    case 'utf8':
    case 'latin1':
    case 'utf16le':
      return Buffer.from(chars, encoding)
    default:
      return encoding satisfies never
  }
}

interface Parts {
  target: { text: string; right: boolean }
  method: { text: string; right: boolean }
  headers: Header[]
  body: Buffer
  contentType: string
  framing: 'length' | 'chunked' | 'none' | 'shorter' | 'negative' | 'both' | 'badChunk'
  delivery: RawRequest['delivery']
}

function toRequest(parts: Parts, operation: Operation): HostileRequest {
  const { method, target, delivery } = parts
  const { headers, body } = framed(parts)
  const lines = [
    `${method.text} ${target.text} HTTP/1.1`,
    ...(parts.headers.some(([name]) => name === 'Host') ? [] : ['Host: 127.0.0.1']),
    ...(parts.contentType === '' ? [] : [`Content-Type: ${parts.contentType}`]),
    ...parts.headers.map(([name, value]) => `${name}: ${value}`),
    ...headers,
    'Connection: close',
  ]
  return {
    operation: method.right && target.right ? operation : null,
    method: method.text,
    head: Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'),
    body,
    delivery,
  }
}

function framed({ framing: kind, body }: Parts): { headers: string[]; body: Buffer } {
  const chunk = Buffer.concat([
    Buffer.from(`${body.length.toString(16)}\r\n`),
    body,
    Buffer.from(body.length === 0 ? '\r\n' : '\r\n0\r\n\r\n'),
  ])
  switch (kind) {
    case 'length':
      return { headers: [`Content-Length: ${body.length}`], body }
    case 'chunked':
      return { headers: ['Transfer-Encoding: chunked'], body: chunk }
    case 'none':
      return { headers: [], body }
    case 'shorter':
      return { headers: [`Content-Length: ${Math.floor(body.length / 2)}`], body }
    case 'negative':
      return { headers: ['Content-Length: -5'], body }
    case 'both':
      return { headers: [`Content-Length: ${body.length}`, 'Transfer-Encoding: chunked'], body: chunk }
    case 'badChunk':
      return { headers: ['Transfer-Encoding: chunked'], body: Buffer.from('zz\r\nnot a chunk\r\n') }
    default:
      return kind satisfies never
  }
}
