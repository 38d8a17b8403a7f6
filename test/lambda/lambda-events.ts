import type { InvocationContext } from '@ura/synthesize-speech/handler'

/** As API Gateway's REST API sends a GET (payload 1.0), what the function doesn't read left out. */
export function restEvent(parameters: Record<string, string>, httpMethod = 'GET'): object {
  const entries = Object.entries(parameters)
  return {
    resource: '/',
    path: '/',
    httpMethod,
    headers: { Accept: '*/*' },
    queryStringParameters: entries.length === 0 ? null : parameters,
    multiValueQueryStringParameters:
      entries.length === 0 ? null : Object.fromEntries(entries.map(([name, value]) => [name, [value]])),
    requestContext: { requestId: 'gateway-request', stage: 'v1', httpMethod },
    body: null,
    isBase64Encoded: false,
  }
}

/** As an HTTP API or a function URL sends a GET (payload 2.0). */
export function httpEvent(parameters: Record<string, string>, method = 'GET'): object {
  return {
    version: '2.0',
    routeKey: '$default',
    rawPath: '/',
    rawQueryString: new URLSearchParams(parameters).toString(),
    headers: { accept: '*/*' },
    queryStringParameters: parameters,
    requestContext: { requestId: 'gateway-request', http: { method, path: '/', protocol: 'HTTP/1.1' } },
    isBase64Encoded: false,
  }
}

/** An invocation that Lambda would end after five seconds. */
export const context: InvocationContext = {
  awsRequestId: 'b7f9a2c4-0d9e-4d57-9d36-6f6a3e1f0c55',
  getRemainingTimeInMillis: () => 5_000,
}
