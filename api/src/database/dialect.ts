/**
 * What differs between the databases, in one place. SQLite is the only one for now; the migrations' SQL asks for the
 * differing words by name (`{{autoId}}`), everything else is SQL that MySQL and MariaDB take as well.
 */
export interface MigrationWords {
  readonly autoId: string
  readonly tableOptions: string
}

export const sqliteMigrationWords: MigrationWords = {
  // AUTOINCREMENT: an id is never given twice, even after the newest row was removed.
  autoId: 'integer primary key autoincrement',
  tableOptions: '',
}

/** SQLite's extended result codes (https://www.sqlite.org/rescode.html). */
const sqliteConstraintPrimaryKey = 1555
const sqliteConstraintUnique = 2067
/** Primary result codes, the low byte of an extended one. */
const sqliteBusy = 5
const sqliteLocked = 6

/** Whether a statement failed because a row with that key is already there. */
export function isUniqueViolation(error: unknown): boolean {
  const code = resultCode(error)
  return code === sqliteConstraintUnique || code === sqliteConstraintPrimaryKey
}

/** Whether the database was locked by another process for longer than the busy timeout: worth trying again. */
export function isBusy(error: unknown): boolean {
  const code = resultCode(error)
  return code !== null && [sqliteBusy, sqliteLocked].includes(code % 256)
}

function resultCode(error: unknown): number | null {
  if (error instanceof Error && 'errcode' in error && typeof error.errcode === 'number') {
    return error.errcode
  }
  return null
}
