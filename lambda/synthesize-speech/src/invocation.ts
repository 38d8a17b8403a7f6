import { HelpdeskError } from '@ura/core/errors'

/** What one invocation asks for, whichever way it came. */
export interface Invocation {
  /** The HTTP method; a direct invoke counts as GET. */
  method: string
  /** Values as they came: texts from a query, anything from a direct invoke. */
  parameters: ReadonlyMap<string, unknown>
}

type Fields = Readonly<Record<string, unknown>>

/**
 * Reads the three shapes of event: API Gateway REST (payload 1.0), API Gateway HTTP or a function URL (payload 2.0),
 * and the bare `{voice, text, …}` of a direct invoke. Shapes by AWS's "Lambda proxy integrations" pages.
 *
 * @throws HelpdeskError `REQUISICAO_INVALIDA` when it is none of these or a parameter comes twice
 */
export function readInvocation(event: unknown): Invocation {
  if (!isFields(event)) {
    throw new HelpdeskError('REQUISICAO_INVALIDA', { message: 'O evento deve ser um objeto JSON.' })
  }
  if (isFields(event['requestContext']) && isFields(event['requestContext']['http'])) {
    return readVersion2(event, event['requestContext']['http'])
  }
  if (typeof event['httpMethod'] === 'string') {
    return readVersion1(event, event['httpMethod'])
  }
  return { method: 'GET', parameters: new Map(Object.entries(event)) }
}

function readVersion1(event: Fields, method: string): Invocation {
  // Both are null when the address has no query.
  const single = isFields(event['queryStringParameters']) ? event['queryStringParameters'] : {}
  const multiple = event['multiValueQueryStringParameters']
  for (const [name, values] of Object.entries(isFields(multiple) ? multiple : {})) {
    if (Array.isArray(values) && values.length > 1) {
      throw repeated(name)
    }
  }
  return { method, parameters: new Map(Object.entries(single)) }
}

function readVersion2(event: Fields, http: Fields): Invocation {
  // Not `queryStringParameters`: it joins what came twice with a comma, which a text may hold as well.
  const query = new URLSearchParams(
    typeof event['rawQueryString'] === 'string' ? event['rawQueryString'] : '',
  )
  const parameters = new Map<string, unknown>()
  for (const [name, value] of query) {
    if (parameters.has(name)) {
      throw repeated(name)
    }
    parameters.set(name, value)
  }
  return { method: String(http['method']), parameters }
}

function repeated(field: string): HelpdeskError {
  return new HelpdeskError('REQUISICAO_INVALIDA', {
    message: 'Parâmetro repetido.',
    field: field.slice(0, 40),
  })
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
