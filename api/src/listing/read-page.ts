import type { Database } from '../database/schema.ts'
import type { KeyedHash } from '../keyed-hash.ts'
import { type ListName, readCursor, writeCursor } from './cursor.ts'
import { type KeyRow, type KeysetQuery, keysetQuery } from './keyset-query.ts'

/** What a client asks of any list beside its filters. */
export interface PageRequest {
  /** Rows of a page, 1 to 200; default 50. */
  readonly limit?: number | undefined
  /** Of the page before; the first page has none. */
  readonly cursor?: string | undefined
}

/** The keys of a page's rows, in order, and how to read on. */
export interface KeyPage {
  readonly keys: readonly KeyRow[]
  /** Null on the last page. */
  readonly next: string | null
}

const limitDefault = 50

/**
 * Reads one page of a list. Rows added meanwhile neither repeat nor hide those behind the cursor.
 * @throws HelpdeskError REQUISICAO_INVALIDA for a cursor of another list
 */
export async function readPage(
  options: { db: Database; keyedHash: KeyedHash; list: ListName },
  request: PageRequest,
  query: Omit<KeysetQuery, 'after' | 'limit'>,
): Promise<KeyPage> {
  const { db, keyedHash, list } = options
  const { limit = limitDefault, cursor } = request
  const after = cursor === undefined ? null : readCursor(keyedHash, list, cursor)
  // One more than asked for tells whether there is another page.
  const compiled = keysetQuery(db, { ...query, after, limit: limit + 1 })
  const rows = compiled === null ? [] : (await compiled.execute(db)).rows
  const keys = rows.slice(0, limit)
  const last = keys.at(-1)
  const position = query.key.map((column) => last?.[column] ?? 0)
  return { keys, next: rows.length > limit ? writeCursor(keyedHash, list, position) : null }
}
