import type { StoredAudio } from './sealed-files.ts'

/** The sounds read last, in memory. */
export interface RecentAudio {
  /** Counts as a use. */
  get(path: string): StoredAudio | undefined
  /** Forgets the least recently used ones for it; one that is larger than all room is not kept. */
  set(path: string, audio: StoredAudio): void
  delete(path: string): void
}

/** @param bytesMax What they may take together. */
export function createRecentAudio(bytesMax: number): RecentAudio {
  const kept = new Map<string, StoredAudio>()
  let bytes = 0

  function forget(path: string): void {
    bytes -= kept.get(path)?.bytes.length ?? 0
    kept.delete(path)
  }

  return {
    get(path) {
      const audio = kept.get(path)
      if (audio !== undefined) {
        kept.delete(path)
        kept.set(path, audio)
      }
      return audio
    },
    set(path, audio) {
      forget(path)
      if (audio.bytes.length > bytesMax) {
        return
      }
      kept.set(path, audio)
      bytes += audio.bytes.length
      for (const oldest of kept.keys()) {
        if (bytes <= bytesMax) {
          return
        }
        forget(oldest)
      }
    },
    delete: forget,
  }
}
