import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'

/** How the files that are still being written end; what is left of them after a crash is rubbish. */
export const temporarySuffix = '.tmp'

/** A name beside a file's that nobody else has. */
export function temporaryPathFor(path: string): string {
  return `${path}.${randomUUID()}${temporarySuffix}`
}

/** Writes a file so that a reader sees all of it or nothing, even after a power cut; `time` is its access and modification time. */
export async function writeFileAtomic(
  path: string,
  bytes: Uint8Array | string,
  { mode, time }: { mode: number; time?: Date },
): Promise<void> {
  const temporary = temporaryPathFor(path)
  try {
    const file = await open(temporary, 'wx', mode)
    try {
      await file.writeFile(bytes)
      if (time !== undefined) {
        await file.utimes(time, time)
      }
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
