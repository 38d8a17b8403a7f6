import type { UserFields } from '../user-fields.ts'
import { emptyUser, type User } from '../user-repository.ts'

/** A person to add. */
export type NewUser = Omit<User, 'id'>

/** What differs of a person who is there. */
export interface UserChange {
  id: number
  code: string
  changes: UserFields
}

/** What an import would do. */
export interface ImportPlan {
  added: NewUser[]
  changed: UserChange[]
  /** People of the file about whom nothing differs. */
  unchanged: number
  /** Active people whom the file doesn't name. */
  missing: { id: number; code: string; name: string }[]
}

/**
 * Compares a file's people with those that are there. What the file doesn't speak of stays as it is; somebody new is
 * active and wants notices unless the file says otherwise.
 */
export function planImport(
  given: readonly (UserFields & { code: string; name: string })[],
  options: { existing: readonly User[]; otherCodes: ReadonlySet<string> },
): ImportPlan {
  const { existing, otherCodes } = options
  const byCode = new Map(existing.map((user) => [user.code, user]))
  const named = new Set(given.map(({ code }) => code))
  const plan: ImportPlan = { added: [], changed: [], unchanged: 0, missing: [] }
  for (const fields of given) {
    const user = byCode.get(fields.code)
    const changes = user === undefined ? {} : differingFields(user, fields)
    if (user === undefined) {
      plan.added.push({ ...emptyUser, ...fields })
    } else if (Object.keys(changes).length > 0) {
      plan.changed.push({ id: user.id, code: user.code, changes })
    } else {
      plan.unchanged += 1
    }
  }
  plan.missing = existing
    .filter(({ active, code }) => active && !named.has(code) && !otherCodes.has(code))
    .map(({ id, code, name }) => ({ id, code, name }))
  return plan
}

/** The fields, among those given, that say something else than the person's. */
export function differingFields(user: User, fields: UserFields): UserFields {
  return Object.fromEntries(
    Object.entries(fields).filter(([field, value]) => user[field as keyof UserFields] !== value),
  )
}
