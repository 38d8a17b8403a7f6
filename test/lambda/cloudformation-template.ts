import { type CollectionTag, isNode, parse, type ScalarTag } from 'yaml'

export type Fields = Record<string, unknown>

/** A template with its short forms (`!Ref X`) written out (`{Ref: 'X'}`). */
export interface Template {
  Transform?: unknown
  Parameters: Record<string, Fields>
  Conditions: Record<string, unknown>
  Resources: Record<string, Resource>
  Outputs: Record<string, Fields>
}

export interface Resource {
  Type: string
  Properties?: Fields
  Condition?: string
  DependsOn?: string | string[]
}

const functions = [
  'Base64',
  'Cidr',
  'FindInMap',
  'GetAtt',
  'If',
  'ImportValue',
  'Join',
  'Select',
  'Split',
  'Sub',
]
const conditionFunctions = ['And', 'Equals', 'Not', 'Or']

/** @throws YAMLParseError with line and column */
export function parseTemplate(text: string): Template {
  const names = [...functions, ...conditionFunctions]
  const tags = [...names.map((name) => tagsOf(name, `Fn::${name}`)), tagsOf('Ref', 'Ref')].flat()
  const parsed = parse(text, { customTags: tags, strict: true }) as Partial<Template>
  return { Parameters: {}, Conditions: {}, Resources: {}, Outputs: {}, ...parsed }
}

function tagsOf(shortName: string, longName: string): (ScalarTag | CollectionTag)[] {
  const tag = `!${shortName}`
  return [
    {
      tag,
      resolve: (text: string) => ({
        // The name of an attribute may hold dots, that of a resource can't.
        [longName]: shortName === 'GetAtt' ? /^([^.]+)\.(.+)$/.exec(text)?.slice(1, 3) : text,
      }),
    },
    { tag, collection: 'seq', resolve: (items) => ({ [longName]: plain(items) }) },
    { tag, collection: 'map', resolve: (items) => ({ [longName]: plain(items) }) },
  ]
}

function plain(value: unknown): unknown {
  return isNode(value) ? value.toJSON() : value
}

/** Name and argument of an intrinsic function; null for an ordinary value. */
export function intrinsicOf(value: unknown): { name: string; argument: unknown } | null {
  const [entry, ...others] = isFields(value) ? Object.entries(value) : []
  if (entry === undefined || others.length > 0 || !/^(?:Ref|Condition|Fn::\w+)$/.test(entry[0])) {
    return null
  }
  return { name: entry[0], argument: entry[1] }
}

/** Every intrinsic function in a value, at any depth. */
export function intrinsicsIn(value: unknown): { name: string; argument: unknown }[] {
  const found = intrinsicOf(value)
  const inner = typeof value === 'object' && value !== null ? Object.values(value).flatMap(intrinsicsIn) : []
  return found === null ? inner : [found, ...inner]
}

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
