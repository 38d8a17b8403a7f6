import { readFile } from 'node:fs/promises'
import { describe, expect, it } from 'vitest'
import { cellsInDocument, cellsOf, type PlanDatabase, scansOf } from '../../scripts/query-plans/document.ts'
import { plansOnServer, plansOnSqlite } from '../../scripts/query-plans/generate.ts'
import type { RequestPlan } from '../../scripts/query-plans/request-plans.ts'
import { findDatabaseServers } from '../faults/real-database.ts'

const page = await readFile(new URL('../../docs/query-plans.md', import.meta.url), 'utf8')
const databases: { name: PlanDatabase; plans: () => Promise<RequestPlan[]> }[] = [
  { name: 'SQLite', plans: plansOnSqlite },
  ...(await findDatabaseServers()).map(({ kind, name, root }) => ({
    name: name as PlanDatabase,
    plans: () => plansOnServer(kind, root),
  })),
]

/** In which order a request asks for its tables is its own affair. */
function withoutOrder(cells: ReadonlyMap<string, string>): Record<string, string[]> {
  return Object.fromEntries(Array.from(cells, ([request, cell]) => [request, cell.split(', ').toSorted()]))
}

describe.each(databases)('every request to the API, on $name', ({ name, plans }) => {
  it('finds its rows by the indexes that docs/query-plans.md tells (npm run docs:plans) and reads no table that grows from end to end', async () => {
    const found = await plans()
    expect(scansOf(found)).toEqual([])
    expect(withoutOrder(cellsOf(found))).toEqual(withoutOrder(cellsInDocument(page, name)))
  }, 180_000)
})
