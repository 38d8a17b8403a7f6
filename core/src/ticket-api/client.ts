import type { Static, TSchema } from 'typebox'
import { Compile } from 'typebox/compile'
import { HelpdeskError, isErrorCode } from '../errors.ts'
import { withinBudget, type Budget } from './retry.ts'
import * as schemas from './schemas.ts'
import type { TicketApi } from './ticket-api.ts'

export interface TicketApiClientOptions {
  /** Address of the API without `/api`, as `http://127.0.0.1:3000`. */
  baseUrl: string
  clientToken: string
  /** For one step of a call, retries included; default 15 s in all (RNF01), 5 s an attempt. */
  budget?: Budget
}

interface Request<S extends TSchema> {
  method: 'GET' | 'POST'
  path: string
  body?: unknown
  idempotencyKey?: string
  etag?: string | undefined
  answer: Answer<S>
  signal: AbortSignal | undefined
}

/** A schema with its compiled check, so that what comes from the socket is parsed once. */
interface Answer<S extends TSchema> {
  check(value: unknown): value is Static<S>
}

/** The API says that what the client has by this ETag is still current. */
const notModified = Symbol('304')

const answerBytesMax = 1024 * 1024

function answerOf<S extends TSchema>(schema: S): Answer<S> {
  const validator = Compile(schema)
  return { check: (value): value is Static<S> => validator.Check(value) }
}

const answers = {
  signIn: answerOf(schemas.SignInAnswer),
  verifyUser: answerOf(schemas.VerifyUserAnswer),
  userSpeech: answerOf(schemas.UserSpeechAnswer),
  requestCode: answerOf(schemas.RequestCodeAnswer),
  verifyCode: answerOf(schemas.VerifyCodeAnswer),
  catalogue: answerOf(schemas.CatalogueAnswer),
  openTicket: answerOf(schemas.OpenTicketAnswer),
  verifyTicket: answerOf(schemas.VerifyTicketAnswer),
  officeHours: answerOf(schemas.OfficeHoursAnswer),
  callRecord: answerOf(schemas.CallRecordAnswer),
  callRecords: answerOf(schemas.CallRecordsAnswer),
}

/**
 * The typed client of the ticket API: signs in once and again when the session is gone, retries what may succeed,
 * keeps every step within its budget, and answers the catalogue from memory while the API says it is unchanged.
 */
export function createTicketApiClient(options: TicketApiClientOptions): TicketApi {
  const transport = createTransport(options)
  let known: schemas.CatalogueAnswer | null = null
  const post = async <S extends TSchema>(
    path: string,
    body: unknown,
    answer: Answer<S>,
    more: { idempotencyKey?: string; signal: AbortSignal | undefined },
  ): Promise<Static<S>> => present(await transport({ method: 'POST', path, body, answer, ...more }))

  return {
    verifyUser: async ({ userCode, callId, callingNumber }, signal) => {
      const body = {
        usuario: userCode,
        chamada: callId,
        ...(callingNumber === null ? {} : { telefone: callingNumber }),
      }
      return (await post('verificar_usuario', body, answers.verifyUser, { signal })).status
    },
    userSpeech: (userCode, signal) =>
      post('get_user_to_speech', { usuario: userCode }, answers.userSpeech, { signal }),
    requestAccessCode: ({ userCode, callId, idempotencyKey }, signal) =>
      post('solicitar_codigo', { usuario: userCode, chamada: callId }, answers.requestCode, {
        idempotencyKey,
        signal,
      }),
    verifyAccessCode: ({ userCode, code, callId, idempotencyKey }, signal) =>
      post('verificar_codigo', { user: userCode, codigo: code, chamada: callId }, answers.verifyCode, {
        idempotencyKey,
        signal,
      }),
    catalogue: async (signal) => {
      const current = known
      const answer = await transport({
        method: 'GET',
        path: 'servicos',
        etag: current === null ? undefined : `"${current.versao}"`,
        answer: answers.catalogue,
        signal,
      })
      if (answer === notModified && current !== null) {
        return current
      }
      const catalogue = present(answer)
      // Menus without audio are asked for again: the speech service may be back.
      const isSpoken = [catalogue, ...catalogue.categorias].every(({ menu }) => menu.url !== null)
      known = isSpoken ? catalogue : null
      return catalogue
    },
    openTicket: ({ userCode, service, callId, idempotencyKey }, signal) =>
      post(
        'novo_chamado',
        { usuario: userCode, servico: service, chamada: callId, origem: 'telefone' },
        answers.openTicket,
        { idempotencyKey, signal },
      ),
    findTicket: ({ userCode, protocol }, signal) =>
      post('verificar_chamado', { usuario: userCode, chamado: protocol }, answers.verifyTicket, { signal }),
    officeHours: async (signal) =>
      present(
        await transport({ method: 'GET', path: 'horario_atendimento', answer: answers.officeHours, signal }),
      ),
    saveCallRecord: async (record, signal) => {
      await post('registrar_ligacao', record, answers.callRecord, { signal })
    },
    callRecords: async (callId, signal) => {
      const path = `ligacoes/${encodeURIComponent(callId)}`
      return present(await transport({ method: 'GET', path, answer: answers.callRecords, signal })).ligacoes
    },
  }
}

