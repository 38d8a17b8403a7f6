import type { List } from './lists.ts'
import type { ScaleRequest, Target } from './target.ts'

/** One kind of request whose time on a large database is compared with that on a small one. */
export interface Probe {
  /** The operationId in docs/openapi.json. */
  operation: string
  /** What tells it from other probes of the operation, or nothing. */
  variant: string
  /** The list that it is a page of. */
  list?: List
  /**
   * The `serial`-th request, from 0, about another row than the one before where the operation is about a row. What it
   * asks the server to get ready is not measured.
   */
  request(target: Target, serial: number): ScaleRequest | Promise<ScaleRequest>
}

/** Its name in tables. */
export function nameOf({ operation, variant }: Probe): string {
  return variant === '' ? operation : `${operation}, ${variant}`
}
