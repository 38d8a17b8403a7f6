import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { decodeWav } from '@ura/api/speech/wav'
import type { AmiMessage } from '../asterisk/ami.ts'
import type { Expected } from './audio-match.ts'

const playingCommand = /^(?:STREAM FILE|GET OPTION) "([^"]+)"/

/** Every file and address that the service had Asterisk play in a call, in order. */
export function filesPlayed(events: readonly AmiMessage[]): string[] {
  return events
    .filter((event) => event['Event'] === 'AGIExecStart')
    .flatMap((event) => playingCommand.exec(event['Command'] ?? '')?.[1] ?? [])
}

/** The sounds behind them: prompt files of the pack, synthesized ones as the API serves them. */
export async function soundsOf(files: readonly string[], packFolder: string): Promise<Expected[]> {
  const known = new Map<string, Expected>()
  for (const file of new Set(files)) {
    const bytes = file.startsWith('http:')
      ? Buffer.from(await (await fetch(file)).arrayBuffer())
      : await readFile(join(packFolder, `${file.replace('ura/', '')}.wav`))
    known.set(file, { name: file.replace(/^http.*\//, ''), sound: decodeWav(bytes) })
  }
  return files.flatMap((file) => known.get(file) ?? [])
}
