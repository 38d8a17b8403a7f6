import { DatabaseSync } from 'node:sqlite'

/** The error of a database that can't grow, as SQLite itself makes it. */
export function fullDiskError(): unknown {
  const database = new DatabaseSync(':memory:')
  try {
    database.exec('PRAGMA max_page_count = 1; CREATE TABLE message (id TEXT)')
  } catch (error) {
    return error
  } finally {
    database.close()
  }
  throw new Error('The database grew all the same.')
}
