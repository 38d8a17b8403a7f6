import * as fc from 'fast-check'

/** The keywords of JSON Schema that the API's bodies use. */
export interface BodySchema {
  type?: string
  properties?: Record<string, BodySchema>
  required?: string[]
  anyOf?: BodySchema[]
  const?: unknown
  enum?: unknown[]
  pattern?: string
  format?: string
  items?: BodySchema
  examples?: unknown[]
}

/** Texts that attack what might lie behind a field. */
export const attackTexts = [
  "'; drop table tickets; --",
  "1' or '1'='1",
  '" or ""="',
  '\\',
  '1; delete from users',
  '../../../../etc/passwd',
  '..\\..\\windows\\win.ini',
  '/proc/self/environ',
  'file:///etc/passwd',
  '%00',
  '{{7*7}}${7*7}#{7*7}',
  '$(id)`id`|id;id',
  '<script>alert(1)</script>',
  '\u0000',
  '\ud800',
  '\u202e\ufeff',
  '😀'.repeat(40),
  'Á\u0301\u0327',
  '__proto__',
  'constructor',
  '%s%s%n',
  '0x1F',
  '-1',
  '१००१',
  '\r\nX-Injected: 1',
]

const rawJson = fc.constantFrom(
  'null',
  'true',
  '[]',
  '{}',
  '0',
  '-0',
  '-1',
  '1e308',
  '1e999',
  '9007199254740993',
  '123456789012345678901234567890',
  'NaN',
  'undefined',
  "'single'",
  '"\\ud800"',
  '"\\u0000"',
  '"unclosed',
  '{"$ne":null}',
  '{"__proto__":{"status":true}}',
  '{"constructor":{"prototype":{"isAdmin":true}}}',
  '["1001","1002"]',
  `"${'9'.repeat(5_000)}"`,
  `"${'a'.repeat(20_000)}"`,
  `${'['.repeat(4_000)}${']'.repeat(4_000)}`,
  `${'{"a":'.repeat(2_000)}1${'}'.repeat(2_000)}`,
  '['.repeat(8_000),
)

const hostileJson = fc.oneof(
  { weight: 4, arbitrary: rawJson },
  { weight: 4, arbitrary: fc.constantFrom(...attackTexts).map((text) => JSON.stringify(text)) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }).map((text) => JSON.stringify(text)) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 3 }) },
)

const extraKeys = fc.constantFrom(
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'status',
  'id',
  'USUARIO',
  'usuario ',
  '',
  'a'.repeat(3_000),
  ...attackTexts,
)

/** Sample users, services and a protocol, so that some requests get all the way. */
const knownTexts = ['1001', '1001', '1002', '1003', '1005', '2-2', '3-1', 'computador-nao-liga', '10017']

/** The text of a body that may or may not fit the schema: of its own kind or hostile in any field, or no JSON at all. */
export function bodyText(schema: BodySchema): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 3, arbitrary: fittingJson(schema) },
    { weight: 8, arbitrary: mutatedObject(schema) },
    { weight: 1, arbitrary: hostileJson },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fittingJson(schema), fc.nat(60))
        .map(([text, length]) => text.slice(0, Math.min(length, text.length - 1))),
    },
  )
}

/** An object text, put together as text so that keys can come twice and values be no JSON. */
function mutatedObject({ properties = {} }: BodySchema): fc.Arbitrary<string> {
  const fields = Object.entries(properties).map(([key, schema]) => {
    const name = JSON.stringify(key)
    const fit = fittingJson(schema).map((value) => `${name}:${value}`)
    const bad = hostileJson.map((value) => `${name}:${value}`)
    return fc.oneof(
      { weight: 6, arbitrary: fit },
      { weight: 2, arbitrary: bad },
      { weight: 1, arbitrary: fc.constant('') },
      { weight: 1, arbitrary: fc.tuple(fit, bad).map((twice) => twice.join(',')) },
    )
  })
  const extra = fc.oneof(
    { weight: 4, arbitrary: fc.constant('') },
    {
      weight: 1,
      arbitrary: fc.tuple(extraKeys, hostileJson).map(([key, value]) => `${JSON.stringify(key)}:${value}`),
    },
  )
  return fc.tuple(...fields, extra).map((parts) => `{${parts.filter((part) => part !== '').join(',')}}`)
}

/** A value that fits, as far as the schema's own keywords say. */
function fittingJson(schema: BodySchema): fc.Arbitrary<string> {
  if (schema.const !== undefined) {
    return fc.constant(JSON.stringify(schema.const))
  }
  if (schema.enum !== undefined) {
    return fc.constantFrom(...schema.enum).map((value) => JSON.stringify(value))
  }
  if (schema.anyOf !== undefined) {
    return fc.oneof(...schema.anyOf.map((one) => fittingJson(one)))
  }
  if (schema.type === 'object') {
    const entries = Object.entries(schema.properties ?? {})
    return fc
      .tuple(...entries.map(([, one]) => fittingJson(one)))
      .map(
        (values) => `{${entries.map(([key], index) => `${JSON.stringify(key)}:${values[index]}`).join(',')}}`,
      )
  }
  if (schema.type === 'array') {
    return fc
      .array(fittingJson(schema.items ?? {}), { maxLength: 5 })
      .map((values) => `[${values.join(',')}]`)
  }
  return fittingScalar(schema)
}

function fittingScalar({ type, pattern, format, examples = [] }: BodySchema): fc.Arbitrary<string> {
  if (type === 'integer' || type === 'number') {
    return fc.integer({ min: 0, max: 120 }).map(String)
  }
  if (type === 'boolean') {
    return fc.boolean().map(String)
  }
  if (type === 'null') {
    return fc.constant('null')
  }
  if (format === 'date-time') {
    return fc.constantFrom(
      '"2026-11-23T14:00:00.000Z"',
      '"2026-11-23T14:00:60Z"',
      '"0000-01-01T00:00:00Z"',
      '"9999-12-31T23:59:59.999999999+23:59"',
    )
  }
  const fits = (text: string): boolean => pattern === undefined || new RegExp(pattern).test(text)
  const known = [...examples.map(String), ...knownTexts].filter((text) => fits(text))
  const texts: fc.Arbitrary<string>[] = known.length > 0 ? [fc.constantFrom(...known)] : []
  texts.push(pattern === undefined ? fc.string({ maxLength: 64 }) : matching(pattern).filter(fits))
  return fc
    .oneof(
      { weight: 5, arbitrary: texts[0] ?? fc.constant('') },
      { weight: 1, arbitrary: texts.at(-1) ?? fc.constant('') },
    )
    .map((text) => JSON.stringify(text))
}

/** Texts of a pattern's shape; fast-check draws no lookahead, which is left to a filter. */
function matching(pattern: string): fc.Arbitrary<string> {
  return fc.stringMatching(new RegExp(pattern.replaceAll(/\(\?[=!][^)]*\)/g, '')))
}
