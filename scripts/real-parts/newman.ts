import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { realPartsFolder } from './config.ts'

/** Postman's own runner, or why it can't be had on this machine. */
export type NewmanAvailability =
  | { available: true; executable: string }
  | { available: false; reason: string }

const installTimeoutMs = 5 * 60_000
const manifestFolder = new URL('../../test/postman/newman/', import.meta.url).pathname
const manifestFiles = ['package.json', 'package-lock.json'] as const

/**
 * Makes sure of newman as `test/postman/newman/package-lock.json` has it: about 10 s the first time, then kept beside
 * the other real parts. Apart from the workspaces because one test needs its 150 packages. Never throws.
 */
export async function ensureNewman(): Promise<NewmanAvailability> {
  try {
    const lock = await readFile(join(manifestFolder, 'package-lock.json'))
    const version = createHash('sha256').update(lock).digest('hex').slice(0, 12)
    const folder = join(realPartsFolder(), `newman-${version}`)
    if (!existsSync(folder)) {
      await install(folder)
    }
    return { available: true, executable: join(folder, 'node_modules', 'newman', 'bin', 'newman.js') }
  } catch (error) {
    const lines = String(error instanceof Error ? error.message : error).split('\n')
    const cause = lines.find((line) => line.startsWith('npm error')) ?? lines[0]
    return { available: false, reason: `newman could not be installed: ${cause}` }
  }
}

async function install(folder: string): Promise<void> {
  await mkdir(realPartsFolder(), { recursive: true })
  const partial = await mkdtemp(join(realPartsFolder(), 'installing-newman-'))
  try {
    for (const file of manifestFiles) {
      await copyFile(join(manifestFolder, file), join(partial, file))
    }
    // Code of 150 packages that this project has not read: none of it runs at installation.
    await promisify(execFile)('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
      cwd: partial,
      timeout: installTimeoutMs,
    })
    await rename(partial, folder) // the last step, so that what has the final name is whole
  } catch (error) {
    // Another process may have been quicker.
    if (!existsSync(folder)) {
      throw error
    }
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
}
