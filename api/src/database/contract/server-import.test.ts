import { sql } from 'kysely'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { applyImportPlan, planUsersImport } from '../../users/import/import-users.ts'
import { listUsers } from '../../users/user-repository.ts'
import { isConnectionLost } from '@ura/core/database/database-errors'
import type { Database } from '../schema.ts'
import { inTransaction } from '../transaction.ts'
import { createTwoPrograms, type TwoPrograms } from './two-programs.ts'

const now = new Date('2026-11-23T14:00:00Z')

let programs: TwoPrograms
let one: Database
let other: Database

beforeEach(async () => {
  programs = await createTwoPrograms(now)
  ;({ one, other } = programs)
})

afterEach(() => programs.close())

const request = {
  users: Array.from({ length: 1_500 }, (_unused, index) => ({ code: `${index + 1}`, name: 'Ana' })),
  otherCodes: new Set<string>(),
  deactivateMissing: false,
}

/** An import whose connection the server ends in the middle, in its first turns. */
async function importUsers(turnsBroken: number): Promise<void> {
  let turns = 0
  await inTransaction(one, async (trx) => {
    turns += 1
    const plan = await planUsersImport(trx, request)
    await applyImportPlan(trx, { ...plan, added: plan.added.slice(0, 1_000) }, { now, onProgress: () => {} })
    if (turns <= turnsBroken) {
      const { rows } = await sql<{ id: number }>`select connection_id() as id`.execute(trx)
      await sql`kill ${sql.lit(rows[0]?.id ?? 0)}`.execute(other)
    }
    await applyImportPlan(trx, { ...plan, added: plan.added.slice(1_000) }, { now, onProgress: () => {} })
  })
}

it('an import whose connection breaks is done again from its beginning', async () => {
  await importUsers(1)
  expect(await listUsers(other)).toHaveLength(1_500)
})

it('an import whose connection breaks again and again leaves nothing', async () => {
  await expect(importUsers(99)).rejects.toSatisfy(isConnectionLost)
  expect(await listUsers(other)).toEqual([])
})
