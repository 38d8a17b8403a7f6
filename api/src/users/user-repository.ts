import { isUniqueViolation } from '@ura/core/database/database-errors'
import type { Selectable } from 'kysely'
import type { Database, Schema } from '../database/schema.ts'
import { nameKey } from './name-key.ts'

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
  /** Whether they want messages about their tickets; access codes go all the same. */
  notices: boolean
}

/** What is so of somebody new as long as nothing else is said. */
export const emptyUser = {
  department: null,
  whatsapp: null,
  extension: null,
  email: null,
  active: true,
  notices: true,
} as const satisfies Partial<User>

/** The active user with that registration code; an inactive one counts as unknown. */
export async function findActiveUser(db: Database, code: string): Promise<User | null> {
  const row = await db
    .selectFrom('users')
    .select(userColumns)
    .where('code', '=', code)
    .where('active', '=', 1)
    .executeTakeFirst()
  return row === undefined ? null : toUser(row)
}

/** The one active user with that extension; null when it is nobody's or that of several. */
export async function findUserOfExtension(db: Database, extension: string): Promise<User | null> {
  const rows = await db
    .selectFrom('users')
    .select(userColumns)
    .where('extension', '=', extension)
    .where('active', '=', 1)
    .limit(2)
    .execute()
  const [row] = rows
  return row === undefined || rows.length > 1 ? null : toUser(row)
}

/** The active users with those registration codes, by code. */
export async function findActiveUsers(db: Database, codes: readonly string[]): Promise<Map<string, User>> {
  const rows = await db
    .selectFrom('users')
    .select(userColumns)
    .where('code', 'in', [...new Set(codes)])
    .where('active', '=', 1)
    .execute()
  return new Map(rows.map((row) => [row.code, toUser(row)]))
}

/** The user with that registration code, active or not. */
export async function findUser(db: Database, code: string): Promise<User | null> {
  const row = await db
    .selectFrom('users')
    .select(userColumns)
    .where('code', '=', code)
    .where('erased_at_ms', 'is', null)
    .executeTakeFirst()
  return row === undefined ? null : toUser(row)
}

/** All users by registration code, inactive ones too; those whose data was erased are no users any more. */
export async function listUsers(db: Database): Promise<User[]> {
  const rows = await db
    .selectFrom('users')
    .select(userColumns)
    .where('erased_at_ms', 'is', null)
    .orderBy('code')
    .execute()
  return rows.map(toUser)
}

/** Adds a user; false when the code is taken. */
export async function addUser(db: Database, user: Omit<User, 'id'>, now: Date): Promise<boolean> {
  try {
    const { active, notices, ...fields } = user
    const times = { created_at_ms: now.getTime(), updated_at_ms: now.getTime() }
    await db
      .insertInto('users')
      .values({
        ...fields,
        name_key: nameKey(fields.name),
        active: active ? 1 : 0,
        notices: notices ? 1 : 0,
        ...times,
      })
      .execute()
    return true
  } catch (error) {
    if (isUniqueViolation(error)) {
      return false
    }
    throw error
  }
}

/** Changes a user's data; what is left out stays. */
export async function changeUser(
  db: Database,
  userId: number,
  { active, notices, ...fields }: Partial<Omit<User, 'id'>>,
  now: Date,
): Promise<void> {
  await db
    .updateTable('users')
    .set({
      ...fields,
      ...(fields.name === undefined ? {} : { name_key: nameKey(fields.name) }),
      ...(active === undefined ? {} : { active: active ? 1 : 0 }),
      ...(notices === undefined ? {} : { notices: notices ? 1 : 0 }),
      updated_at_ms: now.getTime(),
    })
    .where('id', '=', userId)
    .execute()
}

/** The columns that {@link toUser} makes a user of. */
export const userColumns = [
  'id',
  'code',
  'name',
  'department',
  'whatsapp',
  'extension',
  'email',
  'active',
  'notices',
] as const

/** A row of those columns as a user. */
export function toUser(row: Pick<Selectable<Schema['users']>, (typeof userColumns)[number]>): User {
  return { ...row, active: row.active === 1, notices: row.notices === 1 }
}

/** Adds users, active ones who want notices. */
export async function addUsers(
  db: Database,
  users: readonly Omit<User, 'id' | 'active' | 'notices'>[],
  now: Date,
): Promise<void> {
  const times = { created_at_ms: now.getTime(), updated_at_ms: now.getTime() }
  await db
    .insertInto('users')
    .values(users.map((user) => ({ ...user, name_key: nameKey(user.name), ...times })))
    .execute()
}

/** The users that a page's keys name, by `id` or `code`, in the order of the keys, without those whose data was erased. */
export async function findUsersByKey(
  db: Database,
  keys: readonly Readonly<Record<string, string | number>>[],
): Promise<User[]> {
  const column = keys[0]?.['id'] === undefined ? 'code' : 'id'
  const wanted = keys.flatMap((key) => key[column] ?? [])
  if (wanted.length === 0) {
    return []
  }
  const rows = await db
    .selectFrom('users')
    .select(userColumns)
    .where('erased_at_ms', 'is', null)
    .$if(column === 'id', (query) => query.where('id', 'in', wanted.map(Number)))
    .$if(column === 'code', (query) => query.where('code', 'in', wanted.map(String)))
    .execute()
  const byKey = new Map(rows.map((row) => [row[column], toUser(row)]))
  return wanted.flatMap((key) => byKey.get(key) ?? [])
}
