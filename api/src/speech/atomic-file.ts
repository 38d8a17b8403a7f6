import { randomUUID } from 'node:crypto'
import type { Stats } from 'node:fs'
import { open, rename, rm } from 'node:fs/promises'

/** How the files that are still being written end; what is left of them after a crash is rubbish. */
export const temporarySuffix = '.tmp'

/** A name beside a file's that nobody else has. */
export function temporaryPathFor(path: string): string {
  return `${path}.${randomUUID()}${temporarySuffix}`
}

/** How a file is written. */
export interface AtomicWrite {
  mode: number
  /** Its access and modification time; default the moment. */
  time?: Date
  /** Whether it is on the disk before anybody sees it, so that a power cut leaves all of it or nothing; default true. */
  isDurable?: boolean
}

/** Writes a file so that a reader sees all of it or nothing; gives what the file system knows of it. */
export async function writeFileAtomic(
  path: string,
  bytes: Uint8Array | string,
  { mode, time, isDurable = true }: AtomicWrite,
): Promise<Stats> {
  const temporary = temporaryPathFor(path)
  try {
    const stats = await writeNew(temporary, bytes, { mode, ...(time && { time }), isDurable })
    await rename(temporary, path)
    return stats
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

async function writeNew(
  path: string,
  bytes: Uint8Array | string,
  { mode, time, isDurable }: AtomicWrite,
): Promise<Stats> {
  const file = await open(path, 'wx', mode)
  try {
    await file.writeFile(bytes)
    if (time !== undefined) {
      await file.utimes(time, time)
    }
    if (isDurable === true) {
      await file.datasync()
    }
    return await file.stat()
  } finally {
    await file.close()
  }
}

/** Missing, or (ESTALE) removed by another machine of a network folder while it was open here. */
const notFoundCodes: ReadonlySet<unknown> = new Set(['ENOENT', 'ESTALE'])

export function isNotFound(error: unknown): boolean {
  return error instanceof Error && 'code' in error && notFoundCodes.has(error.code)
}

/** For a file that may be missing: takes that fault as undefined and throws every other. */
export function ignoreNotFound(error: unknown): undefined {
  if (!isNotFound(error)) {
    throw error
  }
  return undefined
}
