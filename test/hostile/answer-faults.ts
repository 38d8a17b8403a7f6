import type { Operation } from '@ura/api/openapi/document'
import { type ErrorBody, errorTable, isErrorCode } from '@ura/core/errors'
import type { HostileRequest } from './hostile-requests.ts'
import type { RawAnswer } from './raw-http.ts'

/** Words that only the inside of the program knows: databases, libraries, stacks, paths. */
const internals =
  /[Ss][Qq][Ll]ite|[Kk]ysely|[Mm]y[Ss][Qq][Ll]|[Mm]aria[Dd][Bb]|FST_ERR|ER_[A-Z]{3,}|ECONN|node:|node_modules|\.[jt]s:\d|\bat async |(?:Type|Syntax|Range|Reference)Error|insert into \w|select [\w*", ]+ from/

/** Node's own limit (--max-http-header-size). */
const headBytesMax = 16 * 1024

/** Statuses of what Node's parser or Fastify refuses before a route is found. */
const beforeTheRoute = new Set([400, 404, 405, 408, 413, 414, 431])

/** What is wrong with the answer to a hostile request; empty when nothing is. */
export function answerFaults(
  request: HostileRequest,
  answer: RawAnswer,
  secrets: readonly string[],
): string[] {
  const { status, headers, body } = answer
  if (answer.hung) {
    return ['no answer in time']
  }
  if (status === null) {
    // A head that is refused before it is read to its end may cost the answer: the kernel resets the connection.
    const unread = request.delivery === 'cut' || request.head.length > headBytesMax
    return unread ? [] : ['closed without an answer']
  }
  const text = JSON.stringify(headers) + body
  return [
    ...(status === 500 ? ['500'] : []),
    ...secrets.filter((secret) => text.includes(secret)).map(() => 'a secret is told'),
    ...(status >= 400 && internals.test(text) ? [`internals are told: ${internals.exec(text)?.[0]}`] : []),
    ...(status >= 400 && request.method !== 'HEAD' ? errorFaults(answer) : []),
    ...(request.operation === null ? [] : documentFaults(request.operation, answer)),
  ]
}

function errorFaults({ status, headers, body }: RawAnswer): string[] {
  const error = parseError(body)
  if (error === null) {
    return ['the error has another shape']
  }
  const { codigo } = error.erro
  if (!isErrorCode(codigo)) {
    return [`unknown code ${String(codigo)}`]
  }
  const told = errorTable[codigo].statusCode
  return [
    ...(told === status || (codigo === 'REQUISICAO_INVALIDA' && beforeTheRoute.has(status ?? 0))
      ? []
      : [`${codigo} with status ${status}`]),
    ...(error.requisicao === headers['x-request-id'] ? [] : ['body and header tell different request ids']),
  ]
}

/** An operation answers with what the document tells of it, and nothing else. */
function documentFaults({ operationId, responses }: Operation, { status, body }: RawAnswer): string[] {
  const documented = responses[String(status)]
  const code = parseError(body)?.erro.codigo
  if (documented === undefined) {
    return status === 408 || status === 431
      ? []
      : [`${operationId} answers ${status} (${code}), which the document doesn't tell`]
  }
  const codes = Object.keys(documented.content?.['application/json']?.examples ?? {})
  return code === undefined || codes.includes(code)
    ? []
    : [`${operationId} answers ${code}, which the document doesn't tell`]
}

function parseError(body: string): ErrorBody | null {
  try {
    const value = JSON.parse(body) as Partial<ErrorBody> | null
    const isError =
      value?.status === false &&
      typeof value.erro?.mensagem === 'string' &&
      typeof value.requisicao === 'string'
    return isError ? (value as ErrorBody) : null
  } catch {
    return null
  }
}
