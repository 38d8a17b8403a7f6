import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import type { Clock } from '@ura/core/clock'
import { ignoreNotFound, isNotFound } from './atomic-file.ts'
import {
  leastRecentlyUsed,
  listFiles,
  removeUnused,
  shelves,
  sumBytes,
  type ListedFile,
  type Shelf,
} from './audio-files.ts'
import { createSealedFiles, type SealedFiles, type StoredAudio } from './sealed-files.ts'

export type { Shelf, StoredAudio }

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
 * when it was last used, so everything survives a restart and any number of processes, on one machine or on several,
 * may share the folder. None waits for another: a file appears whole, by a rename, carries a checksum and is never
 * written again.
 */
export interface AudioStore {
  /** Whether the file is there, undamaged; counts as a use. */
  use(name: string, shelf: Shelf): Promise<boolean>
  /** Writes a file that can be read whole or not at all, by the owner alone. */
  put(name: string, shelf: Shelf, bytes: Uint8Array): Promise<void>
  /** The file, from whichever shelf; counts as a use. One that is damaged is removed and not given. */
  get(name: string): Promise<StoredAudio | null>
  /** Whether there was such a file. */
  remove(name: string): Promise<boolean>
  /** Removes expired personal files and, when the store is over its bound, the least recently used ones. */
  sweep(): Promise<SweepOutcome>
}

const dayMs = 86_400_000
const sweepEveryMs = 3_600_000
/** What was used so recently may be with a call that is about to fetch it. */
const inUseMs = 600_000
/** What other processes add is seen only in a sweep, so one follows each time this part of the bound was added here. */
const sweepAfterPart = 0.05

/** Far longer than a sweep puts a file aside. */
const asideMs = 50

export interface AudioStoreOptions {
  folder: string
  clock: Clock
  /** Names that the store made; other files in the folder are left alone. */
  isAudioName(name: string): boolean
  /**
   * What the files may take together. Room is made after the fact, and what was used in the last 10 minutes stays: for
   * a while it may be more, up to twice as much.
   */
  bytesMax: number
  /** Days without use after which a personal file goes. */
  personalDays: number
  /** Told of a file that a crash or another program damaged; it was removed and is made anew when asked for. */
  damaged?: (file: { sizeBytes: number }) => void
}

/** Sweeps by itself as files are put: at the first one, then hourly and as they add up. There is no timer to close. */
export function createAudioStore(options: AudioStoreOptions): AudioStore {
  const { folder, clock, bytesMax, damaged = () => {} } = options
  const pathOf = (shelf: Shelf, name: string): string => join(folder, shelf, name)
  const files = createSealedFiles({ clock, damaged })
  let addedBytes = 0
  let nextSweepMs = 0
  let sweepPromise: Promise<SweepOutcome> | undefined

  async function put(name: string, shelf: Shelf, content: Uint8Array): Promise<void> {
    addedBytes += await files.write(pathOf(shelf, name), content).catch(async (error: unknown) => {
      if (!isNotFound(error)) {
        throw error
      }
      await mkdir(join(folder, shelf), { recursive: true, mode: 0o700 })
      return files.write(pathOf(shelf, name), content)
    })
    if (addedBytes > bytesMax * sweepAfterPart || clock.now().getTime() >= nextSweepMs) {
      // The file is there, whatever becomes of the others; the hourly sweep tells what goes wrong.
      await sweep().catch(() => {})
    }
  }

  async function get(name: string): Promise<StoredAudio | null> {
    const audio = await look(name)
    if (audio !== null) {
      return audio
    }
    // A sweep may have put it aside to see whether it is still in use.
    await delay(asideMs)
    return look(name)
  }

  async function look(name: string): Promise<StoredAudio | null> {
    for (const shelf of shelves) {
      const audio = await files.read(pathOf(shelf, name))
      if (audio !== null) {
        return audio
      }
    }
    return null
  }

  async function remove(name: string): Promise<boolean> {
    let removed = false
    for (const shelf of shelves) {
      const path = pathOf(shelf, name)
      const found = await rm(path).then(() => true, ignoreNotFound)
      files.forget(path)
      removed = found ?? removed
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
    addedBytes = 0
    const listed = await listFiles(folder, (name) => options.isAudioName(name), nowMs)
    const expiredBeforeMs = nowMs - options.personalDays * dayMs
    const isExpired = (file: ListedFile): boolean =>
      file.shelf === 'personal' && file.usedAtMs < expiredBeforeMs
    const kept = listed.filter((file) => !isExpired(file))
    const expired = await removeAll(listed.filter(isExpired), files)
    const evicted = await removeAll(
      leastRecentlyUsed(kept, { bytesMax, inUseSinceMs: nowMs - inUseMs }),
      files,
    )
    const bytes = sumBytes(listed) - sumBytes(expired) - sumBytes(evicted)
    return { expired: expired.length, evicted: evicted.length, bytes }
  }

  return { use: (name, shelf) => files.use(pathOf(shelf, name)), put, get, remove, sweep }
}

/** Removes what is still unused; gives what is gone. */
async function removeAll(unused: ListedFile[], files: Pick<SealedFiles, 'forget'>): Promise<ListedFile[]> {
  const gone: ListedFile[] = []
  for (const file of unused) {
    if (await removeUnused(file)) {
      files.forget(file.path)
      gone.push(file)
    }
  }
  return gone
}
