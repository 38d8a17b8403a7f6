/** SQLite's primary result codes (sqlite.org/rescode.html) of a file that can't be used now, though all else is right. */
const busyCodes: ReadonlySet<number | null> = new Set([5, 6])
/** Why a database file can't be opened, as the end of a line that begins with its path. */
export function openingFault(error: unknown): string {
  if (busyCodes.has(resultCodeOf(error))) {
    return '; does another gateway use the same DATA_DIR?'
  }
  if (!(error instanceof Error)) {
    return ': unknown fault'
  }
  const code = 'code' in error && typeof error.code === 'string' ? error.code : ''
  const systemFault = systemFaults.get(code)
  return systemFault === undefined ? `: ${error.message}` : `: ${systemFault} (${code})`
}

const notWritable = 'this user may not write there; give it the folder, or choose another DATA_DIR'
const noFolder = 'DATA_DIR is no folder and none can be made there; choose another'
/** Of the operating system (errno), when the folder is made and the file touched. */
const systemFaults: ReadonlyMap<string, string> = new Map([
  ['EACCES', notWritable],
  ['EPERM', notWritable],
  ['EROFS', notWritable],
  ['ENOENT', noFolder],
  ['ENOTDIR', noFolder],
  ['EEXIST', noFolder],
  ['ENOSPC', 'the disk is full'],
])

/** The primary result code, the last 8 bits of node:sqlite's `errcode`; null for an error of another kind. */
function resultCodeOf(error: unknown): number | null {
  const isSqlite = error instanceof Error && 'errcode' in error && typeof error.errcode === 'number'
  return isSqlite ? Number(error.errcode) & 0xff : null
}
