import type { Stats } from 'node:fs'
import { stat, utimes } from 'node:fs/promises'
import type { Clock } from '@ura/core/clock'
import { ignoreNotFound, isNotFound } from './atomic-file.ts'

/** Files that this process has read or written whole, and need not be read again while they are the same. */
export interface KnownFiles {
  /** Whether a known file is still the one it was, as of a second ago at most. */
  isThere(path: string): Promise<boolean>
  /**
   * Writes the use of a known file down as its access time. Gives whether it was still there; in a folder that is read-only
   * or another user's it plays all the same.
   */
  touch(path: string): Promise<boolean>
  wasRead(path: string, stats: Stats): void
  /** With the moment as its access time. */
  wasWritten(path: string, stats: Stats): void
  forget(path: string): void
}

/** A use is written down at most so often by one process. */
const touchEveryMs = 30_000
/** A known file is looked at most so often: a catalogue names the same menus to every call. */
const lookEveryMs = 1_000
/** Files remembered; some 300 bytes each. */
const knownMax = 10_000

/** Which file it was, and when it was last seen and its use written down. */
interface KnownFile {
  readonly inode: number
  readonly sizeBytes: number
  readonly modifiedAt: Date
  seenAtMs: number
  touchedAtMs: number
}

/** Remembers files; the one that was longest unused is forgotten for a new one. */
export function createKnownFiles(clock: Clock): KnownFiles {
  const known = new Map<string, KnownFile>()

  function remember(path: string, file: KnownFile): void {
    known.delete(path)
    known.set(path, file)
    const [oldest] = known.keys()
    if (known.size > knownMax && oldest !== undefined) {
      known.delete(oldest)
    }
  }

  return {
    async isThere(path) {
      const file = known.get(path)
      if (file === undefined) {
        return false
      }
      const nowMs = clock.now().getTime()
      const agoMs = nowMs - file.seenAtMs
      // Not where the clock was put back: it would not be looked at for as long.
      if (agoMs >= 0 && agoMs < lookEveryMs) {
        return true
      }
      const found = await stat(path).catch(ignoreNotFound)
      if (found === undefined || !isSame(file, found)) {
        known.delete(path)
        return false
      }
      file.seenAtMs = nowMs
      return true
    },
    async touch(path) {
      const file = known.get(path)
      const now = clock.now()
      if (file === undefined || now.getTime() < file.touchedAtMs + touchEveryMs) {
        return file !== undefined
      }
      try {
        await utimes(path, now, file.modifiedAt)
      } catch (error) {
        if (isNotFound(error)) {
          known.delete(path)
          return false
        }
      }
      file.touchedAtMs = now.getTime()
      // It may have been forgotten meanwhile, or be another one.
      if (known.get(path) === file) {
        remember(path, file)
      }
      return true
    },
    wasRead(path, stats) {
      const before = known.get(path)
      const touchedAtMs = before?.inode === stats.ino ? before.touchedAtMs : 0
      remember(path, fileOf(stats, { seenAtMs: clock.now().getTime(), touchedAtMs }))
    },
    wasWritten(path, stats) {
      remember(path, fileOf(stats, { seenAtMs: 0, touchedAtMs: clock.now().getTime() }))
    },
    forget: (path) => void known.delete(path),
  }
}

function fileOf(stats: Stats, times: Pick<KnownFile, 'seenAtMs' | 'touchedAtMs'>): KnownFile {
  return { inode: stats.ino, sizeBytes: stats.size, modifiedAt: stats.mtime, ...times }
}

function isSame(file: KnownFile, now: Stats): boolean {
  const { inode, sizeBytes, modifiedAt } = file
  return now.ino === inode && now.size === sizeBytes && now.mtime.getTime() === modifiedAt.getTime()
}
