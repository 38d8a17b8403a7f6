import { type OpenApiDocument, type Operation, operationsOf } from '@ura/api/openapi/document'
import { exampleBody, parameterExample } from './operation-examples.ts'
import { answerTests, codeFromGateway } from './postman-scripts.ts'

/** A request of a collection, in the form of Postman's collection format 2.1.0. */
export interface PostmanItem {
  name: string
  event: { listen: 'test' | 'prerequest'; script: { type: 'text/javascript'; exec: string[] } }[]
  request: {
    method: string
    description: string
    header: { key: string; value: string }[]
    auth: { type: 'noauth' } | { type: 'bearer'; bearer: { key: 'token'; value: string; type: 'string' }[] }
    url: {
      raw: string
      host: string[]
      path: string[]
      query?: { key: string; value: string; disabled: boolean }[]
    }
    body?: { mode: 'raw'; raw: string; options: { raw: { language: 'json' } } }
  }
}

interface PostmanFolder {
  name: string
  description: string
  item: PostmanItem[]
}

export interface PostmanCollection {
  info: { name: string; _postman_id: string; description: string; schema: string }
  item: PostmanFolder[]
}

/** The original endpoints in the order in which a call uses them, each with the status that it then answers. */
const callOrder: readonly (readonly [operationId: string, status: number])[] = [
  ['autenticarSessao', 200],
  ['verificarUsuario', 200],
  ['getUserToSpeech', 200],
  ['solicitarCodigo', 202],
  ['verificarCodigo', 200],
  ['listarServicos', 200],
  ['abrirChamado', 201],
  ['verificarChamado', 200],
  ['consultarHorario', 200],
  ['removerAudio', 200],
]

/** What takes the place of an example's value, so that one request's answer serves the next. */
const passedOn: Readonly<Record<string, string>> = {
  codigo: '{{codigo}}',
  chamado: '{{protocolo}}',
  audio: '{{nome_audio}}',
  chamada: '{{chamada}}',
  name: '{{nome_audio}}',
}

/**
 * The Postman collection of an OpenAPI document: a folder that repeats a call's requests in their order, then a folder
 * a tag. Each request tests its answer's status, form and request id.
 * @throws Error when the document lacks an operation of the call
 */
export function postmanCollection(document: OpenApiDocument): PostmanCollection {
  const operations = operationsOf(document)
  const call = callOrder.map(([operationId, status], index) => {
    const found = operations.find(({ operation }) => operation.operationId === operationId)
    if (found === undefined) {
      throw new Error(`The document has no operation ${operationId}`)
    }
    return itemOf(found, {
      name: `${index + 1}. ${found.path.split('/').at(-1)}`,
      statuses: [String(status)],
    })
  })
  const folders = (document.tags ?? []).map(({ name, description = '' }): PostmanFolder => ({
    name,
    description,
    item: operations
      .filter(({ operation }) => operation.tags?.[0] === name)
      .map((found) => itemOf(found, { name: `${found.method.toUpperCase()} ${found.path}` })),
  }))
  return {
    info: {
      name: 'URA Chamados',
      _postman_id: '6b9d2a0e-7c51-4d7a-9f43-9b0b6d1c2e10',
      description:
        'Gerada de docs/openapi.json. Escolha o ambiente, preencha `token` e comece pela pasta "Uma ligação": o primeiro pedido guarda a sessão.',
      schema: 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json',
    },
    item: [
      {
        name: 'Uma ligação',
        description:
          'Os pontos de acesso originais da telefonia, na ordem de uma ligação. O código de acesso vem do WhatsApp: digite-o na variável `codigo`, ou preencha `gateway` e `token_do_gateway` para o ler do gateway de testes.',
        item: call,
      },
      ...folders.filter(({ item }) => item.length > 0),
    ],
  }
}

function itemOf(
  { path, method, operation }: { path: string; method: string; operation: Operation },
  { name, statuses }: { name: string; statuses?: string[] },
): PostmanItem {
  const { parameters = [], security = [] } = operation
  const [scheme] = Object.keys(security[0] ?? {})
  const segments = path
    .split('/')
    .slice(1)
    .map((segment) => segment.replace(/^\{(\w+)\}$/, (_, key: string) => valueOf(key, operation)))
  const query = parameters
    .filter((parameter) => parameter.in === 'query')
    .map((parameter) => ({
      key: parameter.name,
      value: parameterExample(parameter),
      disabled: parameter.required !== true,
    }))
  const body = exampleBody(operation)
  return {
    name,
    event: [
      ...(operation.operationId === 'verificarCodigo' ? [script('prerequest', codeFromGateway)] : []),
      script('test', answerTests(operation, statuses)),
    ],
    request: {
      method: method.toUpperCase(),
      description: `${operation.summary ?? ''}\n\n${operation.description ?? ''}`,
      header: [
        ...(parameters.some((parameter) => parameter.name === 'idempotency-key')
          ? [{ key: 'Idempotency-Key', value: '{{$guid}}' }]
          : []),
        ...(body === undefined ? [] : [{ key: 'Content-Type', value: 'application/json' }]),
      ],
      auth:
        scheme === undefined
          ? { type: 'noauth' }
          : { type: 'bearer', bearer: [{ key: 'token', value: `{{${scheme}}}`, type: 'string' }] },
      url: {
        raw: `{{endereco}}/${segments.join('/')}`,
        host: ['{{endereco}}'],
        path: segments,
        ...(query.length === 0 ? {} : { query }),
      },
      ...(body === undefined
        ? {}
        : {
            body: {
              mode: 'raw' as const,
              raw: JSON.stringify(withVariables(body), null, 2),
              options: { raw: { language: 'json' as const } },
            },
          }),
    },
  }
}

function valueOf(key: string, { parameters = [] }: Operation): string {
  const parameter = parameters.find(({ name }) => name === key)
  return passedOn[key] ?? (parameter === undefined ? '' : parameterExample(parameter))
}

function withVariables(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return body
  }
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => [key, passedOn[key] ?? (value as unknown)]),
  )
}

function script(listen: 'test' | 'prerequest', exec: string[]): PostmanItem['event'][number] {
  return { listen, script: { type: 'text/javascript', exec } }
}
