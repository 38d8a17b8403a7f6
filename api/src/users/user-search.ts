import type { Database } from '../database/schema.ts'
import { foldedText } from '../folded-text.ts'
import { toUser, type User, userColumns } from './user-repository.ts'

export interface UserSearch {
  /** Part of code, name or department; case and accents don't count; empty for everybody. */
  search: string
  active: boolean | null
  withoutWhatsapp: boolean
  /** Begins behind this code. */
  after: string
  /** At least 1. */
  limit: number
}

const pageRows = 1_000

/**
 * Users by code, and the code to go on behind when there are more. The text is looked for here and not by the
 * database, because no two databases agree about case and accents.
 */
export async function findUsers(
  db: Database,
  options: UserSearch,
): Promise<{ users: User[]; next: string | null }> {
  const wanted = foldedText(options.search)
  const found: User[] = []
  let after = options.after
  for (;;) {
    const rows = await pageAfter(db, after, options)
    for (const row of rows) {
      if ([row.code, row.name, row.department ?? ''].some((text) => foldedText(text).includes(wanted))) {
        if (found.length === options.limit) {
          return { users: found, next: found.at(-1)?.code ?? null }
        }
        found.push(toUser(row))
      }
    }
    const last = rows.at(-1)
    if (last === undefined || rows.length < pageRows) {
      return { users: found, next: null }
    }
    after = last.code
  }
}

async function pageAfter(db: Database, after: string, { active, withoutWhatsapp }: UserSearch) {
  return await db
    .selectFrom('users')
    .select(userColumns)
    .where('code', '>', after)
    .where('erased_at_ms', 'is', null)
    .$if(active !== null, (query) => query.where('active', '=', active === true ? 1 : 0))
    .$if(withoutWhatsapp, (query) => query.where('whatsapp', 'is', null))
    .orderBy('code')
    .limit(pageRows)
    .execute()
}
