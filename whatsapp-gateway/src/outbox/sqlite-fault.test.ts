import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, it } from 'vitest'
import { fullDiskError } from '../testing/full-disk-error.ts'
import { temporaryFolder } from '../testing/temporary-folder.ts'
import { openingFault } from './sqlite-fault.ts'

function faultOf(work: () => void): unknown {
  try {
    work()
    return undefined
  } catch (error) {
    return error
  }
}

function lockedError(): unknown {
  const path = join(temporaryFolder(), 'locked.sqlite')
  const [one, other] = [new DatabaseSync(path), new DatabaseSync(path, { timeout: 1 })]
  one.exec('BEGIN EXCLUSIVE')
  const fault = faultOf(() => other.exec('BEGIN EXCLUSIVE'))
  one.close()
  other.close()
  return fault
}

describe('a fault of SQLite', () => {
  it('at the opening is told by its cause', () => {
    expect(openingFault(lockedError())).toBe('; does another gateway use the same DATA_DIR?')
    expect(openingFault(fullDiskError())).toBe(': database or disk is full')
  })

  it.each([
    ['EACCES', /may not write there.*\(EACCES\)$/],
    ['EROFS', /may not write there.*\(EROFS\)$/],
    ['ENOENT', /no folder.*\(ENOENT\)$/],
    ['ENOSPC', /disk is full \(ENOSPC\)$/],
    ['EMFILE', /: what the system says$/],
  ])('of the system (%s) is told by its cause', (code, line) => {
    const error = Object.assign(new Error('what the system says'), { code })
    expect(openingFault(error)).toMatch(line)
  })
})
