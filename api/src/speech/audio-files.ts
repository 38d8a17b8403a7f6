import { readdir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { ignoreNotFound, temporaryPathFor, temporarySuffix } from './atomic-file.ts'

/** Where a file lies: what tells of a person is kept apart, because it expires. */
export type Shelf = 'personal' | 'shared'
export const shelves: readonly Shelf[] = ['personal', 'shared']

/** A temporary file this old has no writer any more, whatever the clocks of those who share the folder say. */
const temporaryAgeMs = 86_400_000
/** Making room goes down to this part of the bound, so that not every new file makes room again. */
const keptPart = 0.9
/** Past this many times the bound even a file that was just used goes. */
const overflowMax = 2

/** A file of the store and what decides whether it stays. */
export interface ListedFile {
  path: string
  shelf: Shelf
  sizeBytes: number
  usedAtMs: number
}

/** The store's files. Temporary ones that a crash left behind are removed on the way. */
export async function listFiles(
  folder: string,
  isAudioName: (name: string) => boolean,
  nowMs: number,
): Promise<ListedFile[]> {
  const files: ListedFile[] = []
  for (const shelf of shelves) {
    for (const name of await namesIn(join(folder, shelf))) {
      const path = join(folder, shelf, name)
      const entry = await stat(path).catch(ignoreNotFound)
      if (entry !== undefined && isAudioName(name)) {
        files.push({ path, shelf, sizeBytes: entry.size, usedAtMs: entry.atimeMs })
      } else if (entry !== undefined && isAbandoned(name, entry.mtimeMs, nowMs)) {
        await rm(path, { force: true })
      }
    }
  }
  return files
}

function isAbandoned(name: string, modifiedAtMs: number, nowMs: number): boolean {
  return name.endsWith(temporarySuffix) && modifiedAtMs < nowMs - temporaryAgeMs
}

/**
 * Removes a listed file unless somebody, in whatever process, has used it since it was listed. It is put aside first and
 * looked at then, so that a use in that very moment is either seen or finds no file.
 *
 * @returns Whether it is gone.
 */
export async function removeUnused({ path, usedAtMs }: ListedFile): Promise<boolean> {
  const isUsed = async (at: string): Promise<boolean> =>
    ((await stat(at).catch(ignoreNotFound))?.atimeMs ?? 0) > usedAtMs
  if (await isUsed(path)) {
    return false
  }
  const aside = temporaryPathFor(path)
  const isThere = await rename(path, aside).then(() => true, ignoreNotFound)
  if (isThere === true && (await isUsed(aside))) {
    await rename(aside, path)
    return false
  }
  await rm(aside, { force: true })
  return true
}

/**
 * The files to let go, oldest use first, until the rest fits. The last used one stays whatever its size, and those used
 * since `inUseSinceMs` stay while all together take less than twice the bound: their addresses may be with a call.
 */
export function leastRecentlyUsed(
  files: ListedFile[],
  { bytesMax, inUseSinceMs }: { bytesMax: number; inUseSinceMs: number },
): ListedFile[] {
  let bytes = sumBytes(files)
  if (bytes <= bytesMax) {
    return []
  }
  const oldestFirst = files.toSorted((one, other) => one.usedAtMs - other.usedAtMs)
  const kept = oldestFirst.findIndex((file, index) => {
    const isInUse = file.usedAtMs >= inUseSinceMs && bytes <= bytesMax * overflowMax
    const fits = bytes <= bytesMax * keptPart || index === oldestFirst.length - 1
    bytes -= file.sizeBytes
    return fits || isInUse
  })
  return oldestFirst.slice(0, kept)
}

/** What files take together. */
export function sumBytes(files: ListedFile[]): number {
  return files.reduce((sum, file) => sum + file.sizeBytes, 0)
}

async function namesIn(folder: string): Promise<string[]> {
  return (await readdir(folder).catch(ignoreNotFound)) ?? []
}