function present<T>(answer: T | typeof notModified): T {
  if (answer === notModified) {
    throw unusable('a 304 that was not asked for')
  }
  return answer
}

function createTransport({
  baseUrl,
  clientToken,
  budget = { totalMs: 15_000, attemptMs: 5_000 },
}: TicketApiClientOptions) {
  let session: Promise<string> | null = null

  const signIn = async (): Promise<string> => {
    const response = await fetch(`${baseUrl}/api/autenticar_sessao`, {
      method: 'POST',
      headers: { authorization: `Bearer ${clientToken}` },
      signal: AbortSignal.timeout(budget.attemptMs),
    })
    return (await parse(response, answers.signIn)).sessao
  }
  /** One sign-in serves every call that waits for it; a failed one is forgotten. */
  const currentSession = (): Promise<string> => {
    session ??= signIn().catch((error: unknown) => {
      session = null
      throw error
    })
    return session
  }

  return <S extends TSchema>(request: Request<S>): Promise<Static<S> | typeof notModified> => {
    let renewed = false
    return withinBudget(budget, request.signal, async function attempt(signal): Promise<
      Static<S> | typeof notModified
    > {
      const token = currentSession()
      const response = await fetch(`${baseUrl}/api/${request.path}`, {
        method: request.method,
        headers: headersOf(request, await unlessAborted(token, signal)),
        ...(request.body === undefined ? {} : { body: JSON.stringify(request.body) }),
        signal,
      })
      if (response.status === 401 && !renewed) {
        renewed = true
        session = session === token ? null : session
        await response.body?.cancel()
        return attempt(signal)
      }
      return response.status === 304 ? notModified : parse(response, request.answer)
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

function headersOf(request: Request<TSchema>, session: string): Record<string, string> {
  return {
    authorization: `Bearer ${session}`,
    ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(request.idempotencyKey === undefined ? {} : { 'idempotency-key': request.idempotencyKey }),
    ...(request.etag === undefined ? {} : { 'if-none-match': request.etag }),
  }
}

async function parse<S extends TSchema>(response: Response, answer: Answer<S>): Promise<Static<S>> {
  const body = await readJson(response)
  if (!response.ok) {
    throw errorOf(response, body)
  }
  if (!answer.check(body)) {
    throw unusable(`an answer of another shape (HTTP ${response.status})`)
  }
  return body
}

async function readJson(response: Response): Promise<unknown> {
  let sizeBytes = 0
  const chunks: Uint8Array[] = []
  for await (const chunk of response.body ?? []) {
    sizeBytes += chunk.length
    if (sizeBytes > answerBytesMax) {
      // Leaving the loop cancels the body.
      throw unusable(`an answer of over ${answerBytesMax} bytes`)
    }
    chunks.push(chunk)
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'))
  } catch {
    throw unusable(`an answer that is no JSON (HTTP ${response.status})`)
  }
}

/** The API's own error when the body names one of the table; otherwise "unavailable". */
function errorOf(response: Response, body: unknown): HelpdeskError {
  const code = (body as { erro?: { codigo?: unknown } } | null)?.erro?.codigo
  if (!isErrorCode(code)) {
    return unusable(`HTTP ${response.status} without an error code`)
  }
  const retryAfter = response.headers.get('retry-after') ?? ''
  return new HelpdeskError(
    code,
    /^\d{1,5}$/.test(retryAfter) ? { retryAfterSeconds: Number(retryAfter) } : {},
  )
}

function unusable(what: string): HelpdeskError {
  return new HelpdeskError('SERVICO_INDISPONIVEL', { cause: new Error(`the ticket API gave ${what}`) })
}
