import { describe, expect, it } from 'vitest'
import { createTestApi } from '../testing/test-api.ts'
import { type MediaType, type OpenApiDocument, type Operation, operationsOf } from './document.ts'

async function document(): Promise<OpenApiDocument> {
  await using test = await createTestApi()
  return test.api.fastify.swagger() as unknown as OpenApiDocument
}

/** Where each operation falls short, as `post /api/x: what`. */
async function shortcomings(rule: (operation: Operation) => string[]): Promise<string[]> {
  return operationsOf(await document()).flatMap(({ path, method, operation }) =>
    rule(operation).map((what) => `${method} ${path}: ${what}`),
  )
}

describe('every operation of the document', () => {
  it('has a summary, a description and an operationId of its own', async () => {
    expect(
      await shortcomings(({ operationId = '', summary = '', description = '' }) => [
        ...(/^[a-z][A-Za-z]+$/.test(operationId) ? [] : ['no operationId in camel case']),
        ...(summary.length >= 10 ? [] : ['no summary']),
        ...(description.length >= 20 ? [] : ['no description']),
      ]),
    ).toEqual([])
    const ids = operationsOf(await document()).map(({ operation }) => operation.operationId)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('has one tag, which the document describes', async () => {
    const described = new Set((await document()).tags?.map(({ name }) => name))
    expect(
      await shortcomings(({ tags = [] }) =>
        tags.length === 1 && tags.every((tag) => described.has(tag)) ? [] : [`tags ${tags.join()}`],
      ),
    ).toEqual([])
  })

  it('says how it is secured, if only by nothing', async () => {
    const schemes = Object.keys((await document()).components.securitySchemes ?? {})
    expect(
      await shortcomings(({ security }) =>
        security?.every((requirement) => Object.keys(requirement).every((name) => schemes.includes(name)))
          ? []
          : ['no security'],
      ),
    ).toEqual([])
  })

  it('shows an example of its body, its parameters and each of its answers', async () => {
    expect(
      await shortcomings(({ requestBody, parameters = [], responses }) => [
        ...missingExamples('body', requestBody?.content ?? {}),
        ...parameters.flatMap((parameter) =>
          parameter.in === 'query' || hasExample(parameter) ? [] : [`no example of ${parameter.name}`],
        ),
        ...Object.entries(responses).flatMap(([status, { content }]) =>
          missingExamples(status, content ?? {}),
        ),
      ]),
    ).toEqual([])
  })

  it('tells each error by status and code, and a request id with every answer', async () => {
    expect(
      await shortcomings(({ responses, security = [] }) => {
        const needed = ['400', '500', '503', ...(security.length > 0 ? ['401', '403', '429'] : [])]
        return [
          ...needed.filter((status) => responses[status] === undefined).map((status) => `no ${status}`),
          ...Object.keys(responses)
            .filter((status) => /X/i.test(status))
            .map((status) => `${status} without its codes`),
          ...Object.entries(responses)
            .filter(([, { headers = {} }]) => headers['x-request-id'] === undefined)
            .map(([status]) => `${status} without x-request-id`),
          ...Object.entries(responses)
            .filter(([, response]) => response.description === 'Default Response')
            .map(([status]) => `${status} without a description`),
        ]
      }),
    ).toEqual([])
  })
})

describe('what an operation can answer', () => {
  it('follows from its own codes, its method, its security and its limits', async () => {
    const { paths } = await document()
    const codes = (path: string, method: string, status: string) =>
      Object.keys(paths[path]?.[method]?.responses[status]?.content?.['application/json']?.examples ?? {})
    expect(codes('/api/novo_chamado', 'post', '404')).toEqual(['USUARIO_NAO_ENCONTRADO'])
    expect(codes('/api/novo_chamado', 'post', '409')).toEqual(['CHAVE_REUTILIZADA'])
    expect(codes('/api/autenticar_sessao', 'post', '401')).toEqual(['NAO_AUTENTICADO'])
    expect(codes('/api/servicos', 'get', '413')).toEqual([])
    expect(codes('/healthz', 'get', '429')).toEqual([])
    expect(codes('/readyz', 'get', '503')).toEqual([
      'pronto',
      'vozDegradada',
      'semBanco',
      'SERVICO_INDISPONIVEL',
    ])
  })

  it('comes with the headers that a client acts on', async () => {
    const { paths } = await document()
    const headers = (path: string, method: string, status: string) =>
      Object.keys(paths[path]?.[method]?.responses[status]?.headers ?? {})
    expect(headers('/api/servicos', 'get', '304')).toEqual(['ETag', 'x-request-id'])
    expect(headers('/api/solicitar_codigo', 'post', '429')).toEqual(['x-request-id', 'Retry-After'])
    expect(headers('/api/servicos', 'get', '401')).toEqual(['x-request-id', 'WWW-Authenticate'])
    expect(paths['/api/servicos']?.['get']?.parameters?.map(({ name }) => name)).toEqual(['if-none-match'])
    expect(paths['/api/novo_chamado']?.['post']?.parameters?.map(({ name }) => name)).toEqual([
      'idempotency-key',
    ])
  })
})

/** Bytes have no example that a person could read. */
function missingExamples(place: string, content: Record<string, MediaType>): string[] {
  return Object.entries(content).flatMap(([type, media]) =>
    hasExample(media) || media.schema?.['format'] === 'binary' ? [] : [`no example of ${place} (${type})`],
  )
}

function hasExample({ example, examples }: Pick<MediaType, 'example'> & { examples?: object }): boolean {
  return example !== undefined || Object.keys(examples ?? {}).length > 0
}
