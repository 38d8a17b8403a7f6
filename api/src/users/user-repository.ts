import type { Database } from '../database/schema.ts'

/** A member of staff who may open tickets. */
export interface User {
  id: number
  /** Registration code, digits. */
  code: string
  name: string
  department: string | null
  /** E.164. */
  whatsapp: string | null
  extension: string | null
  email: string | null
  active: boolean
}

/** The active user with that registration code; an inactive one counts as unknown. */
export async function findActiveUser(db: Database, code: string): Promise<User | null> {
  const row = await db
    .selectFrom('users')
    .selectAll()
    .where('code', '=', code)
    .where('active', '=', 1)
    .executeTakeFirst()
  return row === undefined ? null : { ...row, active: true }
}

/** All users by registration code, inactive ones too. */
export async function listUsers(db: Database): Promise<User[]> {
  const rows = await db.selectFrom('users').selectAll().orderBy('code').execute()
  return rows.map((row) => ({ ...row, active: row.active === 1 }))
}

/** Adds users, active ones. */
export async function addUsers(
  db: Database,
  users: readonly Omit<User, 'id' | 'active'>[],
  now: Date,
): Promise<void> {
  const times = { created_at_ms: now.getTime(), updated_at_ms: now.getTime() }
  await db
    .insertInto('users')
    .values(users.map((user) => ({ ...user, ...times })))
    .execute()
}
