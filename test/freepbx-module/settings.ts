import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { ModuleWorld } from './module-world.ts'

/** Settings that are right for the PBX of {@link ModuleWorld}, as the form sends them. */
export const validSettings = {
  server1: '10.0.0.5:4573',
  server2: 'ura2.prefeitura.example:4573',
  queue: '600',
  queue_seconds: '90',
  time_condition: '1',
  recording: 'yes',
  language: 'pt_BR',
}

/** The form of the settings, sent. */
export const saveSettings = { do: 'post', fields: { action: 'save-settings', ...validSettings } }

/** The files that the module has written into Asterisk's configuration folder. */
export function writtenFiles(world: ModuleWorld): Promise<string[]> {
  return readdir(join(world.folder, 'etc'))
}

/** The globals in the file that the module writes. */
export async function readWrittenGlobals(world: ModuleWorld): Promise<Record<string, string>> {
  const text = await readFile(join(world.folder, 'etc', 'ura-globals-gui.conf'), 'utf8')
  return Object.fromEntries([...text.matchAll(/^(\w+)=(.*)$/gm)].map(([, name, value]) => [name, value]))
}
