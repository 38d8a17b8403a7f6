import type { Database } from '../database/schema.ts'
import { inTransaction } from '../database/transaction.ts'

const charactersMax = 200
const filledAtOnce = 500

/**
 * A name as it is looked for: lower case, no accents, single spaces; at most 200 characters. Made here, because no two
 * databases fold letters alike.
 */
export function nameKey(name: string): string {
  const key = name
    .normalize('NFD')
    .replaceAll(/\p{Mn}/gu, '')
    .normalize('NFC')
    .toLowerCase()
    // Lower case may bring a mark of its own: İ becomes i with a dot.
    .replaceAll(/\p{Mn}/gu, '')
    .replaceAll(/\s+/g, ' ')
    .trim()
  return Array.from(key === '' ? name : key)
    .slice(0, charactersMax)
    .join('')
}

/** Gives a key to every user who has none, in batches; gives how many. */
export async function fillNameKeys(db: Database): Promise<number> {
  let filled = 0
  for (let afterId = 0; ;) {
    const users = await db
      .selectFrom('users')
      .select(['id', 'name'])
      .where('name_key', '=', '')
      .where('id', '>', afterId)
      .orderBy('id')
      .limit(filledAtOnce)
      .execute()
    const last = users.at(-1)
    if (last === undefined) {
      return filled
    }
    await inTransaction(db, async (trx) => {
      for (const { id, name } of users) {
        await trx
          .updateTable('users')
          .set({ name_key: nameKey(name) })
          .where('id', '=', id)
          .execute()
      }
    })
    filled += users.length
    afterId = last.id
  }
}
