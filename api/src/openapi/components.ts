import { errorBody, type ErrorCode, errorTable, HelpdeskError } from '@ura/core/errors'
import { ErrorAnswer } from '../http/error-answers.ts'

const requestIdExample = '0f8c2f7e-5a3b-4a63-9d0c-3c1d1f0a7b11'

/** Headers that answers have in common, by the name of their component. */
export const answerHeaders = {
  'x-request-id': {
    description:
      'Número da requisição, a procurar no log. É o que o cliente enviou neste cabeçalho (até 64 letras, dígitos, `.`, `_`, `-`), ou um novo.',
    schema: { type: 'string' },
    example: requestIdExample,
  },
  'Retry-After': {
    description: 'Segundos a esperar antes de repetir o pedido.',
    schema: { type: 'integer', minimum: 1 },
    example: 30,
  },
  ETag: {
    description: 'Versão do conteúdo; devolvida em `If-None-Match`, poupa uma nova cópia (304).',
    schema: { type: 'string' },
    example: '"5f2c0e9d"',
  },
  'WWW-Authenticate': {
    description: 'O esquema de autenticação esperado.',
    schema: { type: 'string' },
    example: 'Bearer',
  },
} as const

/** The schema of every error answer, as the component `Erro`. */
export const errorSchema = ErrorAnswer

/** An example of an error answer for each code of the error table. */
export function errorExamples(): Record<string, { summary: string; value: unknown }> {
  return Object.fromEntries(
    (Object.keys(errorTable) as ErrorCode[]).map((code) => [
      code,
      { summary: errorTable[code].message, value: errorBody(exampleError(code), requestIdExample) },
    ]),
  )
}

function exampleError(code: ErrorCode): HelpdeskError {
  return code === 'REQUISICAO_INVALIDA'
    ? new HelpdeskError(code, {
        message: 'O campo "usuario" é inválido ou está ausente.',
        field: 'usuario',
      })
    : new HelpdeskError(code)
}

/** The error table as Markdown, for the document's description. */
export function errorTableText(): string {
  const rows = Object.entries(errorTable).map(
    ([code, { statusCode, retryable, message }]) =>
      `| \`${code}\` | ${statusCode} | ${retryable ? 'sim' : 'não'} | ${message} |`,
  )
  return ['| código | HTTP | repetir | mensagem |', '|---|---|---|---|', ...rows].join('\n')
}

/** What a status tells, whatever the operation; of an answer whose schema has no description of its own too. */
export const statusTexts: Readonly<Record<string, string>> = {
  200: 'Feito.',
  201: 'Criado.',
  202: 'Aceito.',
  204: 'Feito, sem conteúdo.',
  304: 'Não mudou.',
  400: 'Pedido malformado; `campo` diz onde.',
  401: 'Credencial ausente, errada, expirada ou revogada.',
  403: 'A origem ou o papel do cliente não permite.',
  404: 'Não encontrado.',
  409: 'Contradiz o estado atual.',
  410: 'Não existe mais.',
  412: 'A versão informada em `If-Match` não é a atual.',
  413: 'Corpo acima de 16 KiB.',
  415: 'O corpo não é `application/json`.',
  422: 'Bem formado, mas impossível.',
  428: 'Falta `If-Match`.',
  429: 'Limite atingido; espere o que diz `Retry-After`.',
  500: 'Erro interno, com texto constante; informe o número da requisição.',
  503: 'Uma dependência está fora ou o serviço está sobrecarregado; espere o que diz `Retry-After`.',
}
