import { spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, lstat, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { promptIds } from '@ura/agi/prompts/ids'
import { writeNoisePrompts } from '../listening/noise-prompts.ts'

const dialplanFolder = fileURLToPath(new URL('../../freepbx-dialplan/', import.meta.url))

/** What a run of the installer said. */
export type Run = { code: number | null; output: string }

/** The files of a PBX in a folder of their own, and the package beside them; no Asterisk runs there. */
export type Pbx = {
  /** Stands for `/`. */
  folder: string
  package: string
  /** The folder that stands for /etc/asterisk. */
  etc: string
  sounds: string
  /** Where the installer keeps what it changed. */
  state: string
  /** Runs the installer under dash, with the folders as options. */
  run: (verb: string, ...more: string[]) => Promise<Run>
  /** The same by another command line, which gets `dash install VERB …` as its last arguments. */
  runBy: (wrapper: string[], verb: string, ...more: string[]) => Promise<Run>
  read: (name: string) => Promise<string>
  write: (name: string, content: string) => Promise<void>
  /** Every file and folder of the PBX but the installer's own notes: type, mode, owner and a hash of the bytes. */
  snapshot: () => Promise<Record<string, string>>
  remove: () => Promise<void>
}

/** Enough prompts for what doesn't play them: each file costs the installer some milliseconds. */
const fewPrompts = promptIds.filter((id) => /^(digit-.|goodbye|main-menu|system-unavailable)$/.test(id))

/** The package as an administrator unpacks it, with noise for prompts. */
export async function makePackage(folder: string, prompts: readonly string[] = promptIds): Promise<void> {
  await mkdir(folder, { recursive: true })
  for (const name of await readdir(dialplanFolder)) {
    if (/^(install|installer|ura-.*|res_.*\.conf)$/.test(name)) {
      await cp(join(dialplanFolder, name), join(folder, name), { recursive: true })
    }
  }
  const pack = join(folder, 'sounds/pt_BR/ura')
  await mkdir(pack, { recursive: true })
  await writeNoisePrompts(pack, prompts)
  const manifest = prompts.map((id) => ({ id, file: `${id}.wav` }))
  await writeFile(join(pack, 'manifest.json'), `${JSON.stringify(manifest, undefined, 2)}\n`)
}

/** @param files Path below the folder → content: what the PBX has before the installer comes. */
export async function makePbx(files: Record<string, string>): Promise<Pbx> {
  const top = await mkdtemp(join(tmpdir(), 'ura-installer-'))
  const folder = join(top, 'pbx')
  const packageFolder = join(top, 'package')
  const etc = join(folder, 'etc/asterisk')
  const sounds = join(folder, 'sounds')
  const state = join(folder, 'var/lib/ura-chamados')
  await makePackage(packageFolder, fewPrompts)
  for (const name of ['etc/asterisk', 'etc/cron.d', 'sounds', 'usr/local/sbin']) {
    await mkdir(join(folder, name), { recursive: true })
  }
  const write = async (name: string, content: string) => {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  for (const [name, content] of Object.entries(files)) await write(name, content)
  const folders = ['--root', folder, '--asterisk-etc', etc, '--sounds', sounds]
  const command = (verb: string, more: string[]) => [
    'dash',
    join(packageFolder, 'install'),
    verb,
    ...folders,
    ...more,
  ]
  return {
    folder,
    package: packageFolder,
    etc,
    sounds,
    state,
    run: (verb, ...more) => runCommand(command(verb, more)),
    runBy: (wrapper, verb, ...more) => runCommand([...wrapper, ...command(verb, more)]),
    read: (name) => readFile(join(folder, name), 'utf8'),
    write,
    snapshot: () => snapshotOf(folder, state),
    remove: () => rm(top, { recursive: true, force: true }),
  }
}

/** Runs a command to its end: exit code (null when it was killed) and what it wrote to both streams. */
export async function runCommand(command: string[]): Promise<Run> {
  const [file = '', ...args] = command
  const child = spawn(file, args, { stdio: ['ignore', 'pipe', 'pipe'] })
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  child.once('error', reject)
  child.once('close', resolve)
  const [output, errors, code] = await Promise.all([text(child.stdout), text(child.stderr), promise])
  return { code, output: output + errors }
}

async function snapshotOf(folder: string, except: string): Promise<Record<string, string>> {
  const entries: Record<string, string> = {}
  for (const name of (await readdir(folder, { recursive: true })).toSorted()) {
    const path = join(folder, name)
    // The way down to the installer's notes stays with them.
    if (path.startsWith(except) || except.startsWith(`${path}/`)) continue
    const { mode, uid, gid } = await lstat(path)
    const isFile = (mode & 0o170000) === 0o100000
    // Two PBXs are compared as well, and each has its own folder in cron's line.
    const content = isFile ? (await readFile(path, 'latin1')).replaceAll(folder, '') : null
    const bytes = content === null ? 'folder' : createHash('sha256').update(content, 'latin1').digest('hex')
    entries[name] = `${mode.toString(8)} ${uid}:${gid} ${bytes}`
  }
  return entries
}
