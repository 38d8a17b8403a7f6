import { isMysql } from '@ura/api/database/dialect'
import type { Database } from '@ura/api/database/schema'
import { CompiledQuery } from 'kysely'

/** How a statement gets at the rows of one of its tables. */
export interface PlanStep {
  table: string
  /** As the database calls it; null when it reads the table from end to end. */
  index: string | null
  /** Whether it reads the index from one end on, as a list without a filter does until its limit. */
  isWalk: boolean
}

/** Rows that a walk may read on a server: more than the longest page. */
const walkedRowsMax = 1_000

/** The uses of tables that the database's own `explain` tells of. */
export async function planStepsOf(db: Database, query: CompiledQuery): Promise<PlanStep[]> {
  return isMysql(db) ? await serverSteps(db, query) : await sqliteSteps(db, query)
}

interface ServerRow {
  table: string | null
  type: string | null
  key: string | null
  rows: number | null
}

async function serverSteps(db: Database, query: CompiledQuery): Promise<PlanStep[]> {
  const { rows: versions } = await db.executeQuery<{ version: string }>(
    CompiledQuery.raw('select version() as version'),
  )
  // MySQL 9 draws a tree unless told otherwise; MariaDB knows no word for the table that it makes.
  const format = versions[0]?.version.includes('MariaDB') === true ? '' : 'format=traditional'
  const explained = CompiledQuery.raw(`explain ${format} ${query.sql}`, [...query.parameters])
  const { rows } = await db.executeQuery<ServerRow>(explained)
  return rows.flatMap(({ table, type, key, rows: read }) => {
    if (table === null || type === null) return []
    const isWalk = type === 'index' && isLimitedWalk(query) && (read ?? 0) <= walkedRowsMax
    const isScan = type === 'ALL' || (type === 'index' && !isWalk)
    // MariaDB names a second index behind a bar: with it rows are left out before they are read.
    const index = isScan ? null : (key?.split('|')[0] ?? null)
    return [{ table, index, isWalk }]
  })
}

const sqliteUse =
  /^(?<how>SEARCH|SCAN) (?<table>\w+)(?: USING (?:(?:COVERING )?INDEX (?<index>\w+)|(?<primary>INTEGER PRIMARY KEY)))?/

async function sqliteSteps(db: Database, query: CompiledQuery): Promise<PlanStep[]> {
  const explained = CompiledQuery.raw(`explain query plan ${query.sql}`, [...query.parameters])
  const { rows } = await db.executeQuery<{ detail: string }>(explained)
  return rows.flatMap(({ detail }) => {
    const { how, table, index, primary } = sqliteUse.exec(detail)?.groups ?? {}
    if (table === undefined) return []
    const isWalk = how === 'SCAN' && isLimitedWalk(query)
    const used = primary ?? index ?? (isWalk ? 'INTEGER PRIMARY KEY' : null)
    return [{ table, index: how === 'SCAN' && !isWalk ? null : used, isWalk }]
  })
}

/** Without a condition and with a limit it goes along an index no further than the limit; with one, until enough rows meet it. */
function isLimitedWalk({ sql }: CompiledQuery): boolean {
  return !/ where /i.test(sql) && / limit /i.test(sql)
}
