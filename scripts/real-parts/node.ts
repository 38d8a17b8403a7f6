import { execFile } from 'node:child_process'
import { access, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { realPartsFolder } from './config.ts'
import type { Report } from './run.ts'

/**
 * The versions of Node that asterisk-agi promises to run on: the oldest that its `engines` allow, and the newest
 * of each even branch since.
 */
export const supportedNodeVersions = ['20.0.0', '20.20.2', '22.23.3', '24.21.0', '26.10.0'] as const

/** A Node that can be run, or why it can't be had on this machine. */
export type NodeAvailability = { available: true; executable: string } | { available: false; reason: string }

const installTimeoutMs = 5 * 60_000

/** One retry, soon: where there is no network the answer is due in seconds, not after npm's own minutes. */
const installOptions = [
  '--no-audit',
  '--no-fund',
  '--no-package-lock',
  '--fetch-retries=1',
  '--fetch-retry-mintimeout=1000',
  '--fetch-retry-maxtimeout=1000',
]

/**
 * Makes sure of one version of Node, by the npm package `node`: about 10 s the first time, kept beside the other
 * real parts. Can be called by several processes at once. Never throws: `reason` says in one line what went wrong.
 */
export async function ensureNode(version: string, report: Report = () => {}): Promise<NodeAvailability> {
  const folder = join(realPartsFolder(), 'node')
  const executable = join(folder, `node-${version}`)
  try {
    if (await exists(executable)) return { available: true, executable }
    report(`installing Node ${version}`)
    await mkdir(folder, { recursive: true })
    await install({ version, folder, executable })
    return { available: true, executable }
  } catch (error) {
    const lines = String(error instanceof Error ? error.message : error).split('\n')
    const cause = lines.find((line) => line.startsWith('npm error')) ?? lines[0]
    return { available: false, reason: `Node ${version} could not be installed: ${cause}` }
  }
}

async function install(options: { version: string; folder: string; executable: string }): Promise<void> {
  const { version, folder, executable } = options
  const project = await mkdtemp(join(folder, 'installing-'))
  try {
    // The package fetches the executable of this machine's kind by an install script, which npm may ask to be allowed.
    const manifest = { private: true, dependencies: { node: version }, allowScripts: { node: true } }
    await writeFile(join(project, 'package.json'), JSON.stringify(manifest))
    await promisify(execFile)('npm', ['install', ...installOptions], {
      cwd: project,
      timeout: installTimeoutMs,
    })
    const installed = join(project, 'node_modules', 'node', 'bin', 'node')
    const { stdout } = await promisify(execFile)(installed, ['--version'])
    if (stdout.trim() !== `v${version}`) throw new Error(`it says ${stdout.trim()} of itself`)
    await rename(installed, executable) // the last step, so that what has the final name is whole
  } finally {
    await rm(project, { recursive: true, force: true })
  }
}

function exists(file: string): Promise<boolean> {
  return access(file).then(
    () => true,
    () => false,
  )
}
