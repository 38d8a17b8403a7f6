import type { Stats } from 'node:fs'
import { open, rm, stat, utimes, type FileHandle } from 'node:fs/promises'
import type { Clock } from '@ura/core/clock'
import { ignoreNotFound, isNotFound } from './atomic-file.ts'
import { createRecentAudio } from './recent-audio.ts'
import { unseal } from './sealed-bytes.ts'

export interface StoredAudio {
  bytes: Buffer
  /** CRC-32 of the bytes. */
  checksum: number
  /** When the sound was made. */
  modifiedAt: Date
}

/** Reads sealed files and keeps their times of use. */
export interface SealedFiles {
  /** Whether the file is there, undamaged; counts as a use. A file that was read before isn't read again. */
  use(path: string): Promise<boolean>
  /** The file, or null; counts as a use. One that is damaged is removed. */
  read(path: string): Promise<StoredAudio | null>
}

/** A use is written down at most so often by one process. */
const touchEveryMs = 30_000
/** Files remembered as undamaged; some 300 bytes each. */
const knownMax = 10_000
/**
 * Sounds kept in memory. Node collects the whole heap each time some 32 MB of buffers have come and gone: without
 * these, that took 40 % of the time in which a menu was fetched over and over.
 */
const recentBytesMax = 16 * 1024 * 1024

/** A file that this process has read whole: which one it was, and when its use was last written down. */
interface KnownFile {
  inode: number
  sizeBytes: number
  modifiedAt: Date
  touchedAtMs: number
}

/** @param options.damaged Told of a file that was removed. */
export function createSealedFiles({
  clock,
  damaged,
}: {
  clock: Clock
  damaged: (file: { sizeBytes: number }) => void
}): SealedFiles {
  const known = new Map<string, KnownFile>()
  const recent = createRecentAudio(recentBytesMax)

  /** The oldest acquaintance is forgotten for a new one. */
  function remember(path: string, file: KnownFile): void {
    known.delete(path)
    known.set(path, file)
    const [oldest] = known.keys()
    if (known.size > knownMax && oldest !== undefined) {
      known.delete(oldest)
    }
  }

  /** Whether the file was still there. In a folder that is read-only or another user's it plays all the same. */
  async function touch(path: string, file: KnownFile): Promise<boolean> {
    const now = clock.now()
    if (now.getTime() < file.touchedAtMs + touchEveryMs) {
      return true
    }
    remember(path, { ...file, touchedAtMs: now.getTime() })
    return utimes(path, now, file.modifiedAt).then(
      () => true,
      (error: unknown) => !isNotFound(error),
    )
  }

  /** The file as it was read before, when it is still that one. */
  async function findKnown(path: string): Promise<KnownFile | null> {
    const before = known.get(path)
    const now = before === undefined ? undefined : await stat(path).catch(ignoreNotFound)
    if (before !== undefined && now !== undefined && isSame(before, now)) {
      return before
    }
    recent.delete(path)
    return null
  }

  async function use(path: string): Promise<boolean> {
    const before = await findKnown(path)
    return before === null ? (await readAnew(path)) !== null : touch(path, before)
  }

  async function read(path: string): Promise<StoredAudio | null> {
    const before = await findKnown(path)
    const audio = before === null ? undefined : recent.get(path)
    if (before !== null && audio !== undefined) {
      return (await touch(path, before)) ? audio : null
    }
    return readAnew(path)
  }

  async function readAnew(path: string): Promise<StoredAudio | null> {
    const file = await open(path, 'r').catch(ignoreNotFound)
    if (file === undefined) {
      return null
    }
    try {
      return (await readOpen(path, file).catch(ignoreNotFound)) ?? null
    } finally {
      await file.close()
    }
  }

  async function readOpen(path: string, file: FileHandle): Promise<StoredAudio | null> {
    const { ino: inode, size: sizeBytes, mtime: modifiedAt } = await file.stat()
    const content = unseal(await file.readFile())
    if (content === null) {
      known.delete(path)
      await removeInode(path, inode)
      damaged({ sizeBytes })
      return null
    }
    const before = known.get(path)
    const touchedAtMs = before?.inode === inode ? before.touchedAtMs : 0
    const audio = { ...content, modifiedAt }
    remember(path, { inode, sizeBytes, modifiedAt, touchedAtMs })
    recent.set(path, audio)
    await touch(path, { inode, sizeBytes, modifiedAt, touchedAtMs })
    return audio
  }

  return { use, read }
}

function isSame(before: KnownFile, now: Stats): boolean {
  const { inode, sizeBytes, modifiedAt } = before
  return now.ino === inode && now.size === sizeBytes && now.mtime.getTime() === modifiedAt.getTime()
}

/** Removes a file unless another process has put a new one in its place. */
async function removeInode(path: string, inode: number): Promise<void> {
  const entry = await stat(path).catch(ignoreNotFound)
  if (entry?.ino === inode) {
    await rm(path, { force: true })
  }
}
