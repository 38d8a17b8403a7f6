import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { type Dispatcher, request as send } from 'undici'
import { HelpdeskError, isErrorCode } from '../errors.ts'
import { withinBudget, type Budget } from './retry.ts'
import { SignInAnswer } from './schemas.ts'

export interface TicketApiClientOptions {
  /** Address of the API without `/api`, as `http://127.0.0.1:3000`. */
  baseUrl: string
  clientToken: string
  /** For one step of a call, retries included; default 15 s in all (RNF01), 5 s an attempt. */
  budget?: Budget
}

/** One request to the API; `path` is what comes behind `/api/`. */
export interface ApiRequest<S extends TSchema> {
  method: 'GET' | 'POST'
  path: string
  /** Sent as JSON. */
  body?: unknown
  /** Sent as it is, in the body's place. */
  file?: { type: string; bytes: Buffer }
  idempotencyKey?: string
  etag?: string | undefined
  answer: Answer<S>
  signal: AbortSignal | undefined
}

/** A schema with its compiled check, so that what comes from the socket is parsed once. */
export interface Answer<S extends TSchema> {
  check(value: unknown): value is Static<S>
}

/** The API says that what the client has by this ETag is still current. */
export const notModified = Symbol('304')

const answerBytesMax = 1024 * 1024

/** The schema of an answer, compiled. */
export function answerOf<S extends TSchema>(schema: S): Answer<S> {
  const validator = Compile(schema)
  return { check: (value): value is Static<S> => validator.Check(value) }
}

const signInAnswer = answerOf(SignInAnswer)

/**
 * The answer of a request without an ETag.
 * @throws HelpdeskError SERVICO_INDISPONIVEL for a 304 all the same
 */
export function present<T>(answer: T | typeof notModified): T {
  if (answer === notModified) {
    throw unusable('a 304 that was not asked for')
  }
  return answer
}

/**
 * How requests reach the API: signs in once for all of them and again when the session is gone, retries within the
 * budget what may succeed.
 */
export function createTransport({
  baseUrl,
  clientToken,
  budget = { totalMs: 15_000, attemptMs: 5_000 },
}: TicketApiClientOptions) {
  let session: Promise<string> | null = null

  const signIn = async (): Promise<string> => {
    const response = await send(`${baseUrl}/api/autenticar_sessao`, {
      method: 'POST',
      headers: { authorization: `Bearer ${clientToken}` },
      signal: AbortSignal.timeout(budget.attemptMs),
    })
    return (await parse(response, signInAnswer)).sessao
  }
  /** One sign-in serves every call that waits for it; a failed one is forgotten. */
  const currentSession = (): Promise<string> => {
    session ??= signIn().catch((error: unknown) => {
      session = null
      throw error
    })
    return session
  }

  return <S extends TSchema>(request: ApiRequest<S>): Promise<Static<S> | typeof notModified> => {
    let renewed = false
    return withinBudget(budget, request.signal, async function attempt(signal): Promise<
      Static<S> | typeof notModified
    > {
      const token = currentSession()
      const response = await send(`${baseUrl}/api/${request.path}`, {
        method: request.method,
        headers: headersOf(request, await unlessAborted(token, signal)),
        ...bodyOf(request),
        signal,
      })
      if (response.statusCode === 401 && !renewed) {
        renewed = true
        session = session === token ? null : session
        await response.body.dump()
        return attempt(signal)
      }
      if (response.statusCode === 304) {
        await response.body.dump()
        return notModified
      }
      return parse(response, request.answer)
    })
  }
}

/** The shared sign-in goes on for others when one request no longer waits for it. */
async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted()
  const aborted = Promise.withResolvers<never>()
  const abort = (): void => aborted.reject(signal.reason)
  signal.addEventListener('abort', abort, { once: true })
  try {
    return await Promise.race([work, aborted.promise])
  } finally {
    signal.removeEventListener('abort', abort)
  }
}

function headersOf(request: ApiRequest<TSchema>, session: string): Record<string, string> {
  return {
    authorization: `Bearer ${session}`,
    ...contentTypeOf(request),
    ...(request.idempotencyKey === undefined ? {} : { 'idempotency-key': request.idempotencyKey }),
    ...(request.etag === undefined ? {} : { 'if-none-match': request.etag }),
  }
}

function bodyOf({ body, file }: ApiRequest<TSchema>): { body?: string | Buffer } {
  if (file !== undefined) {
    return { body: file.bytes }
  }
  return body === undefined ? {} : { body: JSON.stringify(body) }
}

function contentTypeOf({ body, file }: ApiRequest<TSchema>): Record<string, string> {
  const type = file?.type ?? (body === undefined ? undefined : 'application/json')
  return type === undefined ? {} : { 'content-type': type }
}

async function parse<S extends TSchema>(
  response: Dispatcher.ResponseData,
  answer: Answer<S>,
): Promise<Static<S>> {
  const { statusCode } = response
  const body = await readJson(response)
  if (statusCode < 200 || statusCode > 299) {
    throw errorOf(response, body)
  }
  if (!answer.check(body)) {
    throw unusable(`an answer of another shape (HTTP ${statusCode})`)
  }
  return body
}

async function readJson({ statusCode, body }: Dispatcher.ResponseData): Promise<unknown> {
  let sizeBytes = 0
  const chunks: Buffer[] = []
  for await (const chunk of body as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length
    if (sizeBytes > answerBytesMax) {
      // Leaving the loop closes the connection.
      throw unusable(`an answer of over ${answerBytesMax} bytes`)
    }
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    throw unusable(`an answer that is no JSON (HTTP ${statusCode})`)
  }
}

/** The API's own error when the body names one of the table; otherwise "unavailable". */
function errorOf({ statusCode, headers }: Dispatcher.ResponseData, body: unknown): HelpdeskError {
  const code = (body as { erro?: { codigo?: unknown } } | null)?.erro?.codigo
  if (!isErrorCode(code)) {
    return unusable(`HTTP ${statusCode} without an error code`)
  }
  const retryAfter = headers['retry-after']
  const isInSeconds = typeof retryAfter === 'string' && /^\d{1,5}$/.test(retryAfter)
  return new HelpdeskError(code, isInSeconds ? { retryAfterSeconds: Number(retryAfter) } : {})
}

function unusable(what: string): HelpdeskError {
  return new HelpdeskError('SERVICO_INDISPONIVEL', { cause: new Error(`the ticket API gave ${what}`) })
}
