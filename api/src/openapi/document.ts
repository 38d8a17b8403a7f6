/** The parts of an OpenAPI 3.1 document that this program reads or writes; the whole of it is @fastify/swagger's. */
export interface OpenApiDocument {
  openapi: string
  tags?: { name: string; description?: string }[]
  paths: Record<string, PathItem>
  components: {
    schemas?: Record<string, unknown>
    headers?: Record<string, unknown>
    examples?: Record<string, unknown>
    securitySchemes?: Record<string, unknown>
  }
}

/** A path's operations by method in lower case. */
export type PathItem = Partial<Record<string, Operation>>

export interface Operation {
  operationId?: string
  summary?: string
  description?: string
  tags?: string[]
  security?: Record<string, string[]>[]
  parameters?: Parameter[]
  requestBody?: { required?: boolean; content: Record<string, MediaType> }
  responses: Record<string, OperationResponse>
  /** Codes of the error table; there only until the document is completed. */
  'x-errors'?: string[]
}

export interface Parameter {
  name: string
  in: 'path' | 'query' | 'header'
  required?: boolean
  description?: string
  schema?: unknown
  example?: unknown
  examples?: Record<string, unknown>
}

export interface OperationResponse {
  description: string
  headers?: Record<string, unknown>
  content?: Record<string, MediaType>
}

export interface MediaType {
  schema?: Record<string, unknown>
  example?: unknown
  examples?: Record<string, { summary?: string; value?: unknown } | { $ref: string }>
}

/** Every operation of a document with its place. */
export function operationsOf(
  document: Pick<OpenApiDocument, 'paths'>,
): { path: string; method: string; operation: Operation }[] {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).flatMap(([method, operation]) =>
      operation === undefined ? [] : [{ path, method, operation }],
    ),
  )
}
