import { mkdir, readFile, rm, stat, utimes } from 'node:fs/promises'
import { join } from 'node:path'
import type { Clock } from '@ura/core/clock'
import { ignoreNotFound, writeFileAtomic } from './atomic-file.ts'
import { leastRecentlyUsed, listFiles, shelves, sumBytes, type Shelf } from './audio-files.ts'

export type { Shelf }

export interface StoredAudio {
  bytes: Buffer
  /** When the sound was made. */
  modifiedAt: Date
}

export interface SweepOutcome {
  /** Personal files past their age. */
  expired: number
  /** Files that made room. */
  evicted: number
  /** What the store holds now. */
  bytes: number
}

/**
 * Sound files in a folder, without an index: a file's modification time tells when it was made, its access time
 * when it was last used, so everything survives a restart and several processes may share the folder.
 */
export interface AudioStore {
  /** Whether the file is there and not empty; counts as a use. */
  use(name: string, shelf: Shelf): Promise<boolean>
  /** Writes a file that can be read whole or not at all, by the owner alone. */
  put(name: string, shelf: Shelf, bytes: Uint8Array): Promise<void>
  /** The file, from whichever shelf; counts as a use. */
  get(name: string): Promise<StoredAudio | null>
  /** Whether there was such a file. */
  remove(name: string): Promise<boolean>
  /** Removes expired personal files and, when the store is over its bound, the least recently used ones. */
  sweep(): Promise<SweepOutcome>
}

const dayMs = 86_400_000
const sweepEveryMs = 3_600_000

export interface AudioStoreOptions {
  folder: string
  clock: Clock
  /** Names that the store made; other files in the folder are left alone. */
  isAudioName(name: string): boolean
  bytesMax: number
  /** Days without use after which a personal file goes. */
  personalDays: number
}

/** Sweeps by itself at the first file put, then hourly or when the bound is passed: there is no timer to close. */
export function createAudioStore(options: AudioStoreOptions): AudioStore {
  const { folder, clock, bytesMax } = options
  const pathOf = (shelf: Shelf, name: string): string => join(folder, shelf, name)
  let bytes = 0
  let nextSweepMs = 0
  let sweepPromise: Promise<SweepOutcome> | undefined

  /** Best effort: in a folder that is read-only or another user's, a file can be played all the same. */
  async function touch(path: string, modifiedAt: Date): Promise<void> {
    await utimes(path, clock.now(), modifiedAt).catch(() => {})
  }

  async function use(name: string, shelf: Shelf): Promise<boolean> {
    const path = pathOf(shelf, name)
    const entry = await stat(path).catch(ignoreNotFound)
    if (entry === undefined || entry.size === 0) {
      return false
    }
    await touch(path, entry.mtime)
    return true
  }

  async function put(name: string, shelf: Shelf, content: Uint8Array): Promise<void> {
    await mkdir(join(folder, shelf), { recursive: true, mode: 0o700 })
    await writeFileAtomic(pathOf(shelf, name), content, 0o600)
    await touch(pathOf(shelf, name), clock.now())
    bytes += content.length
    if (bytes > bytesMax || clock.now().getTime() >= nextSweepMs) {
      // The file is there, whatever becomes of the others; the hourly sweep tells what goes wrong.
      await sweep().catch(() => {})
    }
  }

  async function get(name: string): Promise<StoredAudio | null> {
    for (const shelf of shelves) {
      const path = pathOf(shelf, name)
      try {
        const content = await readFile(path)
        const { mtime } = await stat(path)
        await touch(path, mtime)
        return { bytes: content, modifiedAt: mtime }
      } catch (error) {
        ignoreNotFound(error)
      }
    }
    return null
  }

  async function remove(name: string): Promise<boolean> {
    let removed = false
    for (const shelf of shelves) {
      removed = (await found(rm(pathOf(shelf, name)))) || removed
    }
    return removed
  }

  /** One sweep at a time: whoever asks during one gets its outcome. */
  function sweep(): Promise<SweepOutcome> {
    sweepPromise ??= sweepNow().finally(() => {
      sweepPromise = undefined
    })
    return sweepPromise
  }

  async function sweepNow(): Promise<SweepOutcome> {
    const nowMs = clock.now().getTime()
    nextSweepMs = nowMs + sweepEveryMs
    const files = await listFiles(folder, (name) => options.isAudioName(name), nowMs)
    const expiredBeforeMs = nowMs - options.personalDays * dayMs
    const expired = files.filter((file) => file.shelf === 'personal' && file.usedAtMs < expiredBeforeMs)
    const kept = files.filter((file) => !expired.includes(file))
    const evicted = leastRecentlyUsed(kept, bytesMax)
    await Promise.all([...expired, ...evicted].map((file) => rm(file.path, { force: true })))
    bytes = sumBytes(kept) - sumBytes(evicted)
    return { expired: expired.length, evicted: evicted.length, bytes }
  }

  return { use, put, get, remove, sweep }
}

/** Whether an operation found its file; other faults are the caller's. */
async function found(operation: Promise<unknown>): Promise<boolean> {
  try {
    await operation
    return true
  } catch (error) {
    ignoreNotFound(error)
    return false
  }
}
