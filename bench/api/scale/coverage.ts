import { type OpenApiDocument, operationsOf, type Parameter } from '@ura/api/openapi/document'
import type { List } from './lists.ts'
import { small } from './population.ts'
import type { Probe } from './probe.ts'
import type { Facts } from './target.ts'

/** Operations that are not measured, each with its reason. */
export const unmeasured: Readonly<Record<string, string>> = {
  buscarAudio: 'reads a file by its name and asks the database for nothing; the benchmark has no voice',
  addAnnouncement: 'at most nine rows, whatever the size of the rest, and the ninth is refused',
  changeAnnouncement: 'at most nine rows, whatever the size of the rest',
  removeAnnouncement: 'at most nine rows, whatever the size of the rest',
  addVoiceNote: 'one row by the number of its ticket; what would be measured is the megabyte',
  fetchVoiceNote: 'one row by the number of its ticket; what would be measured is the megabyte',
  removerAudio: 'removes a file by its name and asks the database for nothing; the benchmark has no voice',
}

const pageFields = new Set(['limit', 'cursor'])

/** What of an OpenAPI document is not measured: operations, filters of lists, and orders, each in one line. */
export function gapsOf(
  document: Pick<OpenApiDocument, 'paths'>,
  measured: { probes: readonly Probe[]; lists: readonly List[]; reasons: Readonly<Record<string, string>> },
): string[] {
  const { probes, lists, reasons } = measured
  const known = new Set([...Object.keys(reasons), ...[...probes, ...lists].map(({ operation }) => operation)])
  return operationsOf(document).flatMap(({ path, method, operation }) => {
    const { operationId = '', parameters = [] } = operation
    if (!known.has(operationId)) return [`${operationId} (${method} ${path})`]
    const isList = parameters.some(({ name }) => name === 'cursor')
    return isList
      ? parameterGaps(
          operationId,
          parameters,
          lists.filter((list) => list.operation === operationId),
        )
      : []
  })
}

const facts: Facts = { population: small, firstMs: 0, lastMs: 1_000_000_000 }

function parameterGaps(
  operationId: string,
  parameters: readonly Parameter[],
  lists: readonly List[],
): string[] {
  if (lists.length === 0) return [`${operationId}: pages`]
  const queries = lists.map((list) => list.query(facts))
  const filters = parameters.filter((one) => one.in === 'query' && !pageFields.has(one.name))
  return filters.flatMap(({ name, schema }) => {
    const values = (schema as { enum?: string[] } | undefined)?.enum
    const wanted = name === 'sort' ? (values ?? []) : [undefined]
    return wanted
      .filter((value) => !queries.some((query) => name in query && (value ?? query[name]) === query[name]))
      .map((value) => `${operationId}: ${value === undefined ? name : `${name}=${value}`}`)
  })
}
