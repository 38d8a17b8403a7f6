import { type ErrorCode, errorTable } from '@ura/core/errors'
import { answerHeaders, errorExamples, errorSchema, statusTexts } from './components.ts'
import {
  type MediaType,
  type OpenApiDocument,
  type Operation,
  type OperationResponse,
  operationsOf,
  type Parameter,
} from './document.ts'

/** @fastify/swagger's words for an answer whose schema has no description. */
const noDescription = 'Default Response'
const errorReference = { $ref: '#/components/schemas/Erro' }

const ifNoneMatch: Parameter = {
  name: 'if-none-match',
  in: 'header',
  description: 'O `ETag` de uma resposta anterior: se nada mudou, a resposta é 304 sem corpo.',
  schema: { type: 'string' },
  example: '"5f2c0e9d"',
}

/**
 * Adds to a generated document what follows from the routes: for each operation's errors (`x-errors`) their answers
 * with an example a code, and the headers of each answer. Changes the document that it is given.
 */
export function completeDocument(document: OpenApiDocument): OpenApiDocument {
  const { components } = document
  components.schemas = { ...components.schemas, Erro: errorSchema }
  for (const { operation } of operationsOf(document)) {
    addErrorAnswers(operation)
    addConditionalRequest(operation)
    for (const [status, response] of Object.entries(operation.responses)) {
      describeResponse(status, response)
    }
  }
  const text = JSON.stringify(document.paths)
  components.examples = usedOnly(errorExamples(), 'examples', text)
  components.headers = usedOnly(answerHeaders, 'headers', text)
  return document
}

function addErrorAnswers(operation: Operation): void {
  const codes = (operation['x-errors'] ?? []) as ErrorCode[]
  delete operation['x-errors']
  delete operation.responses['4XX']
  delete operation.responses['5XX']
  for (const [status, ofStatus] of Map.groupBy(codes, (code) => String(errorTable[code].statusCode))) {
    const error: MediaType = {
      schema: errorReference,
      examples: Object.fromEntries(ofStatus.map((code) => [code, { $ref: `#/components/examples/${code}` }])),
    }
    const own = operation.responses[status]
    operation.responses[status] = {
      description: own?.description ?? statusTexts[status] ?? noDescription,
      content: { 'application/json': withError(own?.content?.['application/json'], error) },
    }
  }
  operation.responses = Object.fromEntries(
    Object.entries(operation.responses).toSorted(([one], [other]) => Number(one) - Number(other)),
  )
}

/** A status that the route answers with a body of its own, as /readyz its 503, may carry an error as well. */
function withError(own: MediaType | undefined, error: MediaType): MediaType {
  if (own?.schema === undefined) {
    return error
  }
  const ownExamples = own.examples ?? (own.example === undefined ? {} : { resposta: { value: own.example } })
  return { schema: { anyOf: [own.schema, errorReference] }, examples: { ...ownExamples, ...error.examples } }
}

function addConditionalRequest(operation: Operation): void {
  const { responses, parameters = [] } = operation
  if (responses['304'] === undefined) {
    return
  }
  for (const status of ['200', '304']) {
    addHeader(responses[status], 'ETag')
  }
  if (!parameters.some(({ name }) => name === ifNoneMatch.name)) {
    operation.parameters = [...parameters, ifNoneMatch]
  }
}

function describeResponse(status: string, response: OperationResponse): void {
  if (response.description === noDescription) {
    response.description = statusTexts[status] ?? noDescription
  }
  addHeader(response, 'x-request-id')
  if (status === '429' || status === '503') {
    addHeader(response, 'Retry-After')
  }
  if (status === '401') {
    addHeader(response, 'WWW-Authenticate')
  }
}

function addHeader(response: OperationResponse | undefined, name: keyof typeof answerHeaders): void {
  if (response !== undefined) {
    response.headers = { ...response.headers, [name]: { $ref: `#/components/headers/${name}` } }
  }
}

function usedOnly(
  all: Readonly<Record<string, unknown>>,
  kind: string,
  text: string,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(all).filter(([name]) => text.includes(`"#/components/${kind}/${name}"`)),
  )
}
