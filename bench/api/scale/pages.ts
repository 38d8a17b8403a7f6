import type { Database } from '@ura/api/database/schema'
import { createKeyedHash } from '@ura/api/keyed-hash'
import { listName, type Position, writeCursor } from '@ura/api/listing/cursor'
import { type KeyRow, type KeysetQuery, keysetQuery } from '@ura/api/listing/keyset-query'
import { sql } from 'kysely'
import type { List } from './lists.ts'
import type { Probe } from './probe.ts'
import type { Target } from './target.ts'

/** Rows of a page unless asked otherwise. */
const limitDefault = 50

/** More than any list here has. */
const everyRow = 100_000_000

type Plan = Omit<KeysetQuery, 'after' | 'limit'>

/**
 * The first page of a list, one in its middle and its last one, the latter two by cursors. A page has as many rows on
 * either database: half of the list where it is the shorter, 50 at most.
 * @param secret API_SECRET of both servers: cursors are signed with it
 * @throws Error for a list without rows
 */
export async function pageProbes(
  list: List,
  targets: { small: Target; large: Target },
  secret: string,
): Promise<Probe[]> {
  const rows = Math.min(await countOf(list, targets.small), await countOf(list, targets.large))
  if (rows === 0) throw new Error(`${list.operation}, ${list.variant}: no rows`)
  const limit = Math.max(1, Math.min(limitDefault, Math.floor(rows / 2)))
  const first = probeOf(list, 'first page', () => ({ limit }))
  if (rows === 1) return [first]
  const cursors = {
    small: await cursorsOf(list, targets.small, { limit, secret }),
    large: await cursorsOf(list, targets.large, { limit, secret }),
  }
  return [
    first,
    probeOf(list, 'middle page', ({ name }) => ({ limit, cursor: cursors[name].middle })),
    probeOf(list, 'last page', ({ name }) => ({ limit, cursor: cursors[name].last })),
  ]
}

function probeOf(
  list: List,
  page: string,
  pageFields: (target: Target) => { limit: number; cursor?: string },
): Probe {
  return {
    operation: list.operation,
    list,
    variant: [list.variant, page].filter((text) => text !== '').join(', '),
    request: (target) => {
      const fields = { ...list.query(target), ...pageFields(target) }
      const query = new URLSearchParams()
      for (const [name, value] of Object.entries(fields)) query.set(name, String(value))
      return { method: 'GET', path: `${list.path}?${query.toString()}` }
    },
  }
}

async function cursorsOf(
  list: List,
  target: Target,
  { limit, secret }: { limit: number; secret: string },
): Promise<{ middle: string; last: string }> {
  const plan = await list.plan(target.db, target)
  const keyedHash = createKeyedHash(secret)
  const name = listName(list.cursorOf.list, list.cursorOf.filters(target))
  const sign = (row: KeyRow): string => writeCursor(keyedHash, name, positionOf(plan, row))
  const middle = Math.floor((await countOf(list, target)) / 2) - 1
  return {
    middle: sign(await rowAt(target.db, plan, middle)),
    // What is behind the row before the last ones: read from the list's other end.
    last: sign(await rowAt(target.db, { ...plan, descending: !plan.descending }, limit)),
  }
}

function positionOf({ key }: Plan, row: KeyRow): Position {
  return key.map((column) => row[column] ?? 0)
}

async function countOf(list: List, target: Target): Promise<number> {
  const query = keysetQuery(target.db, {
    ...(await list.plan(target.db, target)),
    after: null,
    limit: everyRow,
  })
  if (query === null) return 0
  const counted = await sql<{ count: number }>`select count(*) as count from (${query}) as listed`.execute(
    target.db,
  )
  return counted.rows[0]?.count ?? 0
}

async function rowAt(db: Database, plan: Plan, offset: number): Promise<KeyRow> {
  const query = keysetQuery(db, { ...plan, after: null, limit: offset + 1 })
  if (query === null) throw new Error('A list without rows has no cursor')
  const direction = plan.descending ? sql`asc` : sql`desc`
  const order = sql.join(plan.key.map((column) => sql`${sql.ref(column)} ${direction}`))
  const { rows } = await sql<KeyRow>`select * from (${query}) as listed order by ${order} limit 1`.execute(db)
  const [row] = rows
  if (row === undefined) throw new Error('A list ended before its middle')
  return row
}
