import { open, rm, stat, type FileHandle } from 'node:fs/promises'
import type { Clock } from '@ura/core/clock'
import { ignoreNotFound, writeFileAtomic } from './atomic-file.ts'
import { createKnownFiles } from './known-files.ts'
import { createRecentAudio } from './recent-audio.ts'
import { seal, unseal } from './sealed-bytes.ts'

export interface StoredAudio {
  bytes: Buffer
  /** CRC-32 of the bytes. */
  checksum: number
  /** When the sound was made. */
  modifiedAt: Date
}

/** Writes and reads sealed files and keeps their times of use. */
export interface SealedFiles {
  /** Writes a file that can be read whole or not at all, by the owner alone; gives what it takes on the disk. */
  write(path: string, content: Uint8Array): Promise<number>
  /**
   * Whether the file is there, undamaged; counts as a use. A file that was read or written before isn't read again, and
   * what another process does to it is seen within a second.
   */
  use(path: string): Promise<boolean>
  /** The file, or null; counts as a use. One that is damaged is removed. */
  read(path: string): Promise<StoredAudio | null>
  /** For a file that this process removed. */
  forget(path: string): void
}

/**
 * Sounds kept in memory. Node collects the whole heap each time some 32 MB of buffers have come and gone: without
 * these, that took 40 % of the time in which a menu was fetched over and over.
 */
const recentBytesMax = 16 * 1024 * 1024

/** @param options.damaged Told of a file that was removed. */
export function createSealedFiles({
  clock,
  damaged,
}: {
  clock: Clock
  damaged: (file: { sizeBytes: number }) => void
}): SealedFiles {
  const known = createKnownFiles(clock)
  const recent = createRecentAudio(recentBytesMax)

  // A file counts as there once its use is written down: until then a sweep may take it away.
  async function use(path: string): Promise<boolean> {
    const isThere = (await known.isThere(path)) || (await readAnew(path)) !== null
    return isThere && known.touch(path)
  }

  async function read(path: string): Promise<StoredAudio | null> {
    const remembered = (await known.isThere(path)) ? recent.get(path) : undefined
    const audio = remembered ?? (await readAnew(path))
    return (await known.touch(path)) ? audio : null
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
    const stats = await file.stat()
    const content = unseal(await file.readFile())
    if (content === null) {
      forget(path)
      await removeInode(path, stats.ino)
      damaged({ sizeBytes: stats.size })
      return null
    }
    const audio = { ...content, modifiedAt: stats.mtime }
    known.wasRead(path, stats)
    recent.set(path, audio)
    return audio
  }

  async function write(path: string, content: Uint8Array): Promise<number> {
    const sealed = seal(content)
    // Not waited for until it is on the disk: what a power cut leaves of it is damaged, and made anew.
    const stats = await writeFileAtomic(path, sealed, { mode: 0o600, time: clock.now(), isDurable: false })
    known.wasWritten(path, stats)
    const written = unseal(sealed)
    if (written !== null) {
      recent.set(path, { ...written, modifiedAt: stats.mtime })
    }
    return sealed.length
  }

  function forget(path: string): void {
    known.forget(path)
    recent.delete(path)
  }

  return { write, use, read, forget }
}

/** Removes a file unless another process has put a new one in its place. */
async function removeInode(path: string, inode: number): Promise<void> {
  const entry = await stat(path).catch(ignoreNotFound)
  if (entry?.ino === inode) {
    await rm(path, { force: true })
  }
}
