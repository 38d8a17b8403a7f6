import { type RawBuilder, sql } from 'kysely'
import type { Database } from '../../database/schema.ts'
import { nameKey } from '../name-key.ts'
import type { UserFieldName, UserFields } from '../user-fields.ts'
import { listUsers } from '../user-repository.ts'
import { type ImportPlan, type NewUser, planImport, type UserChange } from './import-plan.ts'

/** What the file says, and what is to be done about people whom it doesn't name. */
export interface ImportRequest {
  users: readonly (UserFields & { code: string; name: string })[]
  /** Codes of lines that were left out: these people are named all the same. */
  otherCodes: ReadonlySet<string>
  deactivateMissing: boolean
}

/** What an import would do now. */
export async function planUsersImport(db: Database, request: ImportRequest): Promise<ImportPlan> {
  const plan = planImport(request.users, {
    existing: await listUsers(db),
    otherCodes: request.otherCodes,
  })
  return request.deactivateMissing ? plan : { ...plan, missing: [] }
}

const insertedRows = 500
const updatedRows = 200

/**
 * Carries a plan out in batches; to be called inside the transaction that made it.
 * @param onProgress told how many people are written
 */
export async function applyImportPlan(
  trx: Database,
  plan: ImportPlan,
  { now, onProgress }: { now: Date; onProgress: (done: number) => void },
): Promise<void> {
  let done = 0
  const wrote = (count: number): void => {
    done += count
    onProgress(done)
  }
  for (const users of batches(plan.added, insertedRows)) {
    await insertUsers(trx, users, now)
    wrote(users.length)
  }
  for (const changes of batches(plan.changed, updatedRows)) {
    await updateUsers(trx, changes, now)
    wrote(changes.length)
  }
  for (const missing of batches(plan.missing, insertedRows)) {
    const ids = missing.map(({ id }) => id)
    await trx
      .updateTable('users')
      .set({ active: 0, updated_at_ms: now.getTime() })
      .where('id', 'in', ids)
      .execute()
    wrote(missing.length)
  }
}

async function insertUsers(trx: Database, users: readonly NewUser[], now: Date): Promise<void> {
  const times = { created_at_ms: now.getTime(), updated_at_ms: now.getTime() }
  const rows = users.map((user) => ({
    ...user,
    name_key: nameKey(user.name),
    active: user.active ? 1 : 0,
    notices: user.notices ? 1 : 0,
    ...times,
  }))
  await trx.insertInto('users').values(rows).execute()
}

const columns: readonly Exclude<UserFieldName, 'code'>[] = [
  'name',
  'department',
  'whatsapp',
  'extension',
  'email',
  'active',
  'notices',
]

/** One statement for all of a batch: a round trip for each person would take minutes on a distant server. */
async function updateUsers(trx: Database, changes: readonly UserChange[], now: Date): Promise<void> {
  const assignments = columns.flatMap((column) => {
    const cases = changes.flatMap(({ id, changes: changed }) =>
      column in changed ? [sql`when ${id} then ${columnValue(changed[column])}`] : [],
    )
    return cases.length === 0 ? [] : [assignment(column, cases)]
  })
  const keys = changes.flatMap(({ id, changes: { name } }) =>
    name === undefined ? [] : [sql`when ${id} then ${nameKey(name)}`],
  )
  if (keys.length > 0) {
    assignments.push(assignment('name_key', keys))
  }
  const ids = changes.map(({ id }) => id)
  await sql`update users set updated_at_ms = ${now.getTime()}, ${sql.join(assignments)}
    where id in (${sql.join(ids)})`.execute(trx)
}

function assignment(column: string, cases: readonly RawBuilder<unknown>[]): RawBuilder<unknown> {
  const name = sql.ref(column)
  return sql`${name} = case id ${sql.join(cases, sql` `)} else ${name} end`
}

function columnValue(value: string | boolean | null | undefined): string | number | null {
  return typeof value === 'boolean' ? Number(value) : (value ?? null)
}

function batches<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_unused, index) =>
    all.slice(index * size, (index + 1) * size),
  )
}
