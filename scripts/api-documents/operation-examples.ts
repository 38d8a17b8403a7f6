import type { Operation, Parameter } from '@ura/api/openapi/document'

/** The first example of an operation's JSON body; undefined when it has none. */
export function exampleBody({ requestBody }: Operation): unknown {
  const media = requestBody?.content['application/json']
  const [first] = Object.values(media?.examples ?? {})
  return media?.example ?? (first !== undefined && 'value' in first ? first.value : undefined)
}

/** A parameter's example as text, empty when it has none. */
export function parameterExample({ example, examples }: Parameter): string {
  const [first] = Object.values(examples ?? {}) as { value?: unknown }[]
  const value = example ?? first?.value
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : ''
}
