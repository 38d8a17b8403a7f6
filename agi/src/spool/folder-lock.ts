import { closeSync, openSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'

/** Held by one process, or one service of a process, at a time. */
export interface FolderLock {
  /** A second time does nothing. */
  release(): void
}

const sqliteBusy = 5

/**
 * Locks a folder for its one owner; null when somebody else has it. The lock is SQLite's on an empty file, which is the
 * kernel's own (fcntl): it ends with its process however that ends, so that none is ever stale, and it holds between
 * containers, whose process ids mean nothing to each other.
 * @throws Error when the file can't be made
 */
export function lockFolder(folder: string): FolderLock | null {
  const path = join(folder, 'lock.sqlite')
  closeSync(openSync(path, 'a', 0o600))
  const database = new DatabaseSync(path, { timeout: 0 })
  try {
    database.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;')
  } catch (error) {
    database.close()
    if ((error as { errcode?: unknown }).errcode === sqliteBusy) {
      return null
    }
    throw error
  }
  return { release: () => database[Symbol.dispose]() }
}
