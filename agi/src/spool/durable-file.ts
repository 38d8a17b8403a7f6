import { open, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** What a file is called while it is being written. */
export const unfinishedSuffix = '.unfinished'

/**
 * Writes a file of mode 0600 that is there whole after a crash or a power cut, or not at all: its bytes are on disk
 * before it gets its name, and its name is before this resolves.
 * @throws Error of the file system, as ENOSPC; nothing is left of the file then
 */
export async function writeDurably(path: string, text: string): Promise<void> {
  const unfinished = `${path}${unfinishedSuffix}`
  try {
    const handle = await open(unfinished, 'w', 0o600)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(unfinished, path)
    await syncFolder(dirname(path))
  } catch (error) {
    // Whoever is told that it failed must not find it done later.
    await Promise.allSettled([rm(unfinished, { force: true }), rm(path, { force: true })])
    throw error
  }
}

/** Brings the names in a folder to disk: a new or removed file is one only then (fsync(2)). */
export async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
