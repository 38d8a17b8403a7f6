import { readFileSync } from 'node:fs'
import { rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** Where the services of a running `npm start` listen; kept in its data folder for the phone and for scripts. */
export interface Running {
  apiUrl: string
  gatewayUrl: string
  agi: { host: string; port: number }
}

const fileName = 'running.json'

export async function announceRunning(dataFolder: string, running: Running): Promise<void> {
  const path = join(dataFolder, fileName)
  await writeFile(`${path}.new`, `${JSON.stringify(running, null, 2)}\n`, { mode: 0o600 })
  await rename(`${path}.new`, path) // whole or not there, for whoever waits for it
}

export async function forgetRunning(dataFolder: string): Promise<void> {
  await rm(join(dataFolder, fileName), { force: true })
}

/** Null when nothing runs on this data folder. */
export function findRunning(dataFolder: string): Running | null {
  try {
    return JSON.parse(readFileSync(join(dataFolder, fileName), 'utf8')) as Running
  } catch {
    return null
  }
}
