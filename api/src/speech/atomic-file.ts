import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'

/** How the files that are still being written end; what is left of them after a crash is rubbish. */
export const temporarySuffix = '.tmp'

/** Writes a file so that a reader sees all of it or nothing, even after a power cut. */
export async function writeFileAtomic(path: string, bytes: Uint8Array | string, mode: number): Promise<void> {
  const temporary = `${path}.${randomUUID()}${temporarySuffix}`
  try {
    const file = await open(temporary, 'wx', mode)
    try {
      await file.writeFile(bytes)
      await file.datasync()
    } finally {
      await file.close()
    }
    await rename(temporary, path)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

/** For a file that may be missing: takes that fault as undefined and throws every other. */
export function ignoreNotFound(error: unknown): undefined {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) {
    throw error
  }
  return undefined
}
