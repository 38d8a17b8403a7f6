import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { copyFile, mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { realPartsFolder } from './config.ts'

/** The folder of packages, with its `node_modules`, or why it can't be had on this machine. */
export type NpmPartAvailability = { available: true; folder: string } | { available: false; reason: string }

const installTimeoutMs = 5 * 60_000
const manifestFiles = ['package.json', 'package-lock.json'] as const

/**
 * Makes sure of the packages that the lock in `manifestFolder` names: installed the first time, then kept beside the
 * other real parts under a name that changes with the lock. Never throws.
 */
export async function ensureNpmPart(part: {
  name: string
  manifestFolder: string
}): Promise<NpmPartAvailability> {
  const { name, manifestFolder } = part
  try {
    const lock = await readFile(join(manifestFolder, 'package-lock.json'))
    const version = createHash('sha256').update(lock).digest('hex').slice(0, 12)
    const folder = join(realPartsFolder(), `${name}-${version}`)
    if (!existsSync(folder)) {
      await install(part, folder)
    }
    return { available: true, folder }
  } catch (error) {
    const lines = String(error instanceof Error ? error.message : error).split('\n')
    const cause = lines.find((line) => line.startsWith('npm error')) ?? lines[0]
    return { available: false, reason: `${name} could not be installed: ${cause}` }
  }
}

async function install(
  { name, manifestFolder }: { name: string; manifestFolder: string },
  folder: string,
): Promise<void> {
  await mkdir(realPartsFolder(), { recursive: true })
  const partial = await mkdtemp(join(realPartsFolder(), `installing-${name}-`))
  try {
    for (const file of manifestFiles) {
      await copyFile(join(manifestFolder, file), join(partial, file))
    }
    // Code of hundreds of packages that this project has not read: none of it runs at installation.
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
