import { rm } from 'node:fs/promises'
import { listFiles } from '../speech/audio-files.ts'

const isAudio = (name: string): boolean => name.endsWith('.wav')

/** Files of spoken names and protocols that were not used since an instant. */
export async function listPersonalAudio(dataFolder: string, unusedSince: Date, now: Date): Promise<string[]> {
  const files = await listFiles(`${dataFolder}/audio`, isAudio, now.getTime())
  return files
    .filter(({ shelf, usedAtMs }) => shelf === 'personal' && usedAtMs < unusedSince.getTime())
    .map(({ path }) => path)
}

/** Removes files; they are spoken anew when they are asked for. */
export async function removeFiles(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    await rm(path, { force: true })
  }
}
